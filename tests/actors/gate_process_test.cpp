// Real processes, played by a shell.
#include "actors/gate_process.hpp"

#include "actors/gate_channel.hpp"

#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>

#include <csignal>

#include <fcntl.h>
#include <poll.h>

using namespace xylem;

namespace {

using namespace std::chrono_literals;

struct process_bench {
  explicit process_bench(const std::string& script)
      : it{start_gate_process(io, "/bin/sh", {"sh", "-c", script})}, socket{it->take_socket()} {
    it->when_ended([this](std::string how) { end = std::move(how); });
  }

  /// How it has ended.
  std::string wait() {
    for (auto deadline = std::chrono::steady_clock::now() + 20s;
         end.empty() && std::chrono::steady_clock::now() < deadline;) {
      io.restart();
      io.run_one_for(1s);
    }
    return end;
  }

  /// What it writes until it closes the socket.
  std::string read_all() {
    std::string all;
    char buffer[4096];
    for (ssize_t size; (size = ::read(socket.get(), buffer, sizeof buffer)) > 0;)
      all.append(buffer, static_cast<std::size_t>(size));
    return all;
  }

  boost::asio::io_context io;
  std::string end;
  std::unique_ptr<gate_process> it;
  file_descriptor socket;
};

bool exists(int pid) {
  return ::kill(pid, 0) == 0;
}

} // namespace

TEST_CASE("a process is told of when it ends, and how") {
  CHECK(process_bench{"exit 0"}.wait() == "exit status 0");
  CHECK(process_bench{"exit 3"}.wait() == "exit status 3");
  CHECK(process_bench{"kill -9 $$"}.wait() == "signal 9 (Killed)");
}

TEST_CASE("a program that is not there is told as that") {
  boost::asio::io_context io;
  auto it = start_gate_process(io, "/nowhere/xylem", {"xylem", "gate"});
  std::string end;
  it->when_ended([&](std::string how) { end = std::move(how); });
  io.run_for(20s);
  CHECK(end == "it could not be executed");
}

TEST_CASE("its socket is descriptor 3, and the only thing of the parent that it has") {
  auto other = ::open("/dev/zero", O_RDONLY); // not close-on-exec
  process_bench bench{"ls /proc/self/fd | tr '\\n' ' ' >&3"};
  ::close(other);
  CHECK(bench.read_all() == "0 1 2 3 4 "); // 4 is that of ls
  CHECK(bench.wait() == "exit status 0");
}

TEST_CASE("what is written to it arrives, and comes back") {
  process_bench bench{"read line <&3; echo \"$line, too\" >&3"};
  REQUIRE(::write(bench.socket.get(), "hello\n", 6) == 6);
  CHECK(bench.read_all() == "hello, too\n");
}

TEST_CASE("signals that this process ignores or blocks are as by default in it") {
  auto before = std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, was;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &was);
  process_bench bench{"exec grep -E 'SigIgn|SigBlk' /proc/self/status >&3"};
  ::pthread_sigmask(SIG_SETMASK, &was, nullptr);
  std::signal(SIGPIPE, before);
  CHECK(bench.read_all() == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("it is nicer than this process by 5") {
  process_bench bench{"nice >&3"};
  errno = 0;
  auto own = ::nice(0);
  CHECK(bench.read_all() == std::to_string(std::min(own + 5, 19)) + '\n');
}

TEST_CASE("it is killed when nobody holds it any more, and no zombie is left") {
  boost::asio::io_context io;
  auto it = start_gate_process(io, "/bin/sleep", {"sleep", "1000"});
  auto pid = it->pid();
  CHECK(exists(pid));
  auto told = false;
  it->when_ended([&](const std::string&) { told = true; });
  it.reset();
  io.run_for(20s); // until there is nothing to wait for
  CHECK_FALSE(exists(pid));
  CHECK_FALSE(told);
}
