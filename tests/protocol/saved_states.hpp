#pragma once

#include "protocol/snapshot.hpp"

#include <boost/crc.hpp>

#include <random>

namespace xylem {

/// States as a gateway could have them, the same one for the same seed.
class state_maker {
public:
  static constexpr wall_time start{std::chrono::milliseconds{1'700'000'000'000}};

  explicit state_maker(unsigned seed) : random_{seed} {}

  saved_state state(std::size_t meshes, std::size_t nodes) {
    saved_state made{.generation = 1 + below(1000),
                     .taken = moment(),
                     .reached = {below(9), below(9)}};
    for (std::size_t i = 0; i < meshes; ++i)
      made.meshes.push_back(mesh("mesh_" + std::to_string(i), nodes));
    return made;
  }

  saved_node node(std::uint16_t address) {
    saved_node made{.address = node_address{address},
                    .first_heard = moment(),
                    .last_heard = moment(),
                    .counters = {below(99), below(99), below(99), below(99), below(99)}};
    if (below(2) == 0)
      made.uuid.emplace().fill(std::byte{static_cast<std::uint8_t>(address)});
    for (std::size_t i = 0, count = below(4); i < count; ++i)
      made.series.push_back(series(static_cast<char>('1' + i)));
    return made;
  }

private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  wall_time moment() { return start + std::chrono::milliseconds{below(1'000'000)}; }

  bytes content(std::size_t longest) {
    bytes made(below(longest + 1));
    for (auto& byte : made)
      byte = std::byte{static_cast<std::uint8_t>(below(256))};
    return made;
  }

  saved_series series(char digit) {
    saved_series made{.code = type_code{std::string{digit, 'T', '.'}.substr(0, 1 + below(3))}};
    for (std::size_t i = 0, count = 1 + below(5); i < count; ++i)
      made.readings.push_back({++last_seq_, moment(), small_bytes{content(20)}});
    return made;
  }

  saved_command command(std::uint64_t id) {
    saved_command made{.id = {id},
                       .what = {static_cast<command_kind>(below(5)), node_address{7}, content(30)},
                       .origin = static_cast<command_origin>(below(2)),
                       .state = static_cast<command_state>(below(5)),
                       .accepted = moment(),
                       .deadline = moment()};
    if (made.state != command_state::accepted)
      made.finished = moment();
    if (made.state == command_state::failed)
      made.reason = static_cast<failure>(below(10));
    return made;
  }

  saved_mesh mesh(std::string name, std::size_t nodes) {
    saved_mesh made{.name = std::move(name)};
    for (std::size_t i = 0; i < nodes; ++i)
      made.nodes.push_back(node(static_cast<std::uint16_t>(i * 3 + 1)));
    for (std::uint64_t id = 1, count = below(4); id <= count; ++id)
      made.commands.push_back(command(id * 2));
    made.last_reading = last_seq_ + below(3);
    made.last_command = made.commands.size() * 2;
    return made;
  }

  std::mt19937 random_;
  std::uint64_t last_seq_ = 0;
};

/// Makes length and CRC right again after the body or the versions were changed.
inline void seal(bytes& file) {
  write_big(file.data() + 16, std::uint64_t{file.size() - snapshot_header});
  boost::crc_32_type crc;
  crc.process_bytes(file.data(), 24);
  crc.process_bytes(file.data() + snapshot_header, file.size() - snapshot_header);
  write_big(file.data() + 24, static_cast<std::uint32_t>(crc.checksum()));
}

} // namespace xylem
