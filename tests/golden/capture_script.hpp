#pragma once

#include "protocol/capture.hpp"
#include "tests/actors/wire_text.hpp"

#include <map>

/// Captures as scenarios write them, and what the documents say must come out of them.
namespace xylem::testing {

using namespace std::chrono_literals;

/// One captured gateway, told step by step. It begins at 2026-01-31T12:00:00Z, with mesh `field`.
class capture_script {
public:
  /// The traffic that follows is of this mesh; its first packet tells its dialect.
  void mesh(std::string name);

  void opened(std::string_view port = "/dev/ttyUSB0");
  void lost_port(std::string_view reason);
  void root(std::string_view data);    ///< one read from the port
  void gateway(std::string_view data); ///< one write to the port
  void lost(std::uint64_t records);    ///< were overwritten here
  void wait(std::chrono::milliseconds span);
  void set_wall(std::chrono::milliseconds by); ///< a jump

  /// The port is opened, and 1.05 s later the gateway has written its NINFO (wire §3): two events
  /// so far, the link is silent and a command is written.
  void begin();

  const std::vector<capture_packet>& packets() const noexcept { return packets_; }

private:
  void add(capture_kind kind, bytes_view data);

  std::string mesh_ = "field";
  std::map<std::string, bool> told_;
  instant now_{mono_time{42h}, wall_time{std::chrono::milliseconds{1'769'860'800'000}}};
  std::vector<capture_packet> packets_;
};

/// A capture and what must become of it, said by who knows wire §1 and §2 and not by the program:
/// how many events of each kind, some of them in their order, and what the nodes have counted.
struct golden {
  std::string name;
  capture_script script{};
  std::string settings{}; ///< TOML; empty: the defaults
  std::map<std::string, std::uint64_t> events{}; ///< by kind; a kind that is not here has none
  std::vector<std::string> in_order{};           ///< parts of lines, each of a later line
  std::size_t nodes = 0;                         ///< of all meshes, at the end
  std::uint64_t malformed = 0;                   ///< frames, counted at known nodes
  bool is_long = false;                          ///< its events are kept as a digest
};

/// Every scenario, by name.
std::vector<golden> golden_scenarios();

// -- frames of a classic root (wire §2)

/// `type(3) | length(1) | data`.
std::string item(std::string_view type, std::string_view data);

/// `[D]` with these items.
std::string data_frame(std::uint16_t node, const std::vector<std::string>& items,
                       std::string_view end = {});

std::string message_frame(std::uint16_t node, std::string_view message);

/// A uuid that tells who has it: sixteen times `mark`.
std::string uuid_of(std::uint8_t mark);

/// `NET` with nodes `first` to `last`, their uuids made of their addresses.
std::string snapshot_frame(std::uint16_t first, std::uint16_t last);

} // namespace xylem::testing
