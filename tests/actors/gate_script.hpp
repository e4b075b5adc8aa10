#pragma once

#include "actors/gate_process.hpp"
#include "protocol/gate_frames.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <deque>
#include <stdexcept>

#include <sys/socket.h>

namespace xylem::testing {

/// One life of a gate that a test plays: its end of the socket pair, and how it ends.
class played_gate {
public:
  explicit played_gate(file_descriptor socket) : socket_{std::move(socket)} {}

  void say_bytes(std::string_view bytes) {
    if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error{"the gateway does not read"};
  }

  void say(gate_frame_kind kind, std::uint64_t id, std::string_view body) {
    std::string frame;
    append_gate_frame(frame, kind, id, body);
    say_bytes(frame);
  }

  /// The oldest frame of that kind.
  std::optional<gate_frame> take(gate_frame_kind kind) {
    receive();
    auto found = std::ranges::find(frames_, kind, &gate_frame::kind);
    if (found == frames_.end())
      return std::nullopt;
    auto frame = std::move(*found);
    frames_.erase(found);
    return frame;
  }

  void close_socket() { socket_.close(); }

  /// The process has ended.
  void end(std::string how) {
    close_socket();
    if (auto tell = std::exchange(tell_, nullptr))
      tell(std::move(how));
  }

  bool killed = false;

private:
  friend class played_process;

  void receive() {
    char buffer[64 * 1024];
    for (ssize_t size; (size = ::recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT)) > 0;) {
      reader_.feed({buffer, static_cast<std::size_t>(size)});
      while (auto frame = reader_.next())
        frames_.push_back(*std::move(frame));
    }
  }

  file_descriptor socket_;
  gate_frame_reader reader_;
  std::deque<gate_frame> frames_;
  std::function<void(std::string)> tell_;
};

/// The same as its gateway sees it.
class played_process final : public gate_process {
public:
  played_process(std::shared_ptr<played_gate> gate, file_descriptor socket)
      : gate_{std::move(gate)}, socket_{std::move(socket)} {}

  ~played_process() override {
    gate_->tell_ = nullptr;
    gate_->killed = true;
  }

  file_descriptor take_socket() override { return std::move(socket_); }
  int pid() const noexcept override { return 4711; }
  void when_ended(std::function<void(std::string)> tell) override {
    gate_->tell_ = std::move(tell);
  }
  void kill() noexcept override { gate_->killed = true; }

private:
  std::shared_ptr<played_gate> gate_;
  file_descriptor socket_;
};

/// Every life that a gateway has started.
struct gate_script {
  gate_starter starter() {
    return [this]() -> std::unique_ptr<gate_process> {
      int ends[2];
      if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::runtime_error{"socketpair"};
      lives.push_back(std::make_shared<played_gate>(file_descriptor{ends[1]}));
      return std::make_unique<played_process>(lives.back(), file_descriptor{ends[0]});
    };
  }

  played_gate& last() { return *lives.at(lives.size() - 1); }

  std::vector<std::shared_ptr<played_gate>> lives;
};

} // namespace xylem::testing
