#include "protocol/link_monitor.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr mono_time t0{24h};
constexpr auto silent_after = 180s;

/// The sums of a decoder that handles and rejects what a test says.
struct decoder_sums {
  frame_counters sums;

  const frame_counters& handle(std::uint64_t frames, std::uint64_t wire_size = 22) {
    sums.frames += frames;
    sums.frame_bytes += frames * wire_size;
    sums.bytes_read += frames * wire_size;
    return sums;
  }

  const frame_counters& reject(std::uint64_t count, std::uint64_t wire_size = 22,
                               reject_reason reason = reject_reason::bad_escape) {
    sums.rejects[static_cast<std::size_t>(reason)] += count;
    sums.rejected_bytes[static_cast<std::size_t>(reason)] += count * wire_size;
    sums.bytes_read += count * wire_size;
    return sums;
  }
};

std::optional<link_state> state_of(const std::optional<link_change>& change) {
  return change ? std::optional{change->state} : std::nullopt;
}

} // namespace

TEST_CASE("a link that nobody opened is down and says so") {
  link_monitor monitor{silent_after};
  CHECK(monitor.state() == link_state::down);
  CHECK(monitor.reason() == "the port has not been opened yet");
  CHECK_FALSE(monitor.next_check());
  CHECK_FALSE(monitor.observe({}, t0));
}

TEST_CASE("an open port alone does not make the link up: frames do") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  auto opened = monitor.opened(t0);
  CHECK(opened == link_change{link_state::silent, "no frame since the port was opened"});
  decoder.sums.console_bytes = decoder.sums.bytes_read = 5'000; // a boot log
  CHECK_FALSE(monitor.observe(decoder.sums, t0 + 1s));
  CHECK(monitor.observe(decoder.handle(1), t0 + 2s)
        == link_change{link_state::up, "frames are decoded"});
  CHECK_FALSE(monitor.observe(decoder.handle(1), t0 + 3s)); // only changes are told
}

TEST_CASE("a link is silent when no frame came for silent_after, though bytes come") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  monitor.opened(t0);
  monitor.observe(decoder.handle(1), t0);
  decoder.sums.bytes_read += 100;
  decoder.sums.console_bytes += 100;
  CHECK_FALSE(monitor.observe(decoder.sums, t0 + silent_after - 1ns));
  CHECK(monitor.next_check() == t0 + silent_after);
  CHECK(monitor.observe(decoder.sums, t0 + silent_after)
        == link_change{link_state::silent, "no frame for 180 s"});
  CHECK(state_of(monitor.observe(decoder.handle(1), t0 + 200s)) == link_state::up);
}

TEST_CASE("a closed port is down with its reason, and a new reason is told") {
  link_monitor monitor{silent_after};
  monitor.opened(t0);
  CHECK(monitor.closed("unplugged") == link_change{link_state::down, "unplugged"});
  CHECK_FALSE(monitor.closed("unplugged"));
  CHECK(monitor.closed("no permission") == link_change{link_state::down, "no permission"});
  CHECK(state_of(monitor.opened(t0 + 1s)) == link_state::silent);
}

TEST_CASE("a port that was opened again starts with a decoder that counts from zero") {
  link_monitor monitor{silent_after};
  decoder_sums first, second;
  monitor.opened(t0);
  monitor.observe(first.handle(100), t0);
  monitor.closed("unplugged");
  monitor.opened(t0 + 1s);
  CHECK(state_of(monitor.observe(second.handle(1), t0 + 2s)) == link_state::up);
}

TEST_CASE("sums that went back are those of another decoder") {
  link_monitor monitor{silent_after};
  decoder_sums first, second;
  monitor.opened(t0);
  first.reject(1'000);
  monitor.observe(first.handle(10'000), t0);
  CHECK(monitor.state() == link_state::up);
  CHECK_FALSE(monitor.observe(second.handle(1), t0 + 1s)); // still up, no underflow
}

TEST_CASE("more rejected than handled bytes are noise, and the reason says how much and of what") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  monitor.opened(t0);
  monitor.observe(decoder.handle(4, 25), t0 + 1s);
  auto change = monitor.observe(decoder.reject(6, 50), t0 + 2s);
  REQUIRE(state_of(change) == link_state::noisy);
  // 6 × 50 rejected, 4 × 25 handled
  CHECK(change->reason
        == "300 of 400 bytes rejected, mostly bad_escape; check the baud rate and the wiring");
}

TEST_CASE("as many rejected as handled bytes are not noise yet") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  monitor.opened(t0);
  monitor.observe(decoder.handle(10, 20), t0);
  CHECK_FALSE(monitor.observe(decoder.reject(10, 20), t0 + 1s));
  CHECK(state_of(monitor.observe(decoder.reject(1, 1), t0 + 1s)) == link_state::noisy);
}

TEST_CASE("one broken frame is no noise, however long it was") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  monitor.opened(t0);
  monitor.observe(decoder.handle(1), t0);
  decoder.reject(1, 1, reject_reason::stray_end);
  CHECK_FALSE(monitor.observe(decoder.reject(1, 8'000, reject_reason::malformed), t0 + 30s));
}

TEST_CASE("a broken frame now and then never adds up to noise") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  monitor.opened(t0);
  monitor.observe(decoder.handle(1), t0);
  for (auto second = 1; second < 170; ++second)
    if (second % 3 == 0) // at most 3 in any 6 s
      CHECK_FALSE(monitor.observe(decoder.reject(1), t0 + std::chrono::seconds{second}));
}

TEST_CASE("noise is told though every frame between it is fine") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  monitor.opened(t0);
  auto now = t0;
  for (auto i = 0; i < 20; ++i) {
    now += 100ms;
    decoder.reject(1, 100);
    monitor.observe(decoder.handle(1, 22), now);
  }
  CHECK(monitor.state() == link_state::noisy);
}

TEST_CASE("noise ends when a whole window was free of it, and frames make the link up again") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  monitor.opened(t0);
  monitor.observe(decoder.handle(1), t0);
  monitor.observe(decoder.reject(100), t0 + 10s);
  REQUIRE(monitor.state() == link_state::noisy);
  auto now = t0 + 10s;
  auto checks = 0;
  while (monitor.state() == link_state::noisy) { // only its own hints drive it
    REQUIRE(monitor.next_check() == now + 1s);
    now = *monitor.next_check();
    monitor.observe(decoder.sums, now);
    REQUIRE(++checks < 20);
  }
  CHECK(monitor.state() == link_state::up);
  CHECK(now - t0 >= 10s + link_monitor::window);
  CHECK(now - t0 <= 10s + 3 * link_monitor::window);
}

TEST_CASE("noise that ends leaves a link silent when no frame was ever decoded") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  monitor.opened(t0);
  monitor.observe(decoder.reject(100), t0 + 1s);
  for (auto second = 2; second < 20; ++second)
    monitor.observe(decoder.sums, t0 + std::chrono::seconds{second});
  CHECK(monitor.state() == link_state::silent);
  CHECK(monitor.reason() == "no frame since the port was opened");
}

TEST_CASE("a link at the threshold of noise does not flap") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  std::mt19937 random{7};
  monitor.opened(t0);
  auto now = t0;
  auto changes = 0;
  for (auto step = 0; step < 6'000; ++step) { // ten minutes, half of the bytes are broken
    now += 100ms;
    random() % 2 == 0 ? decoder.handle(1) : decoder.reject(1);
    changes += monitor.observe(decoder.sums, now) ? 1 : 0;
  }
  CHECK(changes > 0);
  CHECK(changes <= 2 * 600 / 5 + 1); // into noise and out of it at most once a window
}

TEST_CASE("an idle link asks to be checked once, when its silence is due") {
  link_monitor monitor{silent_after};
  decoder_sums decoder;
  monitor.opened(t0);
  CHECK_FALSE(monitor.next_check()); // silent: only a frame can change that
  monitor.observe(decoder.handle(1), t0 + 5s);
  CHECK(monitor.next_check() == t0 + 5s + silent_after);
  monitor.observe(decoder.sums, *monitor.next_check());
  CHECK(monitor.state() == link_state::silent);
  CHECK_FALSE(monitor.next_check());
}

TEST_CASE("the states follow a real decoder: clean frames, then another baud rate") {
  link_monitor monitor{silent_after};
  frame_decoder decoder;
  std::mt19937 random{3};
  auto read = [&](const bytes& chunk, mono_time now) {
    decoder.feed(chunk);
    while (!std::holds_alternative<need_more>(decoder.next())) {
    }
    return monitor.observe(decoder.counters(), now);
  };
  bytes clean;
  for (auto i = 0; i < 10; ++i)
    append_frame(clean, view_of("0123456789"));
  monitor.opened(t0);
  CHECK(state_of(read(clean, t0)) == link_state::up);
  auto now = t0;
  while (monitor.state() == link_state::up && now < t0 + 10s) {
    bytes garbage(1'152); // 100 ms at 115200 baud
    for (auto& byte : garbage)
      byte = static_cast<std::byte>(random());
    read(garbage, now += 100ms);
  }
  CHECK(monitor.state() == link_state::noisy);
}
