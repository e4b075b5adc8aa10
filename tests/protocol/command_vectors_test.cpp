#include "frame_decoding.hpp"
#include "protocol/dialect.hpp"
#include "wire_vectors.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace xylem;

namespace {

constexpr auto kinds = {command_kind::send, command_kind::broadcast, command_kind::network_info,
                        command_kind::reset_root, command_kind::clean};

/// COMMAND [NODE [BYTES]]
command read_command(const std::string& setting) {
  auto words = words_of(setting);
  command out;
  auto kind = std::ranges::find(kinds, words.at(0), [](command_kind k) { return to_string(k); });
  if (kind == kinds.end())
    throw std::runtime_error{"no such command: " + setting};
  out.kind = *kind;
  if (words.size() > 1)
    out.node = parse_node_address(words[1]).value();
  if (words.size() > 2)
    out.message = parse_bytes(setting.substr(words[0].size() + words[1].size() + 2));
  return out;
}

} // namespace

TEST_CASE("every command is written as its vector says") {
  auto speech = make_dialect("classic");
  for (const auto& vector : read_vectors("commands.txt")) {
    INFO(vector.name);
    REQUIRE(vector.settings.size() == 1);
    CHECK(speech->encode_command(read_command(vector.settings.front())) == vector.data);
  }
}

TEST_CASE("a command is one frame, whatever its message holds") {
  auto speech = make_dialect("classic");
  for (const auto& vector : read_vectors("commands.txt")) {
    INFO(vector.name);
    bytes wire;
    append_frame(wire, vector.data, speech->uart_framing());
    CHECK(decode_whole(wire).frames() == std::vector<bytes>{vector.data});
  }
}

TEST_CASE("every kind of command has a vector") {
  auto vectors = read_vectors("commands.txt");
  for (auto kind : kinds)
    CHECK(std::ranges::any_of(vectors, [&](const wire_vector& vector) {
      return words_of(vector.settings.at(0)).at(0) == to_string(kind);
    }));
}

TEST_CASE("a dialect that nobody speaks is none") {
  CHECK(make_dialect("klassik") == nullptr);
  CHECK(make_dialect("") == nullptr);
  for (auto name : dialect_names())
    CHECK(make_dialect(name) != nullptr);
  CHECK(std::ranges::count(dialect_names(), "classic") == 1);
}
