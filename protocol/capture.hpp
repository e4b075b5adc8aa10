#pragma once

#include "protocol/bytes.hpp"
#include "protocol/limits.hpp"
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

std::string_view to_string(capture_kind kind) noexcept;

/// Nothing when no kind has that name.
std::optional<capture_kind> capture_kind_of(std::string_view name) noexcept;

/// What went over one mesh's serial line at one moment.
struct captured {
  instant when{};
  capture_kind kind = capture_kind::from_root;
  bytes data{};

  bool operator==(const captured&) const = default;
};

/// What a record costs in every bound that counts bytes.
inline std::size_t captured_size(const captured& what) noexcept {
  return sizeof(captured) + what.data.size();
}

/// A packet of a capture file: `captured`, and of which mesh.
struct capture_packet {
  std::string mesh{};
  captured what{};

  bool operator==(const capture_packet&) const = default;
};

/// The longest name of a mesh in a packet, and the longest packet.
inline constexpr std::size_t longest_mesh_name = 32;
inline constexpr std::size_t longest_packet = 11 + longest_mesh_name + limits::captured_at_once;

/// The record that says: `count` records were lost here.
captured make_lost_record(std::uint64_t count, instant when);

/// How many records were lost; nothing for another kind of record.
std::optional<std::uint64_t> lost_records(const captured& what) noexcept;

/// Appends header and data of a packet (record §4). The wall time is not in it: it is pcap's own.
void append_packet(bytes& out, std::string_view mesh, const captured& what);

/// Reads what append_packet() wrote, or says what is wrong with it.
std::variant<capture_packet, std::string> parse_packet(bytes_view packet, wall_time when);

/// A page of a capture ring.
struct capture_page {
  std::vector<captured> records{};
  std::uint64_t next = 0; ///< go on from here
  std::uint64_t lost = 0; ///< were overwritten between what was asked for and the first one
  bool complete = false;  ///< nothing newer is there
  wall_time since{};      ///< when positions began: a page that says otherwise is of another ring
  std::string dialect{};
};

/// Asks for captured traffic from a position on; one record at least, if there is one.
struct capture_query {
  std::uint64_t from = 0;
  std::size_t max_records = limits::capture_page_records;
  std::size_t max_bytes = limits::capture_page_bytes;
};

/// The newest traffic of one mesh, the oldest overwritten first. Owned by the capture actor. A push
/// allocates nothing but room for a dozen records now and then.
class capture_ring {
public:
  explicit capture_ring(std::size_t max_bytes);

  /// What is longer than a record may be becomes several.
  void push(captured what);

  /// Positions count records from 0. One that was never given out is taken as the oldest.
  capture_page read(const capture_query& asked) const;

  std::size_t size() const noexcept { return records_.size(); }
  std::size_t bytes_used() const noexcept { return bytes_; }
  std::size_t max_bytes() const noexcept { return max_bytes_; }
  std::uint64_t overwritten() const noexcept { return first_; }

private:
  void push_one(captured what);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t first_ = 0; // position of the oldest one
  std::deque<captured> records_;
};

} // namespace xylem
