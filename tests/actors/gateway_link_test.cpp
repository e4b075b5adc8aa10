#include "actors/remote/gateway_link.hpp"

#include "tests/actors/actor_probes.hpp"

#include <boost/asio/post.hpp>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// The gateway elsewhere: what it was asked, and what it answers.
struct far_gateway {
  gateway_hello hello{.name = "north",
                      .instance = {77},
                      .serves = {{77}},
                      .generation = 1,
                      .newest = {100, 40},
                      .meshes = {{"field", link_state::up, "frames are decoded", {}}}};
  std::vector<nodes_page> pages{};
  std::vector<monitor_hello> hellos{};
  std::vector<monitor_subscription> subscriptions{};
  std::vector<credit_grant> grants{};
  std::vector<nodes_query> node_queries{};
  std::vector<remote_command> commands{};
  pong next_pong{.generation = 1};
};

monitor_interface::behavior_type facade_of(monitor_interface::pointer, far_gateway* far) {
  return {[far](const monitor_hello& hello) {
            far->hellos.push_back(hello);
            return far->hello;
          },
          [far](const monitor_subscription& wanted) {
            far->subscriptions.push_back(wanted);
            return subscription_answer{wanted.serial, "", far->hello.newest};
          },
          [far](const credit_grant& grant) { far->grants.push_back(grant); },
          [far](const nodes_query& asked) {
            far->node_queries.push_back(asked);
            auto at = far->node_queries.size() - 1;
            return at < far->pages.size() ? far->pages[at]
                                          : nodes_page{.mesh = asked.mesh, .complete = true};
          },
          [](const report_query&) { return report{}; },
          [far](const remote_command& asked) {
            far->commands.push_back(asked);
            return remote_command_answer{asked.mesh, saved_command{.id = {9}, .what = asked.what}};
          },
          [](const remote_command_query& asked) {
            return remote_command_answer{{}, saved_command{.id = asked.id}};
          },
          [far](const ping&) { return far->next_pong; }};
}

struct fake_connection final : dialed_connection {
  explicit fake_connection(int* counted) : closes{counted} {}
  void close() override { ++*closes; }
  std::uint64_t bytes_received() const override { return 0; }
  int* closes;
};

struct fake_dialer final : gateway_dialer {
  void dial(const followed_gateway&, on_done done, on_closed when_closed) override {
    ++attempts;
    closed = std::move(when_closed);
    boost::asio::post(*io, [this, done = std::move(done)] {
      if (!problem.empty())
        done(problem);
      else
        done(dialed_gateway{facade, "north", std::make_unique<fake_connection>(&closes)});
    });
  }

  boost::asio::io_context* io = nullptr;
  monitor_interface facade{};
  on_closed closed{};
  std::string problem{};
  int attempts = 0;
  int closes = 0;
};

struct fake_observer final : monitor_observer {
  std::optional<cursor> starts_at(const std::string&) override { return start; }
  void changed(const following_status& now) override { states.push_back(now); }
  void told(const following_status&, const event_page& page) override {
    for (const auto& what : page.events)
      seqs.push_back(what.seq);
  }

  std::optional<cursor> start{};
  std::vector<following_status> states{};
  std::vector<std::uint64_t> seqs{};
};

struct link_bench {
  link_bench() {
    settings.monitor.name = "office";
    settings.gateways.push_back({"", {"north.example", 7655}});
    dialer.io = &world.io;
    dialer.facade = world.system.spawn(facade_of, &far);
    world.env.instance = {1};
    world.env.dialer = &dialer;
    world.env.observer = &observer;
  }

  /// Mesh 3 here is mesh 0 there.
  void start() {
    auto wiring = std::make_shared<gateway_wiring>();
    wiring->meshes.resize(4);
    wiring->meshes[3].node_cache = world.system.spawn(cache_probe, &cache);
    wiring->event_hub = world.system.spawn(hub_probe, &hub);
    wiring->serves = {{1}};
    auto supervisor = world.system.spawn(supervisor_probe, &told);
    it = world.system.spawn(xylem::gateway_link, std::size_t{0}, &settings, &world.env, supervisor);
    wiring->gateways.push_back({it, {mesh_index{3}}});
    caf::anon_send(it, gateway_wiring_ptr{wiring});
    world.advance(200ms);
  }

  void tell(event_page page) {
    page.serial = far.subscriptions.empty() ? 1 : far.subscriptions.back().serial;
    caf::anon_send(it, std::move(page));
    world.run();
  }

  static event reading(std::uint64_t seq) {
    return {.seq = seq, .id = seq, .node = node_address{5}, .kind = event_kind::reading};
  }

  event_page page_up_to(std::uint64_t first, std::uint64_t last) {
    event_page page{.reached = {100, last}, .newest = {100, last}};
    for (auto seq = first; seq <= last; ++seq)
      page.events.push_back(reading(seq));
    return page;
  }

  template <class Question>
  command_answer ask(Question question) {
    auto answer = std::make_shared<std::optional<command_answer>>();
    auto run = [answer, question](caf::event_based_actor* self, const gateway_link_actor& whom) {
      self->request(whom, 10s, question)
        .then([answer](command_answer& found) { *answer = std::move(found); },
              [](const caf::error&) {});
    };
    world.system.spawn(run, it);
    world.run();
    REQUIRE(*answer);
    return **answer;
  }

  std::string state() { return std::string{status_of(world, it).at("state").as_string()}; }

  gateway_settings settings{};
  far_gateway far{};
  fake_dialer dialer{};
  fake_observer observer{};
  heard cache{};
  heard hub{};
  heard told{};
  actor_fixture world{};
  gateway_link_actor it{};
};

} // namespace

TEST_CASE("a link introduces itself, subscribes where it shall go on, and hands events to the node cache") {
  link_bench bench;
  bench.observer.start = cursor{100, 12};
  bench.start();
  REQUIRE(bench.far.hellos.size() == 1);
  CHECK(bench.far.hellos[0].name == "office");
  CHECK(bench.far.hellos[0].serves == std::vector<instance_id>{{1}});
  REQUIRE(bench.far.subscriptions.size() == 1);
  CHECK(bench.far.subscriptions[0].from == cursor{100, 12});
  bench.tell(bench.page_up_to(13, 15));
  REQUIRE(bench.cache.events.size() == 3);
  CHECK(bench.cache.events[0].mesh == mesh_index{3});
  CHECK(bench.observer.seqs == std::vector<std::uint64_t>{13, 14, 15});
  CHECK(bench.state() == "following");
}

TEST_CASE("a link that shall not go on anywhere starts with what is new") {
  link_bench bench;
  bench.start();
  REQUIRE(bench.far.subscriptions.size() == 1);
  CHECK_FALSE(bench.far.subscriptions[0].from);
}

TEST_CASE("after a loss a link connects again and goes on behind the last event that it has handled") {
  link_bench bench;
  bench.start();
  bench.tell(bench.page_up_to(41, 45));
  bench.dialer.closed("cut");
  bench.world.run();
  CHECK(bench.state() == "connecting");
  bench.world.advance(1s);
  CHECK(bench.dialer.attempts == 2);
  REQUIRE(bench.far.subscriptions.size() == 2);
  CHECK(bench.far.subscriptions[1].from == cursor{100, 45});
  CHECK(bench.far.subscriptions[1].serial != bench.far.subscriptions[0].serial);
}

TEST_CASE("a gateway that cannot be reached is tried again, less and less often") {
  link_bench bench;
  bench.dialer.problem = "not reached";
  bench.start();
  bench.world.advance(60s);
  CHECK(bench.dialer.attempts >= 10); // 0.1, 0.2 … 6.4, 10, 10, …, at least half of each
  CHECK(bench.dialer.attempts <= 25);
  CHECK(bench.state() == "connecting");
  CHECK(bench.world.count_in_log("not reached") == 1);
}

TEST_CASE("a gateway that speaks another version, refuses, or follows this node is asked again after a minute") {
  link_bench bench;
  SUBCASE("another version") { bench.far.hello.protocol = 2; }
  SUBCASE("refuses") { bench.far.hello.refused = "not today"; }
  SUBCASE("a loop") { bench.far.hello.serves.push_back({1}); }
  bench.start();
  CHECK(bench.state() == "refused");
  CHECK(bench.far.subscriptions.empty());
  bench.world.advance(59s);
  CHECK(bench.dialer.attempts == 1);
  bench.world.advance(2s);
  CHECK(bench.dialer.attempts == 2);
}

TEST_CASE("a loop that closes later is found by a pong") {
  link_bench bench;
  bench.start();
  bench.far.next_pong.serves = {{77}, {1}};
  bench.world.advance(6s);
  CHECK(bench.state() == "refused");
}

TEST_CASE("a gateway that has changed is asked what it has") {
  link_bench bench;
  bench.start();
  bench.far.next_pong.generation = 2;
  bench.far.hello.generation = 2;
  bench.world.advance(11s);
  CHECK(bench.far.hellos.size() == 2);
  CHECK(bench.far.subscriptions.size() == 1); // the stream goes on
}

TEST_CASE("a gap goes to the event hub, and the nodes are asked for again") {
  link_bench bench;
  bench.start();
  auto asked = bench.far.node_queries.size();
  auto page = bench.page_up_to(61, 61);
  page.gap = make_gap_event({41, 60, 20, "overwritten"}, {});
  bench.tell(std::move(page));
  REQUIRE(bench.hub.events.size() == 1);
  CHECK(gap_of(bench.hub.events[0])->count == 20);
  CHECK(bench.hub.events[0].mesh == mesh_index{3});
  CHECK(bench.far.node_queries.size() == asked + 1);
  CHECK(number(status_of(bench.world, bench.it), "missed") == 20);
}

TEST_CASE("nodes are fetched page by page") {
  link_bench bench;
  nodes_page first{.nodes = {{node_status::active, true, {.address = node_address{5}}}}};
  bench.far.pages = {first};
  bench.start();
  REQUIRE(bench.far.node_queries.size() == 2);
  CHECK_FALSE(bench.far.node_queries[0].after);
  CHECK(bench.far.node_queries[1].after == node_address{5});
}

TEST_CASE("credit is given back once half of it was used") {
  link_bench bench;
  bench.start();
  auto credit = bench.far.subscriptions[0].credit;
  std::uint64_t seq = 40;
  for (std::uint32_t handled = 0; handled < credit / 2; handled += 256, seq += 256)
    bench.tell(bench.page_up_to(seq + 1, seq + 256));
  REQUIRE(bench.far.grants.size() == 1);
  CHECK(bench.far.grants[0].events == credit / 2);
}

TEST_CASE("pages of an earlier subscription are ignored") {
  link_bench bench;
  bench.start();
  auto page = bench.page_up_to(41, 41);
  page.serial = 99;
  caf::anon_send(bench.it, std::move(page));
  bench.world.run();
  CHECK(bench.cache.events.empty());
}

TEST_CASE("a command goes to its mesh there, and has an id of its own here") {
  link_bench bench;
  bench.start();
  auto answer = bench.ask(command_request{mesh_index{3}, {.kind = command_kind::clean}});
  REQUIRE(bench.far.commands.size() == 1);
  CHECK(bench.far.commands[0].mesh == mesh_index{0});
  CHECK(answer.mesh == mesh_index{3});
  REQUIRE(std::holds_alternative<command_record>(answer.result));
  CHECK(std::get<command_record>(answer.result).id == command_id{9 * 256 + 1});
  auto found = bench.ask(command_id{9 * 256 + 1});
  REQUIRE(std::holds_alternative<command_record>(found.result));
  CHECK(std::get<command_record>(found.result).id == command_id{9 * 256 + 1});
}

TEST_CASE("a command for a gateway that is not reached is refused at once") {
  link_bench bench;
  bench.dialer.problem = "not reached";
  bench.start();
  auto answer = bench.ask(command_request{mesh_index{3}, {.kind = command_kind::clean}});
  REQUIRE(std::holds_alternative<problem>(answer.result));
}

TEST_CASE("a link that ends closes its connection") {
  link_bench bench;
  bench.start();
  caf::anon_send(bench.it, stop_atom::value);
  bench.world.run();
  CHECK(bench.dialer.closes == 1);
}
