#include "actors/io_unit.hpp"

#include "actors/io_actor.hpp"
#include "actors/messages.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <doctest/doctest.h>

#include <set>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

/// Counts numbers, and passes ticks on to itself.
using counter_actor = caf::typed_actor<caf::reacts_to<std::uint64_t>, caf::reacts_to<tick_atom>>;

/// Written on the I/O thread, read when that has ended.
struct counted {
  std::set<std::thread::id> threads{};
  std::vector<std::uint64_t> numbers{};
  std::size_t ticks = 0;
  bool state_is_gone = false;
};

struct counter_core {
  explicit counter_core(counted& all) : seen{all} {}
  ~counter_core() { seen.state_is_gone = true; }
  counted& seen;
};

using counter_self = io_actor_of<counter_actor, counter_core>;

/// Ends when it has seen that many numbers and ticks. Ticks come by timer.
counter_actor::behavior_type counter(counter_self* self, counted* seen, std::size_t numbers,
                                     std::size_t ticks) {
  self->state.core = std::make_shared<counter_core>(*seen);
  auto note = [=] {
    seen->threads.insert(std::this_thread::get_id());
    if (seen->numbers.size() == numbers && seen->ticks == ticks)
      self->quit();
  };
  if (ticks > 0)
    self->delayed_send(counter_actor{self}, 1ms, tick_atom::value);
  return {[=](std::uint64_t number) {
            seen->numbers.push_back(number);
            note();
          },
          [=](tick_atom) {
            ++seen->ticks;
            note();
            if (seen->ticks < ticks)
              self->delayed_send(counter_actor{self}, 1ms, tick_atom::value);
          }};
}

/// Sends a number to itself again and again, for as long as `running`.
counter_actor::behavior_type restless(io_actor_of<counter_actor, counted>* self,
                                      const bool* running) {
  self->send(counter_actor{self}, std::uint64_t{});
  return {[=](std::uint64_t) {
            if (!*running)
              return self->quit();
            self->send(counter_actor{self}, std::uint64_t{});
          },
          [](tick_atom) {}};
}

struct sharing_config : caf::actor_system_config {
  sharing_config() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

struct unit_bench {
  template <class Function, class... Arguments>
  counter_actor spawn(Function function, Arguments... arguments) {
    caf::actor_config on_io_thread{&unit};
    return system.spawn_functor<caf::no_spawn_options>(std::true_type{}, on_io_thread, function,
                                                       arguments...);
  }

  sharing_config config{};
  caf::actor_system system{config};
  boost::asio::io_context io{1};
  io_unit unit{system, io};
};

} // namespace

TEST_CASE("messages of other threads and timers run on the I/O thread alone, none is lost") {
  constexpr std::size_t senders = 4, each = 2'000, ticks = 20;
  counted seen;
  std::thread::id io_thread;
  {
    unit_bench bench;
    auto work = boost::asio::make_work_guard(bench.io);
    auto actor = bench.spawn(counter, &seen, senders * each, ticks);
    actor->attach_functor([&] { work.reset(); });
    std::thread io{[&] {
      bench.unit.adopt_thread();
      io_thread = std::this_thread::get_id();
      bench.io.run();
    }};
    std::vector<std::thread> threads;
    for (std::uint64_t sender = 0; sender < senders; ++sender)
      threads.emplace_back([&actor, sender] {
        for (std::uint64_t n = 0; n < each; ++n)
          caf::anon_send(actor, sender * each + n);
      });
    for (auto& thread : threads)
      thread.join();
    io.join();
  }
  CHECK(seen.threads == std::set{io_thread});
  CHECK(seen.numbers.size() == senders * each);
  CHECK(seen.ticks == ticks);
  for (std::uint64_t sender = 0; sender < senders; ++sender) {
    std::vector<std::uint64_t> mine;
    for (auto number : seen.numbers)
      if (number / each == sender)
        mine.push_back(number);
    CHECK(std::ranges::is_sorted(mine)); // in the order in which its thread sent them
    CHECK(mine.size() == each);
  }
}

TEST_CASE("what a handler of the io_context sends is handled in the same poll, not inside of it") {
  counted seen;
  unit_bench bench;
  auto actor = bench.spawn(counter, &seen, std::size_t{2}, std::size_t{0});
  bench.io.poll();
  boost::asio::post(bench.io, [&] {
    caf::anon_send(actor, std::uint64_t{1});
    CHECK(seen.numbers.empty());
  });
  bench.io.restart();
  bench.io.poll();
  CHECK(seen.numbers == std::vector<std::uint64_t>{1});
  caf::anon_send(actor, std::uint64_t{2});
  bench.io.restart();
  bench.io.poll();
  CHECK(seen.state_is_gone);
}

TEST_CASE("actors that never rest leave the sockets their turn") {
  auto running = true;
  auto had_its_turn = false;
  unit_bench bench;
  for (auto n = 0; n < 3; ++n)
    bench.spawn(restless, &running);
  bench.io.run_one();
  boost::asio::post(bench.io, [&] { had_its_turn = true; });
  for (auto turns = 0; turns < 10 && !had_its_turn; ++turns)
    bench.io.run_one();
  CHECK(had_its_turn);
  running = false;
  bench.io.run();
  CHECK(bench.system.registry().running() == 0);
}

TEST_CASE("an actor that ends gives its state free on the I/O thread") {
  counted seen;
  unit_bench bench;
  auto actor = bench.spawn(counter, &seen, std::size_t{100}, std::size_t{0});
  bench.io.poll();
  caf::anon_send_exit(actor, caf::exit_reason::kill);
  bench.io.restart();
  bench.io.poll();
  CHECK(seen.state_is_gone);
  CHECK(bench.system.registry().running() == 0);
}
