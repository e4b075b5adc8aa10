#include "app/replay/replay_run.hpp"

#include "actors/error.hpp"
#include "actors/event_hub.hpp"
#include "actors/network_manager.hpp"
#include "actors/node_cache.hpp"
#include "actors/uart.hpp"
#include "app/replay/replay_world.hpp"
#include "app/replay/replayed_port.hpp"
#include "protocol/json.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace xylem {

namespace {

/// Nodes that are asked for at once.
constexpr std::size_t nodes_of_a_page = 1000;

/// Hands on what the hub publishes.
subscriber_actor::behavior_type listener(io_actor<subscriber_actor>*,
                                         std::function<void(const published&)> heard) {
  return {[heard = std::move(heard)](const published& news) { heard(news); }};
}

std::shared_ptr<const dialect> dialect_of(const mesh_settings& settings) {
  if (auto found = make_dialect(settings.dialect, {settings.request_address}))
    return found;
  throw replay_error{"mesh " + settings.name + " speaks \"" + settings.dialect
                     + "\", which this program does not know"};
}

} // namespace

/// What the supervisor is for a gateway.
struct replay_run::parts {
  struct subtree {
    mesh_index index;
    const mesh_settings& settings;
    std::shared_ptr<const dialect> speech;
    data_type_registry types;
    std::shared_ptr<replayed_line> line = std::make_shared<replayed_line>();
    mesh_wiring actors{};
    bool has_traffic = false;
  };

  parts(gateway_settings wanted, replay_sinks where);
  ~parts();

  void begin(instant first);
  void start(subtree& mesh);
  void wire(const subtree& mesh);
  void move_to(instant when);
  void run();
  void take(subtree& mesh, const captured& what);
  void open(subtree& mesh, std::string name);
  void lose(subtree& mesh, std::string reason);
  void ended(subtree& mesh, const caf::error& reason);
  void tell(const published& news);
  void give_up_on(std::string_view who, const caf::error& reason);
  subtree& find(std::string_view name);

  template <class Handle>
  void watch(const Handle& actor, std::string who) {
    actor->attach_functor(
      [this, who = std::move(who)](const caf::error& reason) { give_up_on(who, reason); });
  }

  template <class Answer, class Handle, class... Question>
  Answer ask(const Handle& whom, Question... question);
  saved_mesh save(const subtree& mesh);

  gateway_settings settings;
  replay_sinks sinks;
  replay_world world;
  std::vector<subtree> meshes; // its items stay where they are
  event_hub_actor hub;
  subscriber_actor subscriber;
  std::optional<instant> first;
  mono_time::duration elapsed{};
  std::string line; // used again
  std::string failure;
  bool is_ending = false;
};

replay_run::parts::parts(gateway_settings wanted, replay_sinks where)
    : settings{std::move(wanted)}, sinks{std::move(where)},
      world{[this](const mesh_settings& mesh, std::function<void(open_result)> done) {
        boost::asio::post(world.io, [this, line = find(mesh.name).line, done = std::move(done)] {
          done({std::make_unique<replayed_port>(world.io, line), {}});
        });
      }} {
  meshes.reserve(settings.meshes.size());
  for (const auto& mesh : settings.meshes)
    meshes.push_back({.index = {static_cast<std::uint16_t>(meshes.size())},
                      .settings = mesh,
                      .speech = dialect_of(mesh),
                      .types = mesh.registry()});
}

/// The actor system waits for its actors.
replay_run::parts::~parts() {
  is_ending = true;
  auto end = [](const auto& actor) {
    if (actor)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
  };
  for (const auto& mesh : meshes) {
    end(mesh.actors.uart);
    end(mesh.actors.network_manager);
    end(mesh.actors.node_cache);
  }
  end(hub);
  end(subscriber);
  world.run();
}

// -- the tree

void replay_run::parts::begin(instant when) {
  first = when;
  world.clock.set_wall(when.wall);
  auto epoch = static_cast<std::uint64_t>(when.wall.time_since_epoch().count());
  hub = world.spawn(event_hub, settings.events, epoch, &world.env);
  watch(hub, "the event hub");
  subscriber = world.spawn(
    listener, std::function{[this](const published& news) { tell(news); }});
  caf::anon_send(hub, subscribe_atom::value, subscriber, subscriber_filter{});
  for (auto& mesh : meshes)
    start(mesh);
  run();
}

void replay_run::parts::start(subtree& mesh) {
  mesh.actors.event_hub = hub;
  mesh.actors.node_cache
    = world.spawn(node_cache, mesh.index, &mesh.settings, mesh.speech, &world.env);
  watch(mesh.actors.node_cache, "the node cache of " + mesh.settings.name);
  ledger_settings ledger{.commands = mesh.settings.transmit_queue_commands,
                         .bytes = mesh.settings.transmit_queue_bytes,
                         .ttl = mesh.settings.command_ttl,
                         .first_id = mesh.index.value + 1u,
                         .id_step = meshes.size()};
  mesh.actors.network_manager = world.spawn(network_manager, mesh.index, &mesh.settings,
                                            mesh.speech, &world.env, ledger);
  watch(mesh.actors.network_manager, "the network manager of " + mesh.settings.name);
  wire(mesh);
}

void replay_run::parts::wire(const subtree& mesh) {
  auto wiring = std::make_shared<const mesh_wiring>(mesh.actors);
  caf::anon_send(mesh.actors.node_cache, wiring_ptr{wiring});
  caf::anon_send(mesh.actors.network_manager, wiring_ptr{wiring});
  if (mesh.actors.uart)
    caf::anon_send(mesh.actors.uart, wiring_ptr{wiring});
}

/// Nobody restarts it: a capture that kills an actor is told.
void replay_run::parts::give_up_on(std::string_view who, const caf::error& reason) {
  if (!is_ending && failure.empty())
    failure = std::string{who} + " died: " + describe(reason);
}

void replay_run::parts::run() {
  world.run();
  if (!failure.empty())
    throw replay_error{failure};
}

// -- time

/// Packets that were captured at once by several meshes may be a little out of order: time does
/// not go back.
void replay_run::parts::move_to(instant when) {
  if (when.mono < first->mono + elapsed)
    return;
  auto by = when.mono - first->mono - elapsed;
  if (by > longest_replayed_gap)
    throw replay_error{"more than a week without a packet: that is no capture of one gateway"};
  world.advance(by);
  elapsed += by;
  world.clock.set_wall(when.wall);
}

// -- traffic

/// A capture may begin in the middle, and records may be missing: what came over a line came over
/// an open one.
void replay_run::parts::take(subtree& mesh, const captured& what) {
  auto text = text_of(what.data);
  auto begins = !std::exchange(mesh.has_traffic, true);
  auto needs_port = what.kind == capture_kind::from_root
                    || (begins && what.kind != capture_kind::port_opened);
  if (needs_port && !mesh.line->is_open)
    open(mesh, "capture");
  switch (what.kind) {
    case capture_kind::from_root:
      if (mesh.line->is_open && !what.data.empty())
        mesh.line->handlers.received(what.data);
      break;
    case capture_kind::port_opened:
      if (mesh.line->is_open)
        lose(mesh, "opened again");
      open(mesh, std::string{text});
      break;
    case capture_kind::port_lost: lose(mesh, std::string{text}); break;
    case capture_kind::to_root: // what was written then is not what is written now
    case capture_kind::about_mesh:
    case capture_kind::lost: break;
  }
}

void replay_run::parts::open(subtree& mesh, std::string name) {
  mesh.line->name = std::move(name);
  mesh.actors.uart = world.spawn(uart, mesh.index, &mesh.settings, mesh.speech, &world.env);
  mesh.actors.uart->attach_functor(
    [this, &mesh](const caf::error& reason) { ended(mesh, reason); });
  wire(mesh);
  run();
}

void replay_run::parts::lose(subtree& mesh, std::string reason) {
  if (mesh.line->is_open)
    mesh.line->handlers.lost(std::move(reason));
  run();
}

void replay_run::parts::ended(subtree& mesh, const caf::error& reason) {
  if (is_ending)
    return;
  mesh.actors.uart = nullptr;
  caf::anon_send(mesh.actors.network_manager, link_report{link_state::down, describe(reason)});
  if (!is(reason, gateway_error::port_lost))
    give_up_on("the uart of " + mesh.settings.name, reason);
}

replay_run::parts::subtree& replay_run::parts::find(std::string_view name) {
  for (auto& mesh : meshes)
    if (mesh.settings.name == name)
      return mesh;
  throw replay_error{"mesh " + std::string{name} + " is not known"};
}

void replay_run::parts::tell(const published& news) {
  if (!sinks.event)
    return;
  for (const auto& what : *news.events) {
    const auto& mesh = meshes[what.mesh.value];
    line.clear();
    append_event(line, what, news.epoch, mesh.settings.name, mesh.types);
    sinks.event(line);
  }
}

// -- state

template <class Answer, class Handle, class... Question>
Answer replay_run::parts::ask(const Handle& whom, Question... question) {
  caf::scoped_actor self{world.system};
  auto asked = self->request(whom, caf::infinite, std::move(question)...);
  run(); // the answer is there now
  Answer answered;
  asked.receive([&](Answer& answer) { answered = std::move(answer); },
                [](const caf::error& error) { throw replay_error{describe(error)}; });
  return answered;
}

saved_mesh replay_run::parts::save(const subtree& mesh) {
  saved_mesh out{.name = mesh.settings.name};
  save_query asked{.max_nodes = nodes_of_a_page};
  for (auto is_complete = false; !is_complete;) {
    auto page = ask<saved_nodes>(mesh.actors.node_cache, asked);
    out.last_reading = page.last_reading;
    std::ranges::move(page.nodes, std::back_inserter(out.nodes));
    is_complete = page.complete || page.nodes.empty();
    if (!out.nodes.empty())
      asked.after = out.nodes.back().address;
  }
  auto commands = ask<saved_commands>(mesh.actors.network_manager, save_atom::value);
  out.commands = std::move(commands.commands);
  out.last_command = commands.last_command;
  return out;
}

replay_run::replay_run(gateway_settings settings, replay_sinks sinks)
    : parts_{std::make_unique<parts>(std::move(settings), std::move(sinks))} {}

replay_run::~replay_run() = default;

void replay_run::feed(const capture_packet& packet) {
  auto kind = packet.what.kind;
  if (kind == capture_kind::about_mesh || kind == capture_kind::lost)
    return; // of the file, not of the line
  if (packet.what.when.mono.time_since_epoch() < mono_time::duration::zero())
    throw replay_error{"a packet's monotonic time is that of no machine"};
  auto& mesh = parts_->find(packet.mesh);
  if (!parts_->first)
    parts_->begin(packet.what.when);
  parts_->move_to(packet.what.when);
  parts_->take(mesh, packet.what);
  parts_->run();
}

void replay_run::advance(mono_time::duration by) {
  if (!parts_->first)
    return;
  parts_->world.advance(by);
  parts_->elapsed += by;
  parts_->run();
}

mono_time::duration replay_run::elapsed() const noexcept {
  return parts_->elapsed;
}

saved_state replay_run::state() {
  saved_state out;
  if (!parts_->first)
    return out;
  advance({});
  out.taken = parts_->world.clock.now().wall;
  out.reached = parts_->ask<replay_page>(parts_->hub, replay_query{}).newest;
  for (const auto& mesh : parts_->meshes)
    out.meshes.push_back(parts_->save(mesh));
  return out;
}

} // namespace xylem
