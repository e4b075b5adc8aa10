#include "protocol/transmit_scheduler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace xylem;
using namespace std::chrono_literals;
using ids = std::vector<command_id>;

namespace {

constexpr mono_time t0{24h};
constexpr auto rate = wire_rate::of_baud(115'200);
constexpr std::size_t burst_size = 1024; // what the field's root reads at once

/// A whole frame of `size` bytes on the wire whose payload says who it is.
bytes frame_of(std::uint64_t id, std::size_t size = 10) {
  bytes frame(size, std::byte{0x55});
  frame.front() = std::byte{0xFF};
  frame.back() = std::byte{0xFE};
  for (std::size_t i = 1; i <= 4; ++i) // base 128, so that nothing needs an escape
    frame[i] = static_cast<std::byte>(id >> (7 * (i - 1)) & 127);
  return frame;
}

/// Lets the port take everything at once, and the time at which it did so.
ids write_all(transmit_scheduler& scheduler, mono_time now) {
  auto size = scheduler.next(now).size();
  return scheduler.wrote(size, now);
}

/// The field's root: reads 1,024 bytes or until one second of silence, then looks for frames in
/// what it has read. A frame that crosses the mark is lost.
class block_reader {
public:
  void receive(std::byte byte, mono_time at) {
    if (!block_.empty() && at - last_ >= 1s)
      act();
    last_ = at;
    block_.push_back(byte);
    if (block_.size() == burst_size)
      act();
  }

  void act() {
    for (auto begin = block_.begin(); begin != block_.end(); ++begin) {
      auto end = std::find(begin, block_.end(), std::byte{0xFE});
      if (*begin != std::byte{0xFF} || end == block_.end())
        continue;
      std::uint64_t id = 0;
      for (auto i = 4; i >= 1; --i)
        id = id << 7 | std::to_integer<std::uint64_t>(begin[i]);
      seen.push_back({id});
      begin = end;
    }
    block_.clear();
  }

  ids seen;

private:
  bytes block_;
  mono_time last_{};
};

struct run_result {
  ids enqueued;
  ids written;
  ids seen_by_root;
  std::size_t longest_burst = 0;
};

/// 200 frames of random sizes at random times to a port that takes random parts, over a wire of
/// 115200 baud to the root.
run_result run(transmit_profile profile, unsigned seed) {
  std::mt19937 random{seed};
  auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  transmit_scheduler scheduler{profile, rate};
  block_reader root;
  run_result result;
  auto now = t0;
  auto wire_free = t0;
  while (result.written.size() < 200) {
    for (auto n = below(3); n > 0 && result.enqueued.size() < 200; --n) {
      auto id = command_id{result.enqueued.size() + 1};
      scheduler.enqueue(id, frame_of(id.value, 6 + below(535)));
      result.enqueued.push_back(id);
    }
    auto view = scheduler.next(now);
    if (view.empty()) {
      now += std::chrono::milliseconds{1 + below(40)};
      continue;
    }
    CHECK_FALSE(scheduler.wake_at()); // one write at a time
    CHECK(scheduler.next(now).empty());
    auto count = below(4) == 0 ? view.size() : below(static_cast<unsigned>(view.size()) + 1);
    for (auto byte : view.first(count)) {
      wire_free = std::max(now, wire_free) + rate.time_for(1);
      root.receive(byte, wire_free);
    }
    result.longest_burst = std::max(result.longest_burst, view.size());
    now += std::chrono::milliseconds{below(20)};
    auto finished = scheduler.wrote(count, now);
    result.written.insert(result.written.end(), finished.begin(), finished.end());
  }
  root.act(); // a second of silence
  result.seen_by_root = root.seen;
  return result;
}

} // namespace

TEST_CASE("profiles are read as they are written") {
  for (auto profile : {transmit_profile::stream, transmit_profile::gap, transmit_profile::block})
    CHECK(parse_transmit_profile(to_string(profile)) == profile);
  CHECK_FALSE(parse_transmit_profile("GAP"));
  CHECK_FALSE(parse_transmit_profile(""));
}

TEST_CASE("115200 baud carry 1,024 bytes in 89 ms") {
  CHECK(rate.bytes_per_second == 11'520); // ten bits a byte
  CHECK(rate.time_for(1024) > 88ms);
  CHECK(rate.time_for(1024) < 89ms);
  CHECK(wire_rate{0}.time_for(2) == 2s); // no division by zero
}

TEST_CASE("stream sends at once, also right after another burst") {
  transmit_scheduler scheduler{transmit_profile::stream, rate};
  scheduler.port_opened(t0);
  for (std::uint64_t id = 1; id <= 3; ++id) {
    scheduler.enqueue({id}, frame_of(id));
    REQUIRE(scheduler.wake_at());
    CHECK(*scheduler.wake_at() <= t0);
    CHECK(write_all(scheduler, t0) == ids{{id}});
  }
}

TEST_CASE("the first burst of gap goes at once when nobody wrote to the port before") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  scheduler.enqueue({1}, frame_of(1));
  CHECK(copy_of(scheduler.next(t0)) == frame_of(1));
}

TEST_CASE("after the port was opened the first burst waits for a silence, except of stream") {
  for (auto profile : {transmit_profile::gap, transmit_profile::block}) {
    transmit_scheduler scheduler{profile, rate};
    scheduler.port_opened(t0);
    scheduler.enqueue({1}, frame_of(1));
    CHECK(scheduler.next(t0 + 1049ms).empty());
    CHECK(scheduler.wake_at() == t0 + 1050ms);
    CHECK_FALSE(scheduler.next(t0 + 1050ms).empty());
  }
}

TEST_CASE("gap keeps 1.05 s of silence on the wire, not only at the port") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  scheduler.enqueue({1}, frame_of(1, 1000));
  write_all(scheduler, t0);
  scheduler.enqueue({2}, frame_of(2));
  auto free = t0 + rate.time_for(1000) + 1050ms;
  CHECK(scheduler.wake_at() == free);
  CHECK(scheduler.next(free - 1ns).empty());
  CHECK(copy_of(scheduler.next(free)) == frame_of(2));
}

TEST_CASE("the silence counts from the last byte of a burst that the port takes in parts") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  scheduler.enqueue({1}, frame_of(1, 100));
  CHECK(scheduler.next(t0).size() == 100);
  CHECK(scheduler.wrote(60, t0 + 1s).empty());
  CHECK(scheduler.next(t0 + 1s).size() == 40);
  CHECK(scheduler.wrote(40, t0 + 5s) == ids{{1}});
  scheduler.enqueue({2}, frame_of(2));
  CHECK(scheduler.wake_at() == t0 + 5s + rate.time_for(100) + 1050ms);
}

TEST_CASE("commands for the next burst collect while a burst waits") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  scheduler.enqueue({1}, frame_of(1));
  write_all(scheduler, t0);
  for (std::uint64_t id = 2; id <= 5; ++id)
    scheduler.enqueue({id}, frame_of(id));
  CHECK(scheduler.waiting_commands() == 4);
  CHECK(scheduler.waiting_bytes() == 40);
  CHECK(write_all(scheduler, t0 + 2s) == ids{{2}, {3}, {4}, {5}});
  CHECK(scheduler.waiting_commands() == 0);
  CHECK(scheduler.waiting_bytes() == 0);
}

TEST_CASE("a burst holds exactly 1,024 bytes of whole frames when they fit") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  scheduler.enqueue({1}, frame_of(1, 1000));
  scheduler.enqueue({2}, frame_of(2, 24));
  scheduler.enqueue({3}, frame_of(3, 5));
  CHECK(scheduler.next(t0).size() == burst_size);
  CHECK(scheduler.wrote(burst_size, t0) == ids{{1}, {2}});
}

TEST_CASE("a frame that does not fit opens the next burst, and nothing overtakes it") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  scheduler.enqueue({1}, frame_of(1, 1000));
  scheduler.enqueue({2}, frame_of(2, 25));
  scheduler.enqueue({3}, frame_of(3, 10));
  CHECK(write_all(scheduler, t0) == ids{{1}});
  CHECK(write_all(scheduler, t0 + 2s) == ids{{2}, {3}});
}

TEST_CASE("a single frame longer than a burst goes alone") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  scheduler.enqueue({1}, frame_of(1, 1500));
  scheduler.enqueue({2}, frame_of(2));
  CHECK(copy_of(scheduler.next(t0)) == frame_of(1, 1500));
  CHECK(scheduler.wrote(1500, t0) == ids{{1}});
}

TEST_CASE("a block is padded with 00 to exactly 1,024 bytes") {
  transmit_scheduler scheduler{transmit_profile::block, rate};
  scheduler.enqueue({1}, frame_of(1, 10));
  auto expected = frame_of(1, 10);
  expected.resize(burst_size);
  CHECK(copy_of(scheduler.next(t0)) == expected);
}

TEST_CASE("a frame longer than a block takes whole blocks, so that the root's mark is kept") {
  transmit_scheduler scheduler{transmit_profile::block, rate};
  scheduler.enqueue({1}, frame_of(1, 1025));
  CHECK(scheduler.next(t0).size() == 2 * burst_size);
}

TEST_CASE("the padding of a block belongs to no command") {
  transmit_scheduler scheduler{transmit_profile::block, rate};
  scheduler.enqueue({1}, frame_of(1, 10));
  scheduler.next(t0);
  CHECK(scheduler.wrote(9, t0).empty());
  scheduler.next(t0);
  CHECK(scheduler.wrote(1, t0) == ids{{1}});
  CHECK(scheduler.next(t0).size() == burst_size - 10);
  CHECK(scheduler.wrote(burst_size - 10, t0).empty());
}

TEST_CASE("a block waits only until the one before it has left the wire") {
  transmit_scheduler scheduler{transmit_profile::block, rate};
  scheduler.enqueue({1}, frame_of(1));
  write_all(scheduler, t0);
  scheduler.enqueue({2}, frame_of(2));
  CHECK(scheduler.wake_at() == t0 + rate.time_for(burst_size)); // 89 ms, not 1.05 s
  CHECK(scheduler.next(*scheduler.wake_at() - 1ns).empty());
  CHECK_FALSE(scheduler.next(*scheduler.wake_at()).empty());
}

TEST_CASE("after 32 blocks in a row comes a silence, for a root that has lost a byte") {
  transmit_scheduler scheduler{transmit_profile::block, rate};
  auto now = t0;
  for (std::uint64_t id = 1; id <= 100; ++id) {
    scheduler.enqueue({id}, frame_of(id));
    auto wait = *scheduler.wake_at() - now;
    if (id > 1)
      CHECK(wait == rate.time_for(burst_size) + (id % 32 == 1 ? 1050ms : 0ms));
    now = std::max(now, *scheduler.wake_at());
    REQUIRE(write_all(scheduler, now) == ids{{id}});
  }
}

TEST_CASE("a silence that came by itself starts the count of blocks anew") {
  transmit_scheduler scheduler{transmit_profile::block, rate};
  auto now = t0;
  for (std::uint64_t id = 1; id <= 100; ++id) {
    scheduler.enqueue({id}, frame_of(id));
    CHECK(*scheduler.wake_at() <= now);
    write_all(scheduler, now);
    now += id % 20 == 0 ? 2s : 100ms;
  }
}

TEST_CASE("nothing is given while a write is under way") {
  transmit_scheduler scheduler{transmit_profile::stream, rate};
  scheduler.enqueue({1}, frame_of(1));
  CHECK(scheduler.next(t0).size() == 10);
  scheduler.enqueue({2}, frame_of(2));
  CHECK(scheduler.next(t0 + 1h).empty());
  CHECK_FALSE(scheduler.wake_at());
  scheduler.wrote(10, t0 + 1h);
  CHECK(copy_of(scheduler.next(t0 + 1h)) == frame_of(2));
}

TEST_CASE("a port that takes nothing is given the same bytes again") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  scheduler.enqueue({1}, frame_of(1));
  scheduler.next(t0);
  CHECK(scheduler.wrote(0, t0).empty());
  CHECK(*scheduler.wake_at() <= t0);
  CHECK(copy_of(scheduler.next(t0)) == frame_of(1));
}

TEST_CASE("more bytes than were given count as all of them, and unasked ones not at all") {
  transmit_scheduler scheduler{transmit_profile::stream, rate};
  scheduler.enqueue({1}, frame_of(1));
  CHECK(scheduler.wrote(10, t0).empty()); // next() was not called
  scheduler.next(t0);
  CHECK(scheduler.wrote(99, t0) == ids{{1}});
  CHECK(scheduler.wrote(99, t0).empty());
}

TEST_CASE("a command is cancelled only until it is in a burst") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  scheduler.enqueue({1}, frame_of(1));
  scheduler.next(t0);
  scheduler.enqueue({2}, frame_of(2));
  scheduler.enqueue({3}, frame_of(3));
  CHECK_FALSE(scheduler.cancel({1}));
  CHECK(scheduler.cancel({2}));
  CHECK_FALSE(scheduler.cancel({2}));
  CHECK_FALSE(scheduler.cancel({9}));
  CHECK(scheduler.waiting_commands() == 1);
  CHECK(scheduler.waiting_bytes() == 10);
  CHECK(scheduler.wrote(10, t0) == ids{{1}});
  CHECK(write_all(scheduler, t0 + 2s) == ids{{3}});
}

TEST_CASE("there is no wake-up without a command") {
  transmit_scheduler scheduler{transmit_profile::gap, rate};
  CHECK_FALSE(scheduler.wake_at());
  CHECK(scheduler.next(t0).empty());
  scheduler.enqueue({1}, frame_of(1));
  write_all(scheduler, t0);
  CHECK_FALSE(scheduler.wake_at());
}

TEST_CASE("the field's root gets every frame of gap and block, in order, whatever the port does") {
  for (auto profile : {transmit_profile::gap, transmit_profile::block})
    for (auto seed = 1u; seed <= 10; ++seed) {
      CAPTURE(to_string(profile));
      CAPTURE(seed);
      auto result = run(profile, seed);
      CHECK(result.written == result.enqueued);
      CHECK(result.seen_by_root == result.enqueued);
      CHECK(result.longest_burst <= burst_size);
    }
}

TEST_CASE("the field's root loses frames of stream: that is what the other profiles are for") {
  auto result = run(transmit_profile::stream, 1);
  CHECK(result.written == result.enqueued);
  CHECK(result.seen_by_root.size() < result.enqueued.size());
}
