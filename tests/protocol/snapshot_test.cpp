#include "protocol/snapshot.hpp"
#include "saved_states.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

saved_state decoded(bytes_view file) {
  auto answer = decode_snapshot(file);
  if (auto* why = std::get_if<std::string>(&answer))
    FAIL("refused: " << *why);
  return std::get<saved_state>(std::move(answer));
}

std::string refusal(bytes_view file) {
  auto answer = decode_snapshot(file);
  return std::holds_alternative<std::string>(answer) ? std::get<std::string>(answer) : "accepted";
}

saved_state one_node() {
  saved_node node{.address = {7}};
  node.series.push_back({type_code{std::string_view{"T1."}}, {{.seq = 1}, {.seq = 2}}});
  return {.meshes = {{.name = "a", .nodes = {node}}}};
}

saved_state one_command() {
  return {.meshes = {{.name = "a", .commands = {{.id = {1}}}}}};
}

std::string why_not(const saved_state& state) {
  try {
    encode_snapshot(state);
  } catch (const std::invalid_argument& flaw) {
    return flaw.what();
  }
  return "written";
}

/// One of the harms that a file may take.
void harm(bytes& file, std::mt19937& random, const bytes& other) {
  auto at = [&] { return random() % file.size(); };
  switch (random() % 5) {
    case 0:
      for (auto flips = 1 + random() % 4; flips > 0; --flips)
        file[at()] ^= std::byte{1} << random() % 8;
      break;
    case 1: file.resize(at()); break;
    case 2: append(file, bytes_view{other}.first(1 + random() % 64)); break;
    case 3: { // two blocks change places
      auto size = 1 + random() % 64;
      auto one = at(), two = at();
      for (std::size_t i = 0; i < size && std::max(one, two) + i < file.size(); ++i)
        std::swap(file[one + i], file[two + i]);
      break;
    }
    default: { // a block of another snapshot
      auto begin = random() % std::min(file.size(), other.size());
      auto end = std::min({begin + 512, file.size(), other.size()});
      std::copy(other.begin() + static_cast<long>(begin), other.begin() + static_cast<long>(end),
                file.begin() + static_cast<long>(begin));
    }
  }
}

} // namespace

TEST_CASE("a snapshot that is read is the state that was written") {
  for (auto seed = 1u; seed <= 100; ++seed) {
    CAPTURE(seed);
    auto state = state_maker{seed}.state(seed % 4, seed % 30);
    CHECK(decoded(encode_snapshot(state)) == state);
  }
  CHECK(decoded(encode_snapshot({})) == saved_state{});
}

TEST_CASE("the same state gives the same snapshot, byte by byte") {
  for (auto seed = 1u; seed <= 20; ++seed) {
    auto state = state_maker{seed}.state(3, 20);
    auto copy = state;
    CHECK(encode_snapshot(state) == encode_snapshot(copy));
    CHECK(encode_snapshot(decoded(encode_snapshot(state))) == encode_snapshot(state));
  }
}

TEST_CASE("a snapshot begins as the record says, whatever the machine") {
  auto file = encode_snapshot({.generation = 5, .taken = wall_time{1ms}, .reached = {2, 3}});
  CHECK(to_hex(bytes_view{file}.first(24))
        == "58594c4d534e4150" // XYLMSNAP
           "00000001"         // format
           "00000001"         // version of the body
           "000000000000002a");
  CHECK(to_hex(bytes_view{file}.subspan(snapshot_header))
        == "48454144" "0100"    // HEAD, version 1
           "0500000000000000" // generation
           "0100000000000000" // taken
           "0200000000000000" // epoch
           "0300000000000000" // seq
           "00000000");         // no mesh
}

TEST_CASE("what is no snapshot is told apart from one that was harmed or is of a later version") {
  auto file = encode_snapshot(one_node());
  CHECK(refusal({}) == "not a snapshot");
  CHECK(refusal(view_of("SQLite format 3")) == "not a snapshot");
  CHECK(refusal(bytes_view{file}.first(20)) == "ends within its header");
  CHECK(refusal(bytes_view{file}.first(file.size() - 1)).starts_with("is to have "));
  auto harmed = file;
  harmed.back() ^= std::byte{1};
  CHECK(refusal(harmed).starts_with("harmed"));
  for (auto version_at : {11u, 15u}) { // of the container, of the body
    auto later = file;
    later[version_at] = std::byte{2};
    CHECK(refusal(later).starts_with("harmed"));
    CHECK_FALSE(is_later_snapshot(later));
    seal(later);
    CHECK(refusal(later).find("this xylem reads 1 and 1") != std::string::npos);
    CHECK(is_later_snapshot(later));
  }
  CHECK_FALSE(is_later_snapshot(file));
}

TEST_CASE("a section of another version is refused") {
  auto file = encode_snapshot(one_node());
  for (auto mark : {"HEAD", "MESH", "NODE", "CMND"}) {
    auto other = file;
    auto at = text_of(other).find(mark);
    REQUIRE(at != std::string::npos);
    other[at + 4] = std::byte{2};
    seal(other);
    CHECK(refusal(other) == "has a section of another version");
    other[at] = std::byte{'?'};
    seal(other);
    CHECK(refusal(other) == "has another section than expected");
  }
}

TEST_CASE("none of 5,000 harmed snapshots is taken for a sound one") {
  std::mt19937 random{5};
  const auto state = state_maker{1}.state(3, 40);
  const auto file = encode_snapshot(state);
  const auto other = encode_snapshot(state_maker{2}.state(3, 40));
  for (auto i = 0; i < 5'000; ++i) {
    auto copy = file;
    harm(copy, random, other);
    auto answer = decode_snapshot(copy);
    if (auto* found = std::get_if<saved_state>(&answer))
      REQUIRE(*found == state);
    else
      REQUIRE_FALSE(std::get<std::string>(answer).empty());
  }
}

TEST_CASE("a right checksum excuses nothing: what is accepted can be written as it was") {
  std::mt19937 random{6};
  const auto file = encode_snapshot(state_maker{1}.state(2, 10));
  const auto other = encode_snapshot(state_maker{2}.state(2, 10));
  auto accepted = 0;
  for (auto i = 0; i < 5'000; ++i) {
    auto copy = file;
    harm(copy, random, other);
    if (copy.size() < snapshot_header)
      continue;
    seal(copy);
    auto answer = decode_snapshot(copy);
    if (auto* found = std::get_if<saved_state>(&answer)) {
      ++accepted;
      REQUIRE(encode_snapshot(*found) == copy);
    }
  }
  CHECK(accepted > 0); // another value of a counter is as good as any
}

TEST_CASE("a count is held against the bytes that are there before anything is made for it") {
  auto file = encode_snapshot({});
  for (auto count : {1u, 0xFFFFu, 0xFFFF'FFFFu}) {
    auto more = file;
    for (auto i = 0u; i < 4; ++i)
      more[more.size() - 4 + i] = std::byte{static_cast<std::uint8_t>(count >> 8 * i)};
    seal(more);
    CHECK(refusal(more)
          == (count > 0xFFFF ? "has too long a list" : "ends within a list"));
  }
}

TEST_CASE("nothing may follow the last section") {
  auto file = encode_snapshot(one_node());
  file.push_back({});
  seal(file);
  CHECK(refusal(file) == "goes on behind its end");
}

TEST_CASE("a state that could not be read again is not written, and it is said why") {
  CHECK(why_not(one_node()) == "written");
  CHECK(why_not(one_command()) == "written");
  auto changed = [](saved_state state, const auto& change) {
    change(state.meshes.front());
    return why_not(state);
  };
  auto with_node = [&](const auto& change) {
    return changed(one_node(), [&](saved_mesh& mesh) { change(mesh.nodes.front()); });
  };
  CHECK(with_node([](auto& node) { node.series.front().readings.clear(); })
        == "has a series without readings");
  CHECK(with_node([](auto& node) { node.series.front().readings[1].seq = 1; })
        == "has readings that are not in order");
  CHECK(with_node([](auto& node) { node.series.push_back(node.series.front()); })
        == "has two series of one type");
  CHECK(with_node([](auto& node) { node.series.resize(65); }) == "has too long a list");
  CHECK(with_node([](auto& node) { node.last_heard += std::chrono::years{9'000}; })
        == "has a time that is out of range");
  CHECK(with_node([](auto& node) { node.series.front().readings[1].seq = 1ULL << 53; })
        == "has a number that is out of range");
  CHECK(changed(one_node(), [](auto& mesh) { mesh.nodes.push_back(mesh.nodes.front()); })
        == "has nodes that are not in order");
  CHECK(changed(one_node(), [](auto& mesh) { mesh.name = std::string(33, 'a'); })
        == "has too long a run of bytes");
  CHECK(changed(one_command(), [](auto& mesh) { mesh.commands.push_back(mesh.commands.front()); })
        == "has commands that are not in order");
  CHECK(changed(one_command(), [](auto& mesh) { mesh.commands[0].what.message.resize(256); })
        == "has too long a run of bytes");
  CHECK(changed(one_command(),
                [](auto& mesh) { mesh.commands[0].state = static_cast<command_state>(5); })
        == "has a value that no enumeration has");
}

TEST_CASE("the longest reading and the longest message come back") {
  auto state = one_node();
  state.meshes[0].nodes[0].series[0].readings[1].data = small_bytes{bytes(255, std::byte{1})};
  state.meshes[0].commands = {{.id = {1}, .what = {.message = bytes(255, std::byte{2})}}};
  CHECK(decoded(encode_snapshot(state)) == state);
  state.meshes[0].nodes[0].series[0].readings[1].data = small_bytes{bytes(256)};
  CHECK(why_not(state) == "has too long a run of bytes");
}
