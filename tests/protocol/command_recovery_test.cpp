#include "protocol/command_recovery.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr wall_time noon{1'700'000'000'000ms};
constexpr auto ttl = 10s;

const command greeting{command_kind::send, {5}, copy_of(view_of("hello"))};

event told(std::uint64_t id, command_state state, small_bytes data = {}) {
  return {.time = noon,
          .id = id,
          .node = {5},
          .kind = event_kind::command,
          .state = static_cast<std::uint8_t>(state),
          .data = std::move(data)};
}

event accepted(std::uint64_t id) {
  return told(id, command_state::accepted, content_of(greeting));
}

} // namespace

TEST_CASE("the event of an accepted command tells all of it") {
  CHECK(accepted_command(accepted(3)) == greeting);
  CHECK_FALSE(accepted_command(told(3, command_state::written)));
  CHECK_FALSE(accepted_command(told(3, command_state::accepted)));
  CHECK_FALSE(accepted_command(
    told(3, command_state::accepted, small_bytes{bytes{std::byte{0x77}}})));
}

TEST_CASE("commands are what the snapshot says and what was told since") {
  saved_mesh was{.last_command = 3, .commands = {{.id = {3}, .what = greeting, .deadline = noon}}};
  command_recovery recovery{was, ttl};
  recovery.apply(told(3, command_state::written));
  recovery.apply(accepted(4));
  recovery.apply(accepted(4)); // a little of it again
  recovery.apply(told(99, command_state::expired)); // of which nothing else is known
  auto all = recovery.commands();
  REQUIRE(all.size() == 2);
  CHECK(all[0].state == command_state::written);
  CHECK(all[0].finished == noon);
  CHECK(all[1].id == command_id{4});
  CHECK(all[1].what == greeting);
  CHECK(all[1].state == command_state::accepted);
  CHECK(all[1].deadline == noon + ttl);
  CHECK(recovery.last_id() == 99);
}

TEST_CASE("of the finished commands only the newest are kept, of those that wait all") {
  command_recovery recovery{{}, ttl};
  recovery.apply(accepted(1));
  auto many = limits::finished_commands + 10;
  for (std::uint64_t id = 2; id < 2 + many; ++id) {
    recovery.apply(accepted(id));
    recovery.apply(told(id, command_state::written));
  }
  auto all = recovery.commands();
  REQUIRE(all.size() == limits::finished_commands + 1);
  CHECK(all.front().id == command_id{1});
  CHECK(all[1].id == command_id{12});
}
