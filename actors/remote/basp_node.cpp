#include "actors/remote/basp_node.hpp"

#include "actors/remote/io_multiplexer.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_execution_unit.hpp>

#include <algorithm>
#include <random>

namespace xylem {

namespace {

/// A number is needed to write a handshake, and only then: nothing stays published under it.
constexpr std::uint16_t port_of_handshake = 1;

caf::strong_actor_ptr broker_of(caf::actor_system& system) {
  auto broker = system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  return caf::actor_cast<caf::strong_actor_ptr>(broker);
}

basp_node_id wire_of(caf::actor_system& system, caf::node_id node) {
  caf::scoped_execution_unit unit{&system};
  std::vector<char> wire;
  caf::binary_serializer sink{&unit, wire};
  basp_node_id out;
  if (sink(node) || wire.size() != out.wire.size())
    throw std::runtime_error{"this actor system has a node id of another kind"};
  std::ranges::copy(wire, out.wire.begin());
  return out;
}

/// CAF's own id is made of network addresses and the process id, which two containers may have in
/// common, and a process with the one that it replaces. All copies of the id share this memory.
void make_unique(caf::actor_system& system) {
  std::random_device random;
  caf::node_id::default_data::host_id_type host;
  std::ranges::generate(host, [&] { return static_cast<std::uint8_t>(random()); });
  auto process = static_cast<std::uint32_t>(random()) | 1;
  caf::scoped_execution_unit unit{&system};
  std::vector<char> wire;
  caf::binary_serializer sink{&unit, wire};
  auto written = sink(process, host);
  caf::binary_deserializer source{&unit, wire};
  if (written || const_cast<caf::node_id&>(system.node())->deserialize(source))
    throw std::runtime_error{"this actor system does not take another node id"};
}

/// Before anything of the system was told to anybody.
basp_node_id new_identity(caf::actor_system& system) {
  make_unique(system);
  return wire_of(system, system.node());
}

} // namespace

basp_node::basp_node(caf::actor_system& system, io_unit& unit)
    : system_{system}, unit_{unit}, multiplexer_{dynamic_cast<io_multiplexer&>(
                                        system.middleman().backend())},
      broker_alive_{broker_of(system)},
      broker_{dynamic_cast<caf::io::basp_broker&>(*broker_alive_->get())}, own_{new_identity(
                                                                               system)} {
  multiplexer_.attach(unit);
}

basp_node::~basp_node() {
  while (!connections_.empty()) {
    auto last = *connections_.begin();
    last->scribe_->end({remote_end_kind::by_us, "the node ends", {}});
  }
  unit_.work_and_run([] {});
  multiplexer_.detach();
}

remote_connection_ptr basp_node::add(std::unique_ptr<remote_stream> stream, basp_side side,
                                     remote_options options, on_connected connected,
                                     on_closed closed) {
  basp_policy policy;
  policy.side = side;
  policy.own = own_;
  policy.application = remote_application;
  policy.messages = options.messages;
  policy.max_message = options.max_message;
  policy.max_sources = options.max_sources;
  auto out = std::make_shared<remote_connection>(*this, std::move(stream), std::move(policy),
                                                 std::move(options), std::move(connected),
                                                 std::move(closed));
  connections_.insert(out);
  broker_.add_scribe(out->scribe_);
  broker_.set_context(out->scribe_->hdl());
  return out;
}

/// What a doorman's message would make the broker do, without a doorman and a port.
remote_connection_ptr basp_node::serve(std::unique_ptr<remote_stream> stream,
                                       caf::strong_actor_ptr facade,
                                       std::set<std::string> signatures, remote_options options,
                                       on_closed closed) {
  auto out = add(std::move(stream), basp_side::server, std::move(options), {}, std::move(closed));
  auto& scribe = *out->scribe_;
  system_.registry().put(facade->id(), facade);
  broker_.instance.add_published_actor(port_of_handshake, facade, std::move(signatures));
  broker_.instance.write_server_handshake(&unit_, scribe.wr_buf(), port_of_handshake);
  broker_.instance.remove_published_actor(port_of_handshake);
  scribe.flush();
  out->end_with(facade);
  out->begin();
  return out;
}

remote_connection_ptr basp_node::connect(std::unique_ptr<remote_stream> stream,
                                         std::set<std::string> signatures, remote_options options,
                                         on_connected connected, on_closed closed) {
  auto out = add(std::move(stream), basp_side::client, std::move(options), std::move(connected),
                 std::move(closed));
  out->wanted_ = std::move(signatures);
  out->begin();
  return out;
}

/// CAF keeps one connection a node.
std::optional<basp_violation> basp_node::admit(remote_connection& newer, const basp_node_id& peer) {
  auto older = std::ranges::find_if(connections_, [&](const remote_connection_ptr& known) {
    return known.get() != &newer && known->scribe_->firewall().peer() == peer;
  });
  if (older == connections_.end())
    return std::nullopt;
  if (newer.identity().empty() || (*older)->identity() != newer.identity())
    return basp_violation::node_connected;
  auto replaced = *older;
  replaced->scribe_->end({remote_end_kind::replaced, {}, {}});
  return std::nullopt;
}

void basp_node::connected(remote_connection& who) {
  auto& scribe = *who.scribe_;
  auto peer = broker_.instance.tbl().lookup_direct(scribe.hdl());
  if (!peer)
    return scribe.end_later({remote_end_kind::refused, "by its handshake", {}});
  end_spawn_server(peer);
  if (!who.on_connected_)
    return;
  const auto& server = scribe.firewall().server();
  std::set<std::string> published{server.signatures.begin(), server.signatures.end()};
  if (server.actor == 0 || !system_.assignable(published, who.wanted_))
    return scribe.end_later({remote_end_kind::no_facade, {}, {}});
  auto tell = std::exchange(who.on_connected_, nullptr);
  tell(broker_.proxies().get_or_put(peer, server.actor));
}

void basp_node::forget(remote_connection& who) {
  connections_.erase(who.shared_from_this());
}

/// For each node the broker spawns an actor that waits five minutes for an answer to a question
/// that is not let out, and keeps it.
void basp_node::end_spawn_server(const caf::node_id& peer) {
  auto waits = broker_.spawn_servers.find(peer);
  if (waits == broker_.spawn_servers.end())
    return;
  caf::anon_send_exit(waits->second, caf::exit_reason::kill);
  broker_.spawn_servers.erase(waits);
}

} // namespace xylem
