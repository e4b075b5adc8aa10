#pragma once

#include "actors/io_actor.hpp"
#include "actors/remote/monitor_rules.hpp"
#include "actors/remote/tls_dialer.hpp"

#include <caf/actor_system.hpp>
#include <doctest/doctest.h>

namespace xylem::testing {

using namespace std::chrono_literals;

/// A monitor of its own, in the process of the test: asks what the test wants, keeps what it is
/// told. Every wait has an end and throws there.
class remote_monitor {
public:
  /// `ca.pem`, NAME.pem and NAME.key are in the folder.
  remote_monitor(const std::string& folder, const std::string& name);
  ~remote_monitor();

  /// Again and again, until it is let in and has said hello.
  gateway_hello follow(std::uint16_t port);

  /// Once. Empty: it is let in; else why not.
  std::string try_once(std::uint16_t port);

  template <class Answer, class Question>
  Answer ask(const Question& what) {
    std::optional<Answer> answer;
    auto failed = false;
    self_->request(facade_, 20s, what)
      .then([&](const Answer& got) { answer = got; }, [&](const caf::error&) { failed = true; });
    run_until("an answer", [&] { return answer || failed || closed_; });
    REQUIRE(answer);
    return *answer;
  }

  void grant(std::uint32_t serial, std::uint32_t events);

  /// Lets the thread of the test do the monitor's work.
  void run_until(const std::string& what, const std::function<bool()>& done);

  bool is_closed() const { return closed_.has_value(); }

  std::vector<event_page> pages{};
  std::size_t events() const;

private:
  using collector = caf::typed_actor<caf::reacts_to<event_page>>;

  struct config : caf::actor_system_config {
    config();
  };

  system_clock_source clock_;
  mutual_tls tls_;
  boost::asio::io_context io_{1};
  config config_;
  caf::actor_system system_{config_};
  io_unit unit_{system_, io_};
  basp_node node_{system_, unit_};
  tls_dialer dialer_{node_, tls_};
  collector actor_;
  collector::pointer self_ = nullptr;
  monitor_interface facade_;
  std::unique_ptr<dialed_connection> connection_;
  std::optional<std::string> closed_;
};

} // namespace xylem::testing
