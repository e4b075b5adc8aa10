#include "echo_server.hpp"

#include "tests/bench/field/shared/epoll_loop.hpp"
#include "tests/bench/field/shared/sockets.hpp"

#include <cerrno>
#include <vector>

#include <sys/socket.h>

namespace xylem::bench {

namespace {

constexpr std::uint32_t door_number = 0xFFFF'FFFF;

class echo_server {
public:
  explicit echo_server(std::uint16_t port) : door_{listen_on(address_of(std::to_string(port)))} {
    set_non_blocking(door_.get());
    loop_.add(door_.get(), door_number, EPOLLIN);
  }

  [[noreturn]] void run() {
    for (;;)
      for (const auto& event : loop_.wait(std::chrono::hours{1})) {
        if (event.data.u32 == door_number)
          accept_all();
        else if (!answer(static_cast<int>(event.data.u32)))
          ::close(static_cast<int>(event.data.u32));
      }
  }

private:
  void accept_all() {
    for (;;) {
      auto client = accept4(door_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (client < 0)
        return;
      set_no_delay(client);
      // The request is mostly there already.
      if (answer(client))
        loop_.add(client, static_cast<std::uint32_t>(client), EPOLLIN);
      else
        ::close(client);
    }
  }

  /// False: the client has closed.
  bool answer(int client) {
    auto count = recv(client, room_.data(), room_.size(), 0);
    if (count < 0)
      return errno == EAGAIN || errno == EINTR;
    return count > 0
           && send(client, room_.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) > 0;
  }

  file_descriptor door_;
  epoll_loop loop_;
  std::vector<char> room_ = std::vector<char>(65'536);
};

} // namespace

void run_echo_server(std::uint16_t port) {
  raise_descriptor_limit();
  echo_server{port}.run();
}

} // namespace xylem::bench
