// How a server admits its clients and gives them their turns.
#include "actors/socket_server.hpp"

#include "actors/error.hpp"

#include <boost/asio/post.hpp>

namespace xylem {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Connections above the limit that may still be told so; beyond, they are closed at once.
constexpr std::size_t turned_away_room = 64;

/// After so many sessions, or so long, the port and the timers have their turn.
constexpr std::size_t services_per_turn = 64;
constexpr auto turn_time = std::chrono::microseconds{500};

} // namespace

// -- accepting

void socket_server_core::listen() {
  acceptor_->listen("socket_server/" + settings_.name, settings_.listen,
                    [this](std::vector<file_descriptor> sockets) {
                      look_at_clock();
                      for (auto& socket : sockets)
                        admit_or_close(std::move(socket));
                      turn();
                    });
  log_.info("listening", {{"address", acceptor_->address()}});
  wait_for_clients();
}

void socket_server_core::admit_or_close(file_descriptor socket) {
  try {
    admit(std::move(socket));
  } catch (const std::exception& error) {
    log_.error("a client is not let in: an error in the gateway", {{"error", error.what()}});
  }
}

void socket_server_core::admit(file_descriptor socket) {
  auto full = sessions_.size() - turned_away_open_.size() >= settings_.clients;
  if (full)
    ++turned_away_;
  else
    ++accepted_;
  if (full && turned_away_open_.size() >= turned_away_room)
    return;
  ended_.reserve(ended_.size() + sessions_.size() + 1); // who ends needs no memory for it
  auto id = sessions_.next_key();
  sessions_.add(std::make_shared<client_session>(id, std::move(socket), *this));
  if (full) {
    log_.warning("too many clients; a further one is turned away", {{"limit", settings_.clients}});
    serve(id, [&](client_session& session) {
      turned_away_open_.insert(id);
      session.refuse(failure::too_many_clients);
    });
  }
  serve(id, [](client_session& session) { session.start(); });
}

// -- turns

void socket_server_core::wait_for_clients() {
  if (waiting_)
    return;
  poll_.async_wait([weak = weak_from_this()](error_code error) {
    auto self = weak.lock();
    if (!self)
      return;
    self->waiting_ = false;
    if (!error)
      self->turn();
  });
  waiting_ = true;
}

void socket_server_core::schedule_turn() {
  if (in_turn_ || turn_scheduled_)
    return;
  asio::post(env_.io, [weak = weak_from_this()] {
    if (auto self = weak.lock()) {
      self->turn_scheduled_ = false;
      self->turn();
    }
  });
  turn_scheduled_ = true;
}

/// There is always a next one: without it nobody would be served any more.
void socket_server_core::turn() noexcept {
  if (is_down_)
    return;
  auto alive = shared_from_this();
  auto actor = caf::strong_actor_ptr{self_->ctrl()};
  try {
    auto all_served = serve_or_give_up();
    if (is_down_)
      return;
    if (all_served)
      wait_for_clients();
    else
      schedule_turn();
  } catch (...) {
    auto thrown = std::current_exception();
    end_actor(*self_, to_error(thrown));
  }
}

/// What was on its way to other actors may be lost when memory is missing: who waits for it is told
/// so.
bool socket_server_core::serve_or_give_up() {
  auto all_served = false;
  in_turn_ = true;
  try {
    all_served = serve_until_idle();
  } catch (const std::exception& error) {
    log_.error("an error while clients were served; serving goes on", {{"error", error.what()}});
    if (!is_down_)
      give_up();
  }
  in_turn_ = false;
  return all_served;
}

/// What the ready sockets ask is answered and written, and then those that are ready by then.
/// False when others shall have their turn before more is served.
bool socket_server_core::serve_until_idle() {
  look_at_clock();
  auto end = now_ + turn_time;
  for (std::size_t served = 0; served < services_per_turn && now_ < end;) {
    std::size_t count = 0;
    self_->work_and_run_others([&] {
      count = serve_ready();
      send_batch();
    });
    auto idle = count == 0 && read_again_.empty() && batch_.requests.empty();
    if (is_down_ || (idle && answered_.empty()))
      return true;
    look_at_clock();
    settle_latencies();
    if (idle)
      return true;
    served += std::max<std::size_t>(count, 1); // replies make sessions go on, too
  }
  return false;
}

std::size_t socket_server_core::serve_ready() {
  ended_.clear();
  auto count = std::min(read_again_.size(), services_per_turn);
  for (std::size_t i = 0; i < count; ++i) // who has still more is entered at the end
    serve(read_again_[i], [](client_session& who) { who.read(); });
  read_again_.erase(read_again_.begin(), read_again_.begin() + static_cast<std::ptrdiff_t>(count));
  for (const auto& what : poll_.ready()) {
    serve(what.key, [&](client_session& who) { who.on_ready(what); });
    ++count;
  }
  return count;
}

void socket_server_core::cut_off(std::uint64_t session, const std::exception& error) {
  log_.error("a client is disconnected: an error in the gateway", {{"error", error.what()}});
  if (auto found = sessions_.find(session))
    (*found)->close(session_end::socket_error);
}

void socket_server_core::read_again(client_session& who) {
  read_again_.push_back(who.id());
  schedule_turn();
}

} // namespace xylem
