#include "gate_bench.hpp"

#include "actors/remote/io_multiplexer.hpp"
#include "actors/remote/monitor_rules.hpp"

#include <caf/send.hpp>

namespace xylem::testing {

namespace {

page_collector::actor_type::behavior_type
collect(io_actor_of<page_collector::actor_type, char>* self, page_collector* into) {
  into->self = self;
  return {[into](const event_page& page) { into->pages.push_back(page); }};
}

} // namespace

remote_process::config::config() {
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{1});
  add_monitor_types(*this);
  load_remote(*this);
}

remote_process::remote_process(boost::asio::io_context& io) : unit{system, io} {}

std::vector<std::uint64_t> page_collector::seqs() const {
  std::vector<std::uint64_t> all;
  for (const auto& page : pages)
    for (const auto& each : page.events)
      all.push_back(each.seq);
  return all;
}

std::size_t page_collector::events() const {
  return seqs().size();
}

// -- a monitor

test_monitor::test_monitor(gate_bench& bench, const tls_files& files)
    : bench_{bench}, tls_{files, bench.clock}, process_{bench.io} {
  caf::actor_config on_io_thread{&process_.unit};
  auto start = collect;
  collector_ = process_.system.spawn_functor<caf::no_spawn_options>(std::true_type{}, on_io_thread,
                                                                    start, &got);
  bench_.run_until([&] { return got.self != nullptr; });
}

test_monitor::~test_monitor() {
  connection_.reset();
  got.facade = nullptr;
  caf::anon_send_exit(collector_, caf::exit_reason::kill);
  process_.unit.work_and_run([] {});
}

bool test_monitor::connect() {
  std::optional<bool> done;
  dialer_.dial({.name = "north", .address = {"127.0.0.1", bench_.gateway.port}},
               [&](std::variant<dialed_gateway, std::string> outcome) {
                 if (auto to = std::get_if<dialed_gateway>(&outcome)) {
                   got.facade = to->facade;
                   connection_ = std::move(to->connection);
                 } else {
                   problem = std::get<std::string>(outcome);
                 }
                 done = connection_ != nullptr;
               },
               [this](std::string why) { closed_ = std::move(why); });
  bench_.run_until([&] { return done.has_value(); });
  return *done;
}

gateway_hello test_monitor::follow() {
  REQUIRE_MESSAGE(connect(), problem);
  return ask<gateway_hello>(monitor_hello{.software = "xylem test", .name = "office"});
}

void test_monitor::grant(std::uint32_t serial, std::uint32_t events) {
  got.self->send(got.facade, credit_grant{serial, events});
}

// -- the gate

gate_bench::gate_bench(gate_limits limits) {
  gate = std::make_shared<gate_core>(process.system, process.node, clock, gateway.take_socket(),
                                     limits, [this](gate_core::outcome how) { ended = how; });
  gate->start();
}

gate_bench::~gate_bench() {
  gate->shut_down();
  process.unit.work_and_run([] {});
}

gate_configuration gate_bench::configuration() {
  return {.instance = {77},
          .listen = {"127.0.0.1", 0},
          .authority = north.authority,
          .certificate = north.certificate,
          .key = north.key,
          .allow = allow};
}

void gate_bench::begin() {
  gateway.configure(configuration());
  run_until([&] { return gateway.port != 0 || ended; });
  REQUIRE(gateway.port != 0);
}

void gate_bench::run_until(const std::function<bool()>& done) {
  auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    io.restart();
    io.run_one_for(100ms);
    if (std::chrono::steady_clock::now() > deadline)
      FAIL("20 s are over");
  }
}

std::uint64_t gate_bench::refused(const std::string& reason) const {
  auto state = gate->state();
  auto count = state.at("refused").as_object().if_contains(reason);
  return count ? count->to_number<std::uint64_t>() : 0;
}

} // namespace xylem::testing
