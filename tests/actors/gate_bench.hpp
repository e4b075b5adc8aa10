#pragma once

#include "actors/remote/gate_core.hpp"
#include "actors/remote/tls_dialer.hpp"
#include "fake_gateway.hpp"
#include "tls_bench.hpp"

#include <caf/actor_system.hpp>
#include <doctest/doctest.h>

namespace xylem::testing {

using namespace std::chrono_literals;

/// The machine's monotonic clock, ahead by as much as a test likes; certificates have a time of
/// their own.
class gate_clock final : public clock_source {
public:
  instant now() const override { return {std::chrono::steady_clock::now() + ahead, wall}; }

  mono_time::duration ahead{};
  wall_time wall = tls_test_time;
};

/// One process as far as remote actors go; all of a test share its thread.
struct remote_process {
  explicit remote_process(boost::asio::io_context& io);

  struct config : caf::actor_system_config {
    config();
  };

  config cfg;
  caf::actor_system system{cfg};
  io_unit unit;
  basp_node node{system, unit};
};

/// What a monitor's actor has got.
struct page_collector {
  /// Asks the facade as the actor that gets the pages.
  template <class Answer, class Question>
  void ask(const Question& what, std::function<void(const Answer&)> done) {
    self->request(facade, 20s, what)
      .then([done](const Answer& got) { done(got); }, [this](const caf::error&) { ++failures; });
  }

  using actor_type = caf::typed_actor<caf::reacts_to<event_page>>;

  actor_type::pointer self = nullptr;
  monitor_interface facade{};
  std::vector<event_page> pages{};
  std::size_t failures = 0;

  std::vector<std::uint64_t> seqs() const; ///< of all events, as they came
  std::size_t events() const;
};

struct gate_bench;

/// A monitor: connects by TLS, asks, and keeps what it is told.
class test_monitor {
public:
  test_monitor(gate_bench& bench, const tls_files& files);
  ~test_monitor();

  /// True when the gate has let it in.
  bool connect();

  /// And has said hello.
  gateway_hello follow();

  /// The answer to one question; fails the test when there is none.
  template <class Answer, class Question>
  Answer ask(const Question& what);

  void grant(std::uint32_t serial, std::uint32_t events);
  void send(const ping& what);
  bool is_closed() const { return closed_.has_value(); }
  void hang_up() { connection_.reset(); }

  page_collector got;
  std::string problem; // of the connection attempt

private:
  gate_bench& bench_;
  mutual_tls tls_;
  remote_process process_;
  tls_dialer dialer_{process_.node, tls_};
  page_collector::actor_type collector_;
  std::unique_ptr<dialed_connection> connection_;
  std::optional<std::string> closed_;
};

/// A gate with its gateway, in one thread with monitors.
struct gate_bench : tls_bench {
  explicit gate_bench(gate_limits limits = {});
  ~gate_bench();

  gate_configuration configuration();

  /// Configures it, and waits until it listens.
  void begin();

  /// Runs the I/O thread's work until `done`, or fails after 20 s.
  void run_until(const std::function<bool()>& done);

  /// What it counts, now.
  std::uint64_t refused(const std::string& reason) const;

  boost::asio::io_context io{1};
  gate_clock clock;
  fake_gateway gateway{io};
  tls_files north{node("north", pki::certificate_use::node, tls_test_time, std::chrono::days{9})};
  std::vector<allowed_monitor> allow{{"office", access_scope::read},
                                     {"control", access_scope::command}};
  remote_process process{io};
  std::optional<gate_core::outcome> ended;
  std::shared_ptr<gate_core> gate;
};

template <class Answer, class Question>
Answer test_monitor::ask(const Question& what) {
  std::optional<Answer> answer;
  got.ask<Answer>(what, [&](const Answer& it) { answer = it; });
  bench_.run_until([&] { return answer || got.failures > 0 || closed_; });
  REQUIRE(answer);
  return *answer;
}

} // namespace xylem::testing
