#pragma once

#include "actors/event_hub.hpp"
#include "actors/network_manager.hpp"
#include "actors/node_cache.hpp"
#include "actors/recorder.hpp"
#include "tests/actors/actor_probes.hpp"
#include "tests/gateway/temp_folder.hpp"

namespace xylem::testing {

/// A gateway's life around a folder: hub, node cache, network manager and recorder of one mesh, all
/// real, in a time that the test moves. What another one left in the folder is there.
struct recorder_bench {
  explicit recorder_bench(const temp_folder& folder, std::size_t ring_events = 10'000,
                          std::uint64_t life = 100, std::uint64_t bytes_per_day = 0)
      : settings{settings_in(folder, ring_events, bytes_per_day)},
        journal{folder / "journal", folder / "state", fingerprint_of(mesh_names)} {
    world.env.journal = &journal;
    auto parent = world.system.spawn(supervisor_probe, &told);
    it = world.system.spawn(recorder, &settings, &world.env, parent);
    recorder_end = world.end_of(it);
    world.run();
    hub = world.system.spawn(event_hub, settings.events, life, &world.env);
    std::shared_ptr<const dialect> speech = make_dialect("classic", {});
    cache = world.system.spawn(node_cache, mesh_index{}, &settings.meshes[0], speech, &world.env);
    manager = world.system.spawn(network_manager, mesh_index{}, &settings.meshes[0], speech,
                                 &world.env, ledger_settings{});
    uart = world.system.spawn(uart_probe, &told);
    wire();
  }

  static gateway_settings settings_in(const temp_folder& folder, std::size_t ring_events,
                                      std::uint64_t bytes_per_day) {
    std::filesystem::create_directories(folder / "journal");
    gateway_settings made;
    made.state_dir = folder / "state";
    made.events.ring_events = ring_events;
    made.meshes.emplace_back();
    made.recorder.sync = false;
    made.recorder.max_bytes_per_day = bytes_per_day;
    return made;
  }

  void wire() {
    mesh_wiring actors;
    actors.uart = uart;
    actors.network_manager = manager;
    actors.node_cache = cache;
    actors.event_hub = hub;
    actors.recorder = it;
    auto all = std::make_shared<gateway_wiring>();
    all->meshes.push_back(actors);
    all->event_hub = hub;
    all->recorder = it;
    auto one = std::make_shared<const mesh_wiring>(actors);
    caf::anon_send(cache, wiring_ptr{one});
    caf::anon_send(manager, wiring_ptr{one});
    caf::anon_send(it, gateway_wiring_ptr{all});
    world.run();
  }

  /// The node says it.
  void hear(std::uint16_t node, std::string_view data) {
    auto now = world.clock.now();
    std::vector<event> events{{.time = now.wall,
                               .node = {node},
                               .code = type_code{std::string_view{"GPS"}},
                               .kind = event_kind::reading,
                               .state = 1,
                               .data = small_bytes{view_of(data)}}};
    caf::anon_send(cache, event_batch{now, std::move(events)});
    world.run();
  }

  void send(std::uint16_t node, std::string_view text) {
    ask<command_answer>(
      manager, command_request{{}, {command_kind::send, {node}, copy_of(view_of(text))}});
  }

  /// What an actor answers; nothing when that is an error.
  template <class Answer, class Handle, class... Question>
  std::optional<Answer> ask(const Handle& whom, Question... question) {
    auto answer = std::make_shared<std::optional<Answer>>();
    auto asking = [=](caf::event_based_actor* self, const Handle& asked) {
      self->request(asked, 10s, question...)
        .then([answer](const Answer& got) { *answer = got; }, [](const caf::error&) {});
    };
    world.system.spawn(asking, whom);
    world.run();
    return *answer;
  }

  std::vector<reading> history(std::uint16_t node) {
    history_query asked{.node = {node}, .code = type_code{std::string_view{"GPS"}}};
    auto held = ask<series_part>(cache, asked);
    return held ? held->readings : std::vector<reading>{};
  }

  replay_page replay(cursor from) {
    auto page = ask<replay_page>(
      it, replay_query{.from = from, .filter = {.kinds = event_kind_set::all()}, .max_events = 1000});
    return page.value_or(replay_page{});
  }

  boost::json::object status() { return status_of(world, it); }
  std::uint64_t count(std::string_view name) {
    return status()["events"].as_object().at(name).to_number<std::uint64_t>();
  }

  /// In order, as the supervisor does it.
  void stop() {
    caf::anon_send(it, stop_atom::value);
    world.run();
    REQUIRE(recorder_end->has_value());
  }

  static inline const std::vector<std::string> mesh_names{"default"};

  heard told{};
  gateway_settings settings;
  crash_journal journal;
  actor_fixture world{};
  recorder_actor it;
  std::shared_ptr<std::optional<caf::error>> recorder_end;
  event_hub_actor hub;
  node_cache_actor cache;
  network_manager_actor manager;
  uart_actor uart;
};

} // namespace xylem::testing
