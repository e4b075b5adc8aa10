#include "actors/remote/gate_core.hpp"

#include "actors/remote/monitor_rules.hpp"
#include "actors/remote/watched_stream.hpp"
#include "protocol/iso_time.hpp"

#include <caf/send.hpp>

/// Who follows: from its certificate to its end.
namespace xylem {

namespace json = boost::json;

namespace {

/// What a peer's fault is counted as; empty: it is none.
std::string_view fault_of(const remote_end& end) {
  switch (end.kind) {
    case remote_end_kind::violation:
    case remote_end_kind::refused: return to_string(monitor_refusal::violation);
    case remote_end_kind::too_much: return end.text;
    case remote_end_kind::output_full: return to_string(monitor_refusal::too_slow);
    case remote_end_kind::silent: return to_string(monitor_refusal::silent);
    case remote_end_kind::no_handshake: return to_string(monitor_refusal::handshake_too_late);
    default: return {};
  }
}

/// Tells when a peer has said too much.
auto meter_of(const clock_source& clock) {
  monitor_meter meter{clock.now().mono};
  meter.authenticated();
  return [&clock, meter](std::size_t size, std::size_t messages) mutable {
    auto now = clock.now().mono;
    auto why = size > 0 ? meter.received(size, now) : std::nullopt;
    for (; !why && messages > 0; --messages)
      why = meter.said(now);
    return why ? std::optional{std::string{to_string(*why)}} : std::nullopt;
  };
}

} // namespace

void gate_core::admit(admitted_monitor who) {
  auto id = ++last_id_;
  monitor_peer peer{.connection = id,
                    .who = who.who,
                    .shown = who.shown,
                    .address = who.address,
                    .scope = who.scope,
                    .since = now()};
  log(log_level::info, "monitor " + peer.shown + " has come from " + peer.address);
  auto core = std::make_shared<facade_core>(std::move(peer), *this);
  caf::actor_config on_io_thread{&node_.unit()};
  auto start = facade;
  auto actor = system_.spawn_functor<caf::no_spawn_options>(std::true_type{}, on_io_thread, start,
                                                            core);
  turns_.add(id);
  auto& entry = followers_[id];
  entry.actor = actor;
  entry.facade = core;
  remote_options options;
  options.messages = rules_for_monitors();
  options.identity = core->peer().who.name;
  options.max_message = monitor_limits::monitor_message_bytes;
  options.meter = meter_of(clock_);
  entry.connection = node_.serve(watch(std::move(who.stream), core), actor, std::move(options),
                                 [weak = weak_from_this(), id](const remote_end& why) {
                                   if (auto self = weak.lock())
                                     self->closed(id, why);
                                 });
  if (!std::exchange(follows_, true))
    client_->follow();
}

std::unique_ptr<remote_stream> gate_core::watch(std::unique_ptr<remote_stream> stream,
                                                const std::weak_ptr<facade_core>& core) {
  return std::make_unique<watched_stream>(std::move(stream), [core] {
    if (auto it = core.lock())
      it->written();
  });
}

void gate_core::closed(std::uint64_t id, const remote_end& why) {
  auto found = followers_.find(id);
  if (found == followers_.end())
    return;
  auto gone = std::move(found->second);
  followers_.erase(found);
  turns_.remove(id);
  const auto& peer = gone.facade->peer();
  listener_->ended(peer.who.name, peer.shown);
  auto reason = why.kind == remote_end_kind::by_us ? gone.ends_by : fault_of(why);
  if (!reason.empty())
    listener_->refuse(reason, describe(why), peer.address);
  log(log_level::info, "monitor " + peer.shown + " has gone: " + describe(why));
  gone.facade->let_go();
  caf::anon_send_exit(gone.actor, caf::exit_reason::user_shutdown);
}

/// A call to a facade may end its connection, and so the map's entry.
std::vector<std::shared_ptr<facade_core>> gate_core::all_facades() const {
  std::vector<std::shared_ptr<facade_core>> all;
  for (const auto& [id, each] : followers_)
    all.push_back(each.facade);
  return all;
}

/// A certificate may have expired or been revoked, a name or scope may have been taken away.
void gate_core::check_access(instant at) {
  for (auto& [id, each] : followers_) {
    const auto& peer = each.facade->peer();
    if (auto why = listener_->why_not(peer.who, peer.scope, at.wall))
      end(each, why->reason, why->text);
  }
}

void gate_core::end(follower& who, std::string_view reason, std::string_view why) {
  if (who.ends_by.empty() && who.connection) {
    who.ends_by = reason;
    who.connection->close(std::string{why});
  }
}

json::object gate_core::state() const {
  json::array connections;
  for (const auto& [id, each] : followers_)
    connections.push_back(each.facade->status());
  json::object refused;
  json::array certificates;
  if (listener_)
    for (const auto& [reason, count] : listener_->refusals().counts())
      refused[reason] = count;
  if (files_)
    for (const auto& each : files_->states())
      certificates.push_back(json::object{{"file", each.file},
                                          {"name", each.subject},
                                          {"not_after", iso_time(each.not_after)}});
  return {{"port", port()},
          {"connections", std::move(connections)},
          {"handshakes", listener_ ? listener_->handshakes() : 0},
          {"accepted", listener_ ? listener_->accepted() : 0},
          {"refused", std::move(refused)},
          {"certificates", std::move(certificates)},
          {"memory", json::object{{"events", memory_.size()}, {"bytes", memory_.bytes()}}}};
}

} // namespace xylem
