#include "actors/network_manager.hpp"

#include "actors/error.hpp"
#include "protocol/json.hpp"

#include <caf/send.hpp>

namespace xylem {

namespace {

/// What was before is read from the disk, a snapshot and up to a minute of events.
constexpr auto restore_timeout = std::chrono::seconds{20};

/// One line a node and minute, however broken its frames are (wire §2).
constexpr auto malformed_log_period = std::chrono::minutes{1};

std::string refusal_detail(failure reason) {
  switch (reason) {
    case failure::no_serial_connection: return "the link to the root is down";
    case failure::queue_full: return "too many commands wait for the root; try again";
    default: return std::string{to_string(reason)};
  }
}

} // namespace

network_manager_core::network_manager_core(network_manager_actor::pointer self, mesh_index mesh,
                                           const mesh_settings& settings,
                                           std::shared_ptr<const dialect> speech, environment& env,
                                           ledger_settings ledger)
    : self_{self}, mesh_{mesh}, settings_{settings}, speech_{std::move(speech)}, env_{env},
      log_{env.log, "network_manager", settings.name}, types_{settings.registry()},
      ledger_{ledger} {
  if (env.journal)
    open_journal();
}

/// Without it a command may be forgotten whose client was told that it is accepted, when the
/// process dies at that moment.
void network_manager_core::open_journal() {
  try {
    journal_memory_ = env_.journal->commands(settings_.name);
    journal_ = journal_writer{journal_memory_.memory(), {}};
  } catch (const std::system_error& error) {
    log_.warning("no crash journal: should the process die, accepted commands may be forgotten",
                 {{"reason", error.what()}});
  }
}

void network_manager_core::connect(const mesh_wiring& wiring) {
  uart_ = wiring.uart;
  auto fresh_cache = wiring.node_cache && node_cache_ != wiring.node_cache;
  node_cache_ = wiring.node_cache;
  if (fresh_cache && link_open_)
    ask_for_nodes();
  if (wiring.recorder && !std::exchange(restoring_, true))
    ask_what_was(wiring.recorder);
}

/// Whatever else comes waits for the answer.
void network_manager_core::ask_what_was(const recorder_actor& recorder) {
  self_->request(recorder, restore_timeout, restore_query{mesh_, restore_query::part::commands})
      .await([this](const restored_mesh& restored) { restore(restored); },
             [this](const caf::error& error) {
               log_.error(
                   "commands that waited before the restart cannot be restored and are not sent",
                   {{"reason", describe(error)}});
               ledger_.number_from({number_beyond(env_.clock.now().wall)});
             });
}

/// Commands that wait are sent when the link is up. Of those that were handed to the port nobody
/// knows whether they were written: they are not sent again.
void network_manager_core::restore(const restored_mesh& before) {
  if (!before.was)
    return;
  auto now = env_.clock.now();
  for (const auto& each : before.was->commands)
    ledger_.restore(restored(each, now, settings_.command_ttl));
  ledger_.number_from({before.was->last_command});
  for (auto id : before.untold)
    if (auto record = ledger_.find(id))
      tell(*record);
  for (auto id : before.handed_over)
    if (auto record = ledger_.give_up(id, now))
      tell(*record);
  expire();
}

// -- from the root

void network_manager_core::take(root_batch& batch) {
  sums_ = batch.sums;
  event_batch out{.received = batch.received};
  out.events.reserve(batch.frames.size() + batch.console.size());
  for (const auto& slice : batch.frames)
    translate(bytes_view{batch.payloads}.subspan(slice.offset, slice.size), slice.wire_size, out);
  for (const auto& line : batch.console) {
    log_.debug("console of the root", {{"text", line}});
    out.events.push_back({.time = batch.received.wall,
                          .kind = event_kind::root_log,
                          .data = small_bytes{view_of(line)}});
  }
  publish(std::move(out));
}

void network_manager_core::translate(bytes_view payload, std::size_t wire_size, event_batch& out) {
  speech_->parse_root(payload, types_, message_);
  switch (message_.kind) {
    case root_message_kind::data: translate_readings(out); break;
    case root_message_kind::snapshot:
    case root_message_kind::node_joined: translate_nodes(out); break;
    case root_message_kind::malformed: reject(wire_size, out); break;
    case root_message_kind::root_restarted:
      log_.warning("root restarted; it is asked for its nodes");
      translate_message(out);
      ask_for_nodes();
      break;
    case root_message_kind::message:
    case root_message_kind::request:
    case root_message_kind::root_log: translate_message(out); break;
  }
}

void network_manager_core::translate_message(event_batch& out) {
  auto kind = event_kind::message;
  if (message_.kind == root_message_kind::request)
    kind = event_kind::request;
  else if (message_.kind == root_message_kind::root_restarted)
    kind = event_kind::root_restarted;
  else if (message_.kind == root_message_kind::root_log)
    kind = event_kind::root_log;
  out.events.push_back({.time = out.received.wall,
                        .node = message_.node,
                        .code = message_.code,
                        .kind = kind,
                        .data = small_bytes{message_.payload}});
}

void network_manager_core::translate_readings(event_batch& out) {
  if (message_.readings.empty())
    out.events.push_back(
      {.time = out.received.wall, .node = message_.node, .kind = event_kind::node_heard});
  std::uint8_t first = 1;
  for (const auto& reading : message_.readings)
    out.events.push_back({.time = out.received.wall,
                          .node = message_.node,
                          .code = reading.code,
                          .kind = event_kind::reading,
                          .state = std::exchange(first, std::uint8_t{0}),
                          .data = small_bytes{reading.data}});
}

/// A node that joined has spoken itself; those of a snapshot have not.
void network_manager_core::translate_nodes(event_batch& out) {
  std::uint8_t spoke = message_.kind == root_message_kind::node_joined ? 1 : 0;
  for (const auto& known : message_.nodes)
    out.events.push_back({.time = out.received.wall,
                          .node = known.address,
                          .kind = event_kind::node_joined,
                          .state = spoke,
                          .data = small_bytes{known.uuid}});
}

void network_manager_core::reject(std::size_t wire_size, event_batch& out) {
  ++malformed_frames_;
  malformed_bytes_ += wire_size;
  auto& logged = malformed_logged_[message_.node];
  if (!logged || out.received.mono - *logged >= malformed_log_period) {
    logged = out.received.mono;
    log_.warning("malformed frame of a node; it is counted and dropped",
                 {{"node", message_.node.value}, {"reason", message_.error}});
  }
  out.events.push_back({.time = out.received.wall,
                        .node = message_.node,
                        .kind = event_kind::node_heard,
                        .state = 1});
}

void network_manager_core::publish(event_batch batch) {
  if (node_cache_ && !batch.events.empty())
    self_->send(node_cache_, std::move(batch));
}

// -- the link

void network_manager_core::take(const link_report& report) {
  auto was = std::exchange(link_, report);
  if (report.opened) {
    link_open_ = true;
    submit(ledger_.link_up());
    ask_for_nodes();
  } else if (report.state == link_state::down && link_open_) {
    link_open_ = false;
    ledger_.link_down();
    earlier_sums_ = sums();
    sums_ = {};
  }
  if (was.state == report.state && was.reason == report.reason)
    return;
  tell_link(report);
}

void network_manager_core::tell_link(const link_report& report) {
  if (report.state == link_state::up)
    log_.info("link is up");
  else if (report.opened)
    log_.info("port is open", {{"state", to_string(report.state)}});
  else
    log_.warning("link to the root is not up",
                 {{"state", to_string(report.state)}, {"reason", report.reason}});
  event_batch batch{.received = env_.clock.now()};
  batch.events.push_back({.time = batch.received.wall,
                          .kind = event_kind::link_changed,
                          .state = static_cast<std::uint8_t>(report.state),
                          .data = small_bytes{view_of(report.reason)}});
  publish(std::move(batch));
}

/// The sums of all uarts so far. What the last one had not finished when its port went is lost.
frame_counters network_manager_core::sums() const {
  auto all = earlier_sums_;
  all += sums_;
  if (!link_open_)
    all.abandon_pending();
  return all;
}

// -- commands

void network_manager_core::take(request_batch&& batch) {
  for (auto& request : batch.requests)
    decide(request, bytes_view{batch.payloads}.subspan(request.offset, request.size));
  watch_deadlines();
  if (node_cache_)
    self_->send(node_cache_, std::move(batch));
}

void network_manager_core::decide(queued_request& request, bytes_view payload) {
  command what{.kind = request.command, .node = request.node};
  if (request.kind == request_kind::answer) {
    what.kind = command_kind::send;
    append(what.message, "<R>");
  } else if (request.kind != request_kind::command) {
    return;
  }
  append(what.message, payload);
  auto accepted = accept(std::move(what));
  request.result = queued_request::outcome::success;
  if (auto refused = std::get_if<failure>(&accepted)) {
    request.result = queued_request::outcome::failed;
    request.reason = *refused;
  }
}

std::variant<command_id, failure> network_manager_core::accept(command what) {
  auto accepted = ledger_.accept(std::move(what), env_.clock.now());
  if (auto id = std::get_if<command_id>(&accepted)) {
    auto record = *ledger_.find(*id);
    tell(record);
    submit({record});
  }
  return accepted;
}

command_answer network_manager_core::take(command_request& request) {
  auto accepted = accept(std::move(request.what));
  watch_deadlines();
  if (auto refused = std::get_if<failure>(&accepted))
    return {mesh_, problem{problem_of(*refused), refusal_detail(*refused)}};
  return find(std::get<command_id>(accepted));
}

command_answer network_manager_core::find(command_id id) const {
  if (auto record = ledger_.find(id))
    return {mesh_, *record};
  return {mesh_, problem{problem_kind::command_not_found,
                         "command " + std::to_string(id.value)
                           + " was never accepted, or so long ago that it is forgotten"}};
}

saved_commands network_manager_core::save() const {
  saved_commands saved{.last_command = ledger_.last_id().value};
  for (const auto& record : ledger_.all())
    saved.commands.push_back(xylem::save(record));
  return saved;
}

void network_manager_core::submit(const std::vector<command_record>& records) {
  if (records.empty() || !uart_)
    return;
  transmit_batch batch;
  for (const auto& record : records) {
    bytes wire;
    append_frame(wire, speech_->encode_command(record.what), speech_->uart_framing());
    batch.commands.push_back({record.id, std::move(wire)});
  }
  self_->send(uart_, std::move(batch));
}

/// The snapshot tells what the root knows; after a restart it is asked for again.
void network_manager_core::ask_for_nodes() {
  auto id = ledger_.accept_own({.kind = command_kind::network_info}, env_.clock.now());
  if (!id)
    return;
  submit({*ledger_.find(*id)});
  watch_deadlines();
}

void network_manager_core::take(const written_report& report) {
  bytes_written_ += report.bytes;
  for (auto id : report.ids)
    if (auto record = ledger_.written(id, env_.clock.now()))
      tell(*record);
}

void network_manager_core::expire() {
  watched_deadline_.reset();
  auto expired = ledger_.expire(env_.clock.now());
  cancel_batch cancelled;
  for (const auto& record : expired) {
    log_.warning("command expired before it could be sent", {{"id", record.id.value},
                                                             {"kind", to_string(record.what.kind)},
                                                             {"node", record.what.node.value}});
    tell(record);
    cancelled.ids.push_back(record.id);
  }
  if (uart_ && !cancelled.ids.empty())
    self_->send(uart_, std::move(cancelled));
  watch_deadlines();
}

void network_manager_core::watch_deadlines() {
  auto next = ledger_.next_deadline();
  if (!next || (watched_deadline_ && *watched_deadline_ <= *next))
    return;
  watched_deadline_ = next;
  auto wait = std::max(*next - env_.clock.now().mono, mono_time::duration::zero());
  self_->delayed_send(network_manager_actor{self_}, wait, tick_atom::value);
}

void network_manager_core::tell(const command_record& record) {
  event_batch batch{.received = env_.clock.now()};
  auto is_new = record.state == command_state::accepted;
  auto reason = record.reason ? to_string(*record.reason) : std::string_view{};
  batch.events.push_back({.time = batch.received.wall,
                          .id = record.id.value,
                          .node = record.what.node,
                          .kind = event_kind::command,
                          .state = static_cast<std::uint8_t>(record.state),
                          .data = is_new ? content_of(record.what)
                                         : small_bytes{view_of(reason)}});
  auto& told = batch.events.back();
  told.seq = ++journalled_;
  journal_.append(told);
  publish(std::move(batch));
}

boost::json::object network_manager_core::status() const {
  auto counted = sums();
  counted.reject_malformed(malformed_frames_, malformed_bytes_);
  auto uart = to_json(counted);
  uart["bytes_written"] = bytes_written_;
  auto commands = ledger_.counters();
  return {{"dialect", settings_.dialect},
          {"link", {{"state", to_string(link_.state)}, {"reason", link_.reason}}},
          {"uart", std::move(uart)},
          {"commands",
           {{"accepted", commands.accepted},
            {"waiting", commands.waiting},
            {"written", commands.written},
            {"expired", commands.expired},
            {"failed", commands.failed},
            {"unknown", commands.unknown},
            {"refused", commands.refused}}},
          {"data_types", to_json(types_)}};
}

network_manager_actor::behavior_type
network_manager(io_actor_of<network_manager_actor, network_manager_core>* self, mesh_index mesh,
                const mesh_settings* settings, std::shared_ptr<const dialect> speech,
                environment* env, ledger_settings ledger) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<network_manager_core>(self, mesh, *settings,
                                                            std::move(speech), *env, ledger);
  auto core = self->state.core.get();
  return {
    [core](const wiring_ptr& wiring) { core->connect(*wiring); },
    [core](root_batch& batch) { core->take(batch); },
    [core](const link_report& report) { core->take(report); },
    [core](const written_report& report) { core->take(report); },
    [core](request_batch& batch) { core->take(std::move(batch)); },
    [core](command_request& request) { return core->take(request); },
    [core](command_id id) { return core->find(id); },
    [core](save_atom) { return core->save(); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](tick_atom) { core->expire(); },
  };
}

} // namespace xylem
