#pragma once

#include "actors/interfaces.hpp"
#include "tests/actors/actor_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace xylem::testing {

/// What an actor's neighbours were told. Declared before the fixture, as actors write into it.
struct heard {
  std::vector<wiring_ptr> wirings{};
  std::vector<root_batch> root{};
  std::vector<link_report> links{};
  std::vector<written_report> written{};
  std::vector<request_batch> requests{};
  std::vector<command_id> transmitted{};
  std::string wire{}; ///< of the commands that were transmitted
  std::vector<command_id> cancelled{};
  std::vector<event> events{};
  std::vector<published> news{};
  std::vector<request_batch> replies{};
  std::vector<mesh_index> ready{};
  std::vector<captured> captures{};
  std::size_t event_batches = 0;
  std::size_t stops = 0;

  /// The events of one kind.
  std::vector<event> of(event_kind kind) const {
    std::vector<event> found;
    std::ranges::copy_if(events, std::back_inserter(found),
                         [&](const event& what) { return what.kind == kind; });
    return found;
  }
};

inline uart_actor::behavior_type uart_probe(uart_actor::pointer, heard* all) {
  return {[all](const wiring_ptr& wiring) { all->wirings.push_back(wiring); },
          [all](transmit_batch& batch) {
            for (const auto& each : batch.commands) {
              all->transmitted.push_back(each.id);
              all->wire.append(text_of(each.wire));
            }
          },
          [all](const cancel_batch& batch) {
            all->cancelled.insert(all->cancelled.end(), batch.ids.begin(), batch.ids.end());
          },
          [all](stop_atom) { ++all->stops; },
          [](status_atom) { return actor_status{}; },
          [](write_atom) {},
          [](tick_atom) {}};
}

inline network_manager_actor::behavior_type manager_probe(network_manager_actor::pointer,
                                                          heard* all) {
  return {[all](const wiring_ptr& wiring) { all->wirings.push_back(wiring); },
          [all](root_batch& batch) { all->root.push_back(std::move(batch)); },
          [all](const link_report& report) { all->links.push_back(report); },
          [all](const written_report& report) { all->written.push_back(report); },
          [all](request_batch& batch) { all->requests.push_back(std::move(batch)); },
          [](const command_request&) { return command_answer{}; },
          [](command_id) { return command_answer{}; },
          [](save_atom) { return saved_commands{}; },
          [](status_atom) { return actor_status{}; },
          [](tick_atom) {}};
}

inline node_cache_actor::behavior_type cache_probe(node_cache_actor::pointer, heard* all) {
  return {[all](const wiring_ptr& wiring) { all->wirings.push_back(wiring); },
          [all](event_batch& batch) {
            ++all->event_batches;
            std::ranges::move(batch.events, std::back_inserter(all->events));
          },
          [all](request_batch& batch) { all->requests.push_back(std::move(batch)); },
          [](web_batch&) {},
          [](const history_query&) { return series_part{}; },
          [](const save_query&) { return saved_nodes{.complete = true}; },
          [](const nodes_query&) { return nodes_page{.complete = true}; },
          [](const nodes_page&) {},
          [](const link_report&) {},
          [](status_atom) { return actor_status{}; },
          [](tick_atom) {}};
}

inline event_hub_actor::behavior_type hub_probe(event_hub_actor::pointer, heard* all) {
  return {[all](event_batch& batch) {
            ++all->event_batches;
            std::ranges::move(batch.events, std::back_inserter(all->events));
          },
          [](subscribe_atom, const subscriber_actor&, const subscriber_filter&) {},
          [](subscribe_atom, const subscriber_actor&, const subscriber_filter&, cursor) {},
          [](const replay_query&) { return replay_page{}; },
          [](news_atom, const replay_query&) { return replay_page{}; },
          [](news_atom, const news_reader_actor&, cursor) {},
          [](status_atom) { return actor_status{}; }};
}

inline socket_server_actor::behavior_type server_probe(socket_server_actor::pointer, heard* all) {
  return {[all](const wiring_ptr& wiring) { all->wirings.push_back(wiring); },
          [all](request_batch& batch) { all->replies.push_back(std::move(batch)); },
          [all](const published& news) { all->news.push_back(news); },
          [all](stop_atom) { ++all->stops; },
          [](status_atom) { return actor_status{}; },
          [](tick_atom) {}};
}

inline subscriber_actor::behavior_type subscriber_probe(subscriber_actor::pointer, heard* all) {
  return {[all](const published& news) {
    all->news.push_back(news);
    all->events.insert(all->events.end(), news.events->begin(), news.events->end());
  }};
}

inline capture_actor::behavior_type capture_probe(capture_actor::pointer, heard* all) {
  return {[all](captured& what) { all->captures.push_back(std::move(what)); },
          [](const capture_query&) { return capture_page{}; },
          [](status_atom) { return actor_status{}; }};
}

inline supervisor_actor::behavior_type supervisor_probe(supervisor_actor::pointer, heard* all) {
  return {[](status_atom) { return actor_status{{{"state", "ok"}}}; },
          [](const incident_query&) { return actor_status{}; },
          [all](ready_atom, mesh_index mesh) { all->ready.push_back(mesh); },
          [](ready_atom, std::uint64_t) {},
          [](ready_atom, actor_role) {},
          [](const found_meshes&) { return found_answer{}; },
          [](const allow_list&) {},
          [](named_command&) {},
          [all](stop_atom) { ++all->stops; },
          [](retry_atom, mesh_index, actor_role, std::uint64_t) {},
          [](tick_atom) {},
          [](stop_atom, mesh_index, actor_role) {}};
}

/// A request for an actor's status, answered.
template <class Handle>
boost::json::object status_of(actor_fixture& world, const Handle& actor) {
  auto answer = std::make_shared<std::optional<boost::json::object>>();
  auto ask = [answer](caf::event_based_actor* self, const Handle& whom) {
    self->request(whom, 10s, status_atom::value)
      .then([answer](actor_status& status) { *answer = std::move(status.body); },
            [](const caf::error&) {});
  };
  world.system.spawn(ask, actor);
  world.run();
  for (auto waited = 0s; !*answer && waited < 10s; waited += 1s)
    world.advance(1s);
  REQUIRE(*answer);
  return **answer;
}

/// A number in a status, by a path of names: "commands/waiting".
inline std::uint64_t number(const boost::json::object& status, std::string_view path) {
  const boost::json::value* at = nullptr;
  for (auto within = &status; !path.empty();) {
    auto name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    at = &within->at(name);
    within = at->if_object();
  }
  return at->to_number<std::uint64_t>();
}

} // namespace xylem::testing
