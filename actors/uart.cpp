#include "actors/uart.hpp"

#include "actors/error.hpp"
#include "protocol/json.hpp"


namespace xylem {

namespace {

/// The link is looked at this often while it is open: silence is seen within a second.
constexpr auto link_period = std::chrono::seconds{1};

/// Written commands that may be submitted again: as many as may wait.
constexpr std::size_t remembered_commands = limits::transmit_queue_commands;

/// Few frames are shorter on the wire: room for all of a read is taken at once.
constexpr std::size_t usual_frame = 12;

} // namespace

uart_core::uart_core(io_actor<uart_actor>* self, mesh_index mesh, const mesh_settings& settings,
                     std::shared_ptr<const dialect> speech, environment& env)
    : self_{self}, mesh_{mesh}, settings_{settings}, env_{env},
      log_{env.log, "uart", settings.name}, decoder_{speech->uart_framing(), settings.max_frame},
      scheduler_{settings.transmit, wire_rate::of_baud(settings.baud)},
      link_{settings.silent_after} {
  if (env.journal)
    open_handovers();
}

/// Without it commands that wait when the process dies may be written twice: no reason not to
/// start.
void uart_core::open_handovers() {
  try {
    handovers_memory_ = env_.journal->handovers(settings_.name);
    handovers_ = handover_writer{handovers_memory_.memory()};
  } catch (const std::system_error& error) {
    log_.warning("no crash journal: should the process die, a command may be sent twice",
                 {{"reason", error.what()}});
  }
}

void uart_core::shut_down() {
  if (std::exchange(over_, true) || !port_)
    return;
  if (!stopping_)
    port_->discard();
  port_->close();
}

/// In a callback of the port: what is thrown ends this actor, as if a handler had thrown it.
template <class Work>
void uart_core::or_end(Work work) noexcept {
  try {
    work();
  } catch (...) {
    auto thrown = std::current_exception();
    end_actor(*self_, to_error(thrown));
  }
}

void uart_core::open() {
  env_.open_port(settings_, [core = weak_from_this()](open_result result) {
    if (auto self = core.lock(); self && !self->over_)
      self->or_end([&] { self->opened(std::move(result)); });
    else if (result.port)
      result.port->close();
  });
}

void uart_core::opened(open_result result) {
  if (!result.port) {
    end_actor(*self_, make_error(gateway_error::port_unavailable, result.error));
    return;
  }
  port_ = std::move(result.port);
  auto now = env_.clock.now();
  opened_at_ = now;
  scheduler_.port_opened(now.mono);
  log_.info("port opened", {{"port", port_->resolved()}, {"baud", settings_.baud}});
  capture(now, capture_kind::port_opened, view_of(port_->resolved()));
  // The port calls nothing once it is closed, and this core closes it.
  port_->start(
    {.received = [this](bytes_view chunk) { receive_and_pass_on(chunk); },
     .written = [this](std::size_t count) { or_end([&] { wrote(count); }); },
     .lost = [this](std::string reason) { or_end([&] { lose(std::move(reason)); }); }});
  if (supervisor_)
    self_->send(supervisor_, ready_atom::value, mesh_);
  tell(link_.opened(now.mono), true);
  self_->delayed_send(uart_actor{self_}, link_period, tick_atom::value);
}

void uart_core::lose(std::string reason) {
  auto now = env_.clock.now();
  capture(now, capture_kind::port_lost, view_of(reason));
  for (auto id : scheduler_.unfinished()) // the root has not got them: they are written again
    handovers_.unmark(id);
  if (network_manager_)
    self_->send(network_manager_, root_batch{.received = now, .sums = decoder_.counters()});
  end_actor(*self_, make_error(gateway_error::port_lost, std::move(reason)));
}

void uart_core::connect(const mesh_wiring& wiring) {
  if (!std::exchange(supervisor_, wiring.supervisor) && supervisor_ && port_)
    self_->send(supervisor_, ready_atom::value, mesh_);
  auto changed = network_manager_ != wiring.network_manager;
  network_manager_ = wiring.network_manager;
  // A network manager that was started anew knows nothing of the link.
  if (changed && port_)
    tell(link_change{link_.state(), link_.reason()}, true);
  // Nor does a capture know the port.
  auto captures_anew = capture_ != wiring.capture;
  capture_ = wiring.capture;
  if (captures_anew && port_)
    capture(*opened_at_, capture_kind::port_opened, view_of(port_->resolved()));
}

/// Clients are told before the port is waited for again. This actor may end meanwhile.
void uart_core::receive_and_pass_on(bytes_view chunk) {
  auto core = shared_from_this();
  caf::strong_actor_ptr actor{self_->ctrl()};
  self_->work_and_run_others([&] {
    if (!over_)
      or_end([&] { receive(chunk); });
  });
}

/// What one read held goes on as one message.
void uart_core::receive(bytes_view chunk) {
  root_batch batch{.received = env_.clock.now()};
  capture(batch.received, capture_kind::from_root, chunk);
  batch.payloads.reserve(chunk.size());
  batch.frames.reserve(chunk.size() / usual_frame + 1);
  decoder_.feed(chunk);
  for (;;) {
    auto found = decoder_.next();
    if (auto frame = std::get_if<frame_view>(&found)) {
      batch.frames.push_back({static_cast<std::uint32_t>(batch.payloads.size()),
                              static_cast<std::uint32_t>(frame->payload.size()),
                              static_cast<std::uint32_t>(frame->wire_size)});
      append(batch.payloads, frame->payload);
    } else if (auto text = std::get_if<console_view>(&found)) {
      for (auto& line : console_.feed(text->text, batch.received.mono))
        batch.console.push_back(std::move(line));
    } else {
      break;
    }
  }
  tell(link_.observe(decoder_.counters(), batch.received.mono), false);
  if (!batch.frames.empty())
    last_frame_ = batch.received.wall;
  batch.sums = decoder_.counters();
  if (network_manager_)
    self_->send(network_manager_, std::move(batch));
}

void uart_core::tell(std::optional<link_change> change, bool first) {
  if (change && network_manager_)
    self_->send(network_manager_, link_report{change->state, change->reason, first});
}

void uart_core::capture(const instant& when, capture_kind kind, bytes_view data) {
  if (capture_)
    self_->send(capture_, captured{when, kind, copy_of(data)});
}

/// Before the root may answer it. What the port did not take at once comes a second time.
void uart_core::capture_burst(const instant& when, bytes_view burst) {
  if (auto fresh = burst.subspan(std::min(captured_ahead_, burst.size())); !fresh.empty())
    capture(when, capture_kind::to_root, fresh);
  captured_ahead_ = burst.size();
}

void uart_core::check_link() {
  tell(link_.observe(decoder_.counters(), env_.clock.now().mono), false);
  self_->delayed_send(uart_actor{self_}, link_period, tick_atom::value);
}

void uart_core::transmit(transmit_batch& batch) {
  written_report again;
  for (auto& command : batch.commands)
    if (std::ranges::find(written_, command.id) != written_.end())
      again.ids.push_back(command.id);
    else if (!scheduler_.knows(command.id))
      scheduler_.enqueue(command.id, std::move(command.wire));
  if (network_manager_ && !again.ids.empty())
    self_->send(network_manager_, std::move(again));
  pump();
}

void uart_core::cancel(const cancel_batch& batch) {
  for (auto id : batch.ids)
    scheduler_.cancel(id);
}

/// Writes what the scheduler gives, or comes back when it will give something.
void uart_core::pump() {
  auto now = env_.clock.now();
  if (wake_at_ && *wake_at_ <= now.mono)
    wake_at_.reset();
  if (!port_)
    return;
  if (auto burst = scheduler_.next(now.mono); !burst.empty()) {
    capture_burst(now, burst);
    hand_over(burst);
  } else {
    wake_later();
  }
}

/// From here on nobody may write these commands again.
void uart_core::hand_over(bytes_view burst) {
  for (auto id : scheduler_.unfinished())
    handovers_.mark(id);
  port_->write(burst);
}

void uart_core::wake_later() {
  auto due = scheduler_.wake_at();
  if (!due || (wake_at_ && *wake_at_ <= *due))
    return;
  wake_at_ = due;
  auto wait = std::max(*due - env_.clock.now().mono, mono_time::duration::zero());
  self_->delayed_send(uart_actor{self_}, wait, write_atom::value);
}

void uart_core::wrote(std::size_t count) {
  captured_ahead_ -= std::min(count, captured_ahead_);
  auto ids = scheduler_.wrote(count, env_.clock.now().mono);
  for (auto id : ids)
    written_.push_back(id);
  while (written_.size() > remembered_commands)
    written_.pop_front();
  if (network_manager_)
    self_->send(network_manager_, written_report{std::move(ids), count});
  pump();
  quit_when_flushed();
}

void uart_core::stop() {
  stopping_ = true;
  quit_when_flushed();
}

void uart_core::quit_when_flushed() {
  if (stopping_ && (!port_ || (scheduler_.waiting_commands() == 0 && !scheduler_.is_writing())))
    end_actor(*self_, caf::exit_reason::user_shutdown);
}

boost::json::object uart_core::status() const {
  boost::json::object body;
  body["transmit_queue"] = {{"commands", scheduler_.waiting_commands()},
                            {"bytes", scheduler_.waiting_bytes()}};
  body["port"] = port_ ? port_->resolved() : "";
  body["link_state"] = to_string(link_.state());
  body["link_reason"] = link_.reason();
  body["since"] = opened_at_ ? boost::json::value(iso_time(opened_at_->wall)) : nullptr;
  body["last_frame"] = last_frame_ ? boost::json::value(iso_time(*last_frame_)) : nullptr;
  body["console"] = {{"lines", console_.counters().lines},
                     {"suppressed", console_.counters().suppressed},
                     {"cut", console_.counters().cut}};
  return body;
}

uart_actor::behavior_type uart(io_actor_of<uart_actor, uart_core>* self, mesh_index mesh,
                               const mesh_settings* settings,
                               std::shared_ptr<const dialect> speech, environment* env) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<uart_core>(self, mesh, *settings, std::move(speech), *env);
  auto core = self->state.core.get();
  core->open();
  return {
    [core](const wiring_ptr& wiring) { core->connect(*wiring); },
    [core](transmit_batch& batch) { core->transmit(batch); },
    [core](const cancel_batch& batch) { core->cancel(batch); },
    [core](stop_atom) { core->stop(); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](write_atom) { core->pump(); },
    [core](tick_atom) { core->check_link(); },
  };
}

} // namespace xylem
