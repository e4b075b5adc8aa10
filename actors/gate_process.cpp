#include "actors/gate_process.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace xylem {

namespace asio = boost::asio;

namespace {

constexpr int socket_of_child = 3;
constexpr int nicer_by = 5;
constexpr int could_not_execute = 127;

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

std::pair<file_descriptor, file_descriptor> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    fail("socketpair");
  return {file_descriptor{ends[0]}, file_descriptor{ends[1]}};
}

/// Nothing of the parent is left open but the standard streams and the socket.
void close_others() {
  constexpr auto first = static_cast<unsigned>(socket_of_child + 1);
  if (::syscall(SYS_close_range, first, ~0U, 0U) == 0)
    return;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  for (auto each = first; each < limit.rlim_cur && each < 1'048'576; ++each)
    ::close(static_cast<int>(each));
}

void take_defaults() {
  for (auto each = 1; each < NSIG; ++each)
    std::signal(each, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Between fork and exec: nothing here allocates, locks or throws.
[[noreturn]] void become(const char* path, char* const* arguments, int socket, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent)
    ::_exit(could_not_execute);
  ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + nicer_by);
  if (auto nothing = ::open("/dev/null", O_RDONLY); nothing >= 0)
    ::dup2(nothing, STDIN_FILENO);
  if (socket != socket_of_child)
    ::dup2(socket, socket_of_child);
  ::fcntl(socket_of_child, F_SETFD, 0);
  close_others();
  take_defaults();
  ::execv(path, arguments);
  ::_exit(could_not_execute);
}

/// No handler of ours runs in the child: what it writes to would be ours, too.
pid_t fork_with(const std::string& program, const std::vector<std::string>& arguments,
                int socket) {
  std::vector<char*> pointers;
  for (const auto& each : arguments)
    pointers.push_back(const_cast<char*>(each.c_str()));
  pointers.push_back(nullptr);
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  auto parent = ::getpid();
  auto child = ::fork();
  if (child == 0)
    become(program.c_str(), pointers.data(), socket, parent);
  auto error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return child;
}

std::string how_it_ended(const siginfo_t& end) {
  if (end.si_code == CLD_EXITED)
    return end.si_status == could_not_execute ? "it could not be executed"
                                              : "exit status " + std::to_string(end.si_status);
  return "signal " + std::to_string(end.si_status) + " (" + ::strsignal(end.si_status) + ')';
}

/// Lives until the process has ended: nobody stays a zombie.
class running_process : public std::enable_shared_from_this<running_process> {
public:
  running_process(asio::io_context& io, pid_t pid, file_descriptor handle)
      : pid_{pid}, handle_{io, handle.release()} {}

  void watch() {
    handle_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](boost::system::error_code error) {
                         if (!error)
                           self->reap();
                       });
  }

  int pid() const noexcept { return pid_; }

  void kill() noexcept {
    if (!ended_)
      ::kill(pid_, SIGKILL); // not reaped yet: nobody else has this number
  }

  std::function<void(std::string)> tell;

private:
  void reap() {
    siginfo_t end{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOHANG) != 0 || end.si_pid == 0)
      return watch();
    ended_ = true;
    handle_.close();
    if (auto told = std::exchange(tell, nullptr))
      told(how_it_ended(end));
  }

  pid_t pid_;
  asio::posix::stream_descriptor handle_;
  bool ended_ = false;
};

class child_process final : public gate_process {
public:
  child_process(std::shared_ptr<running_process> process, file_descriptor socket)
      : process_{std::move(process)}, socket_{std::move(socket)} {}

  ~child_process() override {
    process_->tell = nullptr;
    process_->kill();
  }

  file_descriptor take_socket() override { return std::move(socket_); }
  int pid() const noexcept override { return process_->pid(); }
  void when_ended(std::function<void(std::string)> tell) override { process_->tell = std::move(tell); }
  void kill() noexcept override { process_->kill(); }

private:
  std::shared_ptr<running_process> process_;
  file_descriptor socket_;
};

} // namespace

std::unique_ptr<gate_process> start_gate_process(asio::io_context& io, const std::string& program,
                                                 const std::vector<std::string>& arguments) {
  auto [ours, theirs] = socket_pair();
  auto pid = fork_with(program, arguments, theirs.get());
  if (pid < 0)
    fail("fork");
  file_descriptor handle{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  if (!handle) {
    auto error = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    errno = error;
    fail("pidfd_open");
  }
  auto process = std::make_shared<running_process>(io, pid, std::move(handle));
  process->watch();
  return std::make_unique<child_process>(std::move(process), std::move(ours));
}

gate_starter make_gate_starter(asio::io_context& io) {
  return [&io] { return start_gate_process(io, "/proc/self/exe", {"xylem", "gate"}); };
}

} // namespace xylem
