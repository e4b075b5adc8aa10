#include "actors/gate_channel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace xylem {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// A gate that lets more wait than this asks for nothing new until it has read.
constexpr std::size_t much_output = 4 * 1024 * 1024;

/// More than all answers and pages that may be under way (monitor §6): it is not to be reached.
constexpr std::size_t most_output = 48 * 1024 * 1024;

} // namespace

gate_channel::gate_channel(asio::io_context& io, file_descriptor socket, events tell)
    : socket_{io, asio::local::stream_protocol{}, socket.release()}, tell_{std::move(tell)} {
  socket_.non_blocking(true);
}

void gate_channel::start() {
  read();
}

void gate_channel::close() {
  open_ = false;
  error_code ignored;
  socket_.close(ignored);
}

void gate_channel::read() {
  if (!open_ || reading_ || waiting_.size() > much_output)
    return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(input_),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            self->reading_ = false;
                            if (!self->open_)
                              return;
                            if (error)
                              return self->finish(end::closed);
                            self->received(size);
                          });
}

void gate_channel::received(std::size_t size) {
  reader_.feed({input_.data(), size});
  std::vector<gate_frame> frames;
  while (auto frame = reader_.next())
    frames.push_back(*std::move(frame));
  if (!frames.empty())
    tell_.received(std::move(frames));
  if (!open_)
    return;
  if (reader_.broken())
    return finish(end::no_frame);
  read();
}

void gate_channel::send(gate_frame_kind kind, std::uint64_t id, std::string_view body) {
  if (!open_ || !writable_)
    return;
  append_gate_frame(waiting_, kind, id, body);
  if (waiting_.size() > most_output)
    return asio::post(socket_.get_executor(),
                      [self = shared_from_this()] { self->finish(end::does_not_read); });
  if (writing_.empty())
    write();
}

/// At once what the socket takes, which is nearly always all; errors come with the rest.
void gate_channel::write() {
  writing_.swap(waiting_);
  error_code full;
  auto done = socket_.write_some(asio::buffer(writing_), full);
  if (done == writing_.size())
    return writing_.clear();
  asio::async_write(socket_, asio::buffer(writing_) + done,
                    [self = shared_from_this()](error_code error, std::size_t) {
                      self->writing_.clear();
                      if (!self->open_)
                        return;
                      if (error) // what it said before is still to be read
                        return self->stop_writing();
                      if (!self->waiting_.empty())
                        self->write();
                      self->read();
                    });
}

void gate_channel::stop_writing() {
  writable_ = false;
  waiting_.clear();
  read();
}

void gate_channel::finish(end why) {
  if (!open_)
    return;
  close();
  tell_.ended(why);
}

} // namespace xylem
