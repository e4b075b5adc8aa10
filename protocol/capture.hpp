#pragma once

#include "protocol/bytes.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace xylem {

/// What a piece of traffic is (record §4); the values are those of the format.
enum class capture_kind : std::uint8_t {
  from_root = 0,
  to_root = 1,
  port_opened = 2, ///< data = the port
  port_lost = 3,   ///< data = the reason
  about_mesh = 4,  ///< data = the dialect
  lost = 5,        ///< data = how many records, 8 bytes
};

/// What went over one mesh's serial line at one moment.
struct captured {
  instant when{};
  capture_kind kind = capture_kind::from_root;
  bytes data{};

  bool operator==(const captured&) const = default;
};

/// A packet of a capture file: `captured`, and of which mesh.
struct capture_packet {
  std::string mesh{};
  captured what{};

  bool operator==(const capture_packet&) const = default;
};

/// Appends header and data of a packet (record §4). The wall time is not in it: it is pcap's own.
void append_packet(bytes& out, std::string_view mesh, const captured& what);

/// Reads what append_packet() wrote, or says what is wrong with it.
std::variant<capture_packet, std::string> parse_packet(bytes_view packet, wall_time when);

/// A page of a capture ring.
struct capture_page {
  std::vector<captured> records{};
  std::uint64_t next = 0;  ///< go on from here
  std::uint64_t lost = 0;  ///< records that were overwritten between what was asked for and the first one
  bool complete = false;   ///< nothing newer is there
};

/// The newest traffic of one mesh, oldest overwritten first. Owned by the capture actor.
class capture_ring {
public:
  explicit capture_ring(std::size_t max_bytes);

  void push(captured what);

  /// At most `max_bytes` of data (but one record at least) from position `from` on; positions count records from 0.
  capture_page read(std::uint64_t from, std::size_t max_bytes) const;

  std::size_t size() const noexcept { return records_.size(); }
  std::size_t bytes_used() const noexcept { return bytes_; }
  std::uint64_t overwritten() const noexcept { return first_; }

private:
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t first_ = 0; // position of the oldest one
  std::deque<captured> records_;
};

} // namespace xylem
