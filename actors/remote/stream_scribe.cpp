#include "actors/remote/stream_scribe.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <caf/io/basp_broker.hpp>

namespace xylem {

namespace asio = boost::asio;

namespace {

/// A TLS record.
constexpr std::size_t read_size = 16 * 1024;

/// Of one write.
constexpr std::size_t write_size = 64 * 1024;

/// For what waits when we end a connection, and for the peer's end of it.
constexpr auto linger_time = std::chrono::seconds{1};

/// Handles name connections within one broker, for its whole life.
caf::io::connection_handle next_handle() {
  static std::int64_t last = 0;
  return caf::io::connection_handle::from_int(++last);
}

bool is_end_of_stream(boost::system::error_code error) {
  return error == asio::error::eof || error == asio::ssl::error::stream_truncated
         || error == asio::error::connection_reset;
}

bool is_of_ours(remote_end_kind kind) {
  return kind == remote_end_kind::by_us || kind == remote_end_kind::facade_ended;
}

} // namespace

stream_scribe::stream_scribe(io_unit& unit, std::unique_ptr<remote_stream> stream,
                             basp_policy policy, std::size_t max_output, owner& tell)
    : scribe{next_handle()}, unit_{unit}, stream_{std::move(stream)}, firewall_{std::move(policy)},
      max_output_{max_output}, owner_{&tell}, lingers_{unit.io()}, read_(read_size) {
  counters_.last_heard = counters_.last_sent = std::chrono::steady_clock::now();
}

remote_counters stream_scribe::counters() const {
  auto out = counters_;
  out.basp = firewall_.counters();
  return out;
}

void stream_scribe::read() {
  stream_->read(
      asio::buffer(read_), [self = ptr{this}](boost::system::error_code error, std::size_t size) {
        if (error)
          self->end({is_end_of_stream(error) ? remote_end_kind::by_peer : remote_end_kind::failed,
                     error.message()});
        else
          self->received(size);
      });
}

void stream_scribe::received(std::size_t size) {
  if (has_ended())
    return;
  counters_.bytes_received += size;
  counters_.last_heard = std::chrono::steady_clock::now();
  if (is_too_much(size, 0))
    return;
  unit_.work_and_run([&] { pass_on({read_.data(), size}); });
  if (!has_ended())
    read();
}

bool stream_scribe::is_too_much(std::size_t bytes, std::size_t messages) {
  auto why = owner_->measure(bytes, messages);
  if (why)
    end({remote_end_kind::too_much, std::move(*why), {}});
  return why.has_value();
}

void stream_scribe::pass_on(std::string_view bytes) {
  while (!has_ended()) {
    auto step = firewall_.next(bytes);
    if (auto wrong = std::get_if<basp_violation>(&step))
      return end({remote_end_kind::violation, {}, *wrong});
    auto frame = std::get_if<basp_frame>(&step);
    if (!frame || !deliver(*frame))
      return;
  }
}

/// False: that was the last one.
bool stream_scribe::deliver(const basp_frame& frame) {
  if (!connected_)
    if (auto wrong = owner_->admit(*firewall_.peer())) {
      end({remote_end_kind::violation, {}, *wrong});
      return false;
    }
  if (is_too_much(0, 1))
    return false;
  if (!give_to_caf(frame.header) || (!frame.payload.empty() && !give_to_caf(frame.payload)))
    return false;
  if (!std::exchange(connected_, true) && owner_)
    owner_->connected();
  return true;
}

/// Runs the broker's handler. It may close the connection then.
bool stream_scribe::give_to_caf(std::string_view bytes) {
  input_.assign(bytes.begin(), bytes.end());
  return consume(&unit_, input_.data(), input_.size()) && !detached() && !has_ended();
}

/// CAF calls it after each of its messages: what is in output_ is whole frames.
void stream_scribe::flush() {
  if (output_.empty())
    return;
  firewall_.filter_output(output_);
  if (!has_ended())
    waiting_.insert(waiting_.end(), output_.begin(), output_.end());
  output_.clear();
  if (queued_bytes() > max_output_)
    end_later({remote_end_kind::output_full, std::to_string(queued_bytes()) + " bytes wait"});
  else
    write();
}

void stream_scribe::send(std::uint64_t source, std::uint64_t destination, std::string_view type,
                         std::string_view content) {
  append_basp_message(output_, source, destination, type, content);
  flush();
}

void stream_scribe::send_heartbeat() {
  if (has_ended())
    return;
  auto header = waiting_.insert(waiting_.end(), basp_header_size, '\0');
  *header = static_cast<char>(basp_operation::heartbeat);
  write();
}

void stream_scribe::write() {
  if (writes_ || queued_bytes() == 0)
    return;
  if (written_ == writing_.size()) {
    writing_.clear();
    written_ = 0;
    writing_.swap(waiting_);
  }
  writes_ = true;
  auto size = std::min(writing_.size() - written_, write_size);
  stream_->write(asio::buffer(writing_.data() + written_, size),
                 [self = ptr{this}](boost::system::error_code error, std::size_t done) {
                   self->writes_ = false;
                   self->written(error, done);
                 });
}

void stream_scribe::written(boost::system::error_code error, std::size_t size) {
  written_ += size;
  counters_.bytes_sent += size;
  counters_.last_sent = std::chrono::steady_clock::now();
  if (error && !has_ended())
    return end({remote_end_kind::failed, error.message()});
  if (!error && queued_bytes() > 0)
    return write();
  if (has_ended() && drains_)
    finish();
}

void stream_scribe::drain() {
  lingers_.expires_after(linger_time);
  lingers_.async_wait([self = ptr{this}](boost::system::error_code error) {
    if (!error)
      self->stream_->close();
  });
  if (!writes_ && queued_bytes() == 0)
    finish();
  else
    write();
}

/// What waited is written: the peer is told, and we wait for its own end a little.
void stream_scribe::finish() {
  drains_ = false;
  stream_->finish([self = ptr{this}](boost::system::error_code, std::size_t) {
    self->lingers_.cancel();
    self->stream_->close();
  });
}

void stream_scribe::end(const remote_end& why) {
  auto tell = std::exchange(owner_, nullptr);
  if (!tell)
    return;
  ptr alive{this};
  drains_ = is_of_ours(why.kind) && connected_;
  if (auto broker = dynamic_cast<caf::io::basp_broker*>(parent())) {
    // At once: the message that tells the broker of it would come too late for who replaces us.
    broker->context(&unit_);
    detach(&unit_, false);
    broker->connection_cleanup(hdl(), caf::sec::none);
  }
  if (drains_)
    drain();
  else
    stream_->close();
  tell->ended(why);
}

void stream_scribe::end_later(remote_end why) {
  if (has_ended())
    return;
  asio::post(unit_.io(), [self = ptr{this}, why = std::move(why)] { self->end(why); });
}

/// The broker, or the actor system, does not want it any more.
void stream_scribe::graceful_shutdown() {
  end_later({remote_end_kind::refused, {}});
}

} // namespace xylem
