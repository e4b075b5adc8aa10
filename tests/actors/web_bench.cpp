#include "tests/actors/web_bench.hpp"

#include <boost/json/parse.hpp>

#include <fstream>
#include <sstream>

namespace xylem::testing {

namespace {

/// What a supervisor tells of a whole gateway.
boost::json::object whole_status() {
  std::ostringstream text;
  text << std::ifstream{XYLEM_SOURCE_DIR "/tests/data/status.json"}.rdbuf();
  return boost::json::parse(text.str()).as_object();
}

supervisor_actor::behavior_type telling_supervisor(supervisor_actor::pointer,
                                                   const boost::json::object& status) {
  return {[status](status_atom) { return actor_status{status}; },
          [](const incident_query&) {
            return actor_status{{{"incidents", boost::json::array{}}}};
          },
          [](ready_atom, mesh_index) {},
          [](ready_atom, std::uint64_t) {},
          [](ready_atom, actor_role) {},
          [](const found_meshes&) { return found_answer{}; },
          [](const allow_list&) {},
          [](named_command&) {},
          [](stop_atom) {},
          [](tick_atom) {},
          [](retry_atom, mesh_index, actor_role, std::uint64_t) {},
          [](stop_atom, mesh_index, actor_role) {}};
}

/// The first answer of a text, if it is whole.
bool is_whole(const std::string& text) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  auto end = text.find("\r\n\r\n");
  if (end == std::string::npos)
    return false;
  auto at = text.find(name);
  auto size = at < end ? std::stoul(text.substr(at + name.size())) : 0;
  return text.size() >= end + 4 + size;
}

} // namespace

web_bench::web_bench(std::function<void(gateway_settings&)> change) {
  settings.meshes.emplace_back().name = "field";
  settings.web.listen = {"127.0.0.1", 0};
  if (change)
    change(settings);
  supervisor = world.system.spawn(telling_supervisor, whole_status());
  for (std::size_t i = 0; i < settings.meshes.size(); ++i) {
    auto mesh = mesh_index{static_cast<std::uint16_t>(i)};
    auto of_mesh = &settings.meshes[i];
    ledger_settings ledger{.ttl = 10s, .first_id = i + 1, .id_step = settings.meshes.size()};
    uarts.push_back(world.system.spawn(uart_probe, &told));
    managers.push_back(world.system.spawn(network_manager, mesh, of_mesh, make_dialect("classic"),
                                          &world.env, ledger));
    caches.push_back(
      world.system.spawn(node_cache, mesh, of_mesh, make_dialect("classic"), &world.env));
  }
  it = world.system.spawn(web_server, &settings, web_assets{}, &world.env);
  end = world.end_of(it);
  start_hub(epoch);
  if (*end)
    return;
  auto address = std::string{status()["address"].as_string()};
  port = static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
}

void web_bench::wire() {
  auto all = std::make_shared<gateway_wiring>();
  all->event_hub = hub;
  all->recorder = recorder;
  all->supervisor = supervisor;
  for (std::size_t i = 0; i < settings.meshes.size(); ++i) {
    auto mesh = std::make_shared<mesh_wiring>();
    mesh->uart = uarts[i];
    mesh->network_manager = managers[i];
    mesh->commands = managers[i];
    mesh->node_cache = caches[i];
    mesh->event_hub = hub;
    mesh->capture = capture;
    mesh->web_server = it;
    all->meshes.push_back(*mesh);
    caf::anon_send(managers[i], wiring_ptr{mesh});
    if (caches[i])
      caf::anon_send(caches[i], wiring_ptr{mesh});
  }
  caf::anon_send(it, gateway_wiring_ptr{all});
  world.run();
}

void web_bench::start_hub(std::uint64_t of_epoch) {
  if (hub)
    caf::anon_send_exit(hub, caf::exit_reason::kill);
  hub = world.system.spawn(event_hub, settings.events, of_epoch, &world.env);
  wire();
}

void web_bench::open_links() {
  for (const auto& manager : managers)
    caf::anon_send(manager, link_report{link_state::silent, {}, true});
  world.run();
}

void web_bench::hear(std::string_view data, std::uint16_t node) {
  event what{.time = world.clock.now().wall,
             .node = node_address{node},
             .code = type_code{"T01"},
             .kind = event_kind::reading,
             .state = 1,
             .data = small_bytes{view_of(data)}};
  caf::anon_send(caches[0], event_batch{world.clock.now(), {what}});
  world.run();
}

void web_bench::publish(std::vector<event> events) {
  caf::anon_send(hub, event_batch{world.clock.now(), std::move(events)});
  world.run();
}

web_answer web_bench::ask(test_client& from, std::string_view request) {
  from.forget_received();
  from.send(request);
  REQUIRE(world.until([&] { return is_whole(from.received()) || from.ended(); }));
  auto all = answers_in(from.received());
  REQUIRE(all.size() == 1);
  return all.front();
}

web_answer web_bench::get(test_client& from, std::string_view target, std::string_view more) {
  return ask(from, "GET " + std::string{target} + " HTTP/1.1\r\nHost: localhost\r\n"
                     + std::string{more} + "\r\n");
}

web_answer web_bench::get(std::string_view target, std::string_view more) {
  auto once = client();
  return get(once, target, more);
}

test_client web_bench::websocket(std::string_view more) {
  auto who = client();
  std::string request{web_handshake_text};
  request.insert(request.size() - 2, more);
  who.send(request);
  expect(who, R"("type":"hello")");
  return who;
}

void web_bench::expect(test_client& who, std::string_view text) {
  CAPTURE(std::string{text});
  REQUIRE(world.until(
    [&] { return who.received().find(text) != std::string::npos || who.ended(); }));
  REQUIRE(who.received().find(text) != std::string::npos);
}

void web_bench::expect_closed(test_client& who, unsigned code) {
  REQUIRE(world.until([&] {
    auto frames = frames_in(who.received());
    return who.ended() || (!frames.empty() && frames.back().code == web_opcode::close);
  }));
  CHECK(frames_in(who.received()).back().close_code() == code);
}

} // namespace xylem::testing
