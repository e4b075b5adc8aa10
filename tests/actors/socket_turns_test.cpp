#include "actors/io_unit.hpp"
#include "actors/node_cache.hpp"
#include "actors/socket_server.hpp"
#include "tests/actors/actor_probes.hpp"
#include "tests/actors/test_client.hpp"
#include "tests/actors/wire_text.hpp"

#include <boost/asio/post.hpp>

#include <spdlog/sinks/null_sink.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

struct testing_config : caf::actor_system_config {
  testing_config() { set("scheduler.policy", caf::atom("testing")); }
};

/// A socket server on the execution unit that it has in a gateway, and this thread as I/O thread.
struct unit_bench {
  template <class Behavior, class... Args>
  caf::infer_handle_from_fun_t<Behavior> spawn(Behavior behavior, Args... args) {
    caf::actor_config on_this_thread{&unit};
    return system.spawn_functor<caf::no_spawn_options>(std::true_type{}, on_this_thread, behavior,
                                                       args...);
  }

  ~unit_bench() {
    for (auto& actor : actors)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    actors.clear();
    while (run() > 0) {
    }
  }

  /// Probes are ordinary actors, and run on CAF's own scheduler.
  std::size_t run() {
    auto& probes = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
    return io.poll() + probes.run();
  }

  socket_server_actor server() {
    return spawn(socket_server, mesh_index{}, const_cast<const mesh_settings*>(&settings),
                 speech, &env);
  }

  void wire(const socket_server_actor& it, const node_cache_actor& cache) {
    auto manager = spawn(manager_probe, &told);
    auto wiring = std::make_shared<mesh_wiring>();
    wiring->network_manager = manager;
    wiring->node_cache = cache;
    wiring->socket_server = it;
    caf::anon_send(it, wiring_ptr{wiring});
    caf::anon_send(cache, wiring_ptr{wiring});
    actors = {caf::actor_cast<caf::actor>(manager), caf::actor_cast<caf::actor>(cache),
              caf::actor_cast<caf::actor>(it)};
    run();
  }

  template <class Condition>
  [[nodiscard]] bool until(Condition condition) {
    for (auto end = std::chrono::steady_clock::now() + 20s; !condition(); run_one())
      if (std::chrono::steady_clock::now() > end)
        return false;
    return true;
  }

  void run_one() {
    io.poll_one();
    dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler()).run();
  }

  heard told{};
  mesh_settings settings{};
  std::shared_ptr<const dialect> speech = make_dialect("classic");
  system_clock_source clock{};
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  logger log{{{}, std::make_shared<spdlog::sinks::null_sink_mt>(), [this] { return clock.now(); }}};
  environment env{io, clock, log, {}};
  testing_config config{};
  caf::actor_system system{config};
  io_unit unit{system, io};
  std::vector<caf::actor> actors{};
};

/// A port that nobody listens on.
std::uint16_t free_port() {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor probe{io, {boost::asio::ip::address_v4::loopback(), 0}};
  return probe.local_endpoint().port();
}

node_cache_actor::behavior_type killing_cache(node_cache_actor::pointer, caf::actor_addr* victim) {
  return {[](const wiring_ptr&) {}, [](event_batch&) {},
          [=](request_batch&) {
            auto server = caf::actor_cast<caf::strong_actor_ptr>(*victim);
            caf::anon_send_exit(caf::actor_cast<caf::actor>(server), caf::exit_reason::kill);
          },
          [](web_batch&) {},
          [](const history_query&) { return series_part{}; },
          [](const save_query&) { return saved_nodes{.complete = true}; },
          [](const nodes_query&) { return nodes_page{}; }, [](const nodes_page&) {},
          [](const link_report&) {},
          [](status_atom) { return actor_status{}; }, [](tick_atom) {}};
}

/// A handler that comes again and again, and counts its turns as long as somebody looks.
struct turn_taker {
  boost::asio::io_context& io;
  std::weak_ptr<std::size_t> turns;

  void operator()() const {
    if (auto count = turns.lock()) {
      ++*count;
      boost::asio::post(io, *this);
    }
  }
};

/// Starts another server as soon as one has ended, as the supervisor does.
caf::behavior restarting(caf::event_based_actor* self, unit_bench* bench,
                         const caf::actor_addr& first, int* ends) {
  self->monitor(first);
  self->set_down_handler([=](const caf::down_msg&) {
    if (++*ends < 10)
      self->monitor(bench->actors.emplace_back(caf::actor_cast<caf::actor>(bench->server())));
  });
  return {[](int) {}};
}

} // namespace

TEST_CASE("whatever one client pipelines, the port and the timers have their turn in between") {
  constexpr std::size_t requests = 5'000;
  unit_bench bench;
  bench.settings.listen = {"127.0.0.1", free_port()};
  bench.wire(bench.server(), bench.spawn(node_cache, mesh_index{},
                                         const_cast<const mesh_settings*>(&bench.settings),
                                         bench.speech, &bench.env));
  test_client client{bench.settings.listen.port};
  std::string pipelined;
  for (std::size_t n = 0; n < requests; ++n)
    pipelined += "NSTAT"; // each waits for the reply to the one before
  client.send(pipelined);
  auto turns = std::make_shared<std::size_t>(0);
  boost::asio::post(bench.io, turn_taker{bench.io, turns});
  auto count_of_replies = [&] {
    const auto& all = client.received();
    std::size_t count = 0;
    for (auto at = all.find("node_amount"); at != std::string::npos;
         at = all.find("node_amount", at + 1))
      ++count;
    return count;
  };
  REQUIRE(bench.until([&] { return *turns % 64 == 0 && count_of_replies() == requests; }));
  CHECK(*turns >= requests / 64); // sessions that are served before others are
}

TEST_CASE("a server that ends in the middle of a turn leaves its address to the next one at once") {
  unit_bench bench;
  bench.settings.listen = {"127.0.0.1", free_port()};
  caf::actor_addr victim;
  auto ends = 0;
  {
    auto server = bench.server();
    victim = server.address();
    bench.wire(server, bench.spawn(killing_cache, &victim));
    bench.actors.pop_back(); // nothing keeps it
  }
  bench.actors.push_back(bench.spawn(restarting, &bench, victim, &ends));
  test_client client{bench.settings.listen.port};
  client.send("ACT-C");
  REQUIRE(bench.until([&] { return client.ended(); }));
  CHECK(ends == 1);
  test_client next{bench.settings.listen.port};
  next.send("ACT-C"); // nobody has told the new one who could answer
  REQUIRE(bench.until([&] { return !next.received().empty(); }));
  CHECK(next.received() == failed("Not Available"));
}
