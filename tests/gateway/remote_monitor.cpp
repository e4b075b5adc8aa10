#include "remote_monitor.hpp"

#include "waiting.hpp"

#include "actors/remote/io_multiplexer.hpp"

#include <caf/send.hpp>

namespace xylem::testing {

remote_monitor::config::config() {
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{1});
  add_monitor_types(*this);
  load_remote(*this);
}

remote_monitor::remote_monitor(const std::string& folder, const std::string& name)
    : tls_{{folder + "/ca.pem", folder + "/" + name + ".pem", folder + "/" + name + ".key"},
           clock_} {
  caf::actor_config on_io_thread{&unit_};
  auto collect = [](io_actor_of<collector, char>* self, collector::pointer* itself,
                    std::vector<event_page>* into) -> collector::behavior_type {
    *itself = self;
    return {[into](const event_page& page) { into->push_back(page); }};
  };
  actor_ = system_.spawn_functor<caf::no_spawn_options>(std::true_type{}, on_io_thread, collect,
                                                        &self_, &pages);
  run_until("its actor", [&] { return self_ != nullptr; });
}

remote_monitor::~remote_monitor() {
  connection_.reset();
  facade_ = nullptr;
  caf::anon_send_exit(actor_, caf::exit_reason::kill);
  unit_.work_and_run([] {});
}

std::string remote_monitor::try_once(std::uint16_t port) {
  std::optional<std::string> outcome;
  connection_.reset();
  closed_.reset();
  dialer_.dial({.name = "north", .address = {"127.0.0.1", port}},
               [&](std::variant<dialed_gateway, std::string> dialed) {
                 auto to = std::get_if<dialed_gateway>(&dialed);
                 outcome = to ? "" : std::get<std::string>(dialed);
                 if (!to)
                   return;
                 facade_ = to->facade;
                 connection_ = std::move(to->connection);
               },
               [this](std::string why) { closed_ = std::move(why); });
  run_until("it is let in, or not", [&] { return outcome.has_value(); });
  return *outcome;
}

gateway_hello remote_monitor::follow(std::uint16_t port) {
  await("the monitor is let in", [&] { return try_once(port).empty(); });
  return ask<gateway_hello>(monitor_hello{.software = "xylem test", .name = "test"});
}

void remote_monitor::grant(std::uint32_t serial, std::uint32_t events) {
  self_->send(facade_, credit_grant{serial, events});
}

void remote_monitor::run_until(const std::string& what, const std::function<bool()>& done) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    io_.restart();
    io_.run_one_for(std::chrono::milliseconds{50});
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error{"it never happened: " + what};
  }
}

std::size_t remote_monitor::events() const {
  std::size_t count = 0;
  for (const auto& page : pages)
    count += page.events.size();
  return count;
}

} // namespace xylem::testing
