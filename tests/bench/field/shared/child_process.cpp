#include "child_process.hpp"

#include "clock.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace xylem::bench {

namespace {

std::string content_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void redirect(int target, const std::string& file) {
  auto opened = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(opened, target);
  close(opened);
}

[[noreturn]] void become(const std::vector<std::string>& command, placement where,
                         const std::string& output) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  pin_this_thread(where.core);
  if (!apply(where.how))
    _exit(127);
  redirect(STDOUT_FILENO, output + ".out");
  redirect(STDERR_FILENO, output + ".err");
  std::vector<char*> words;
  for (const auto& word : command)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execvp(words.front(), words.data());
  std::perror(words.front()); // into its .err
  _exit(127);
}

template <class F>
bool eventually(double patience_s, F&& condition) {
  auto end_ns = now_ns() + to_ns(patience_s);
  while (!condition()) {
    if (now_ns() > end_ns)
      return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

} // namespace

child_process::child_process(const std::vector<std::string>& command, placement where,
                             std::string output)
    : output_{std::move(output)} {
  std::ofstream{output_ + ".err"}; // nothing said yet
  pid_ = fork();
  if (pid_ < 0)
    throw std::system_error{errno, std::generic_category(), "cannot start " + command.front()};
  if (pid_ == 0)
    become(command, where, output_);
}

child_process::child_process(child_process&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)}, code_{other.code_}, output_{std::move(other.output_)} {}

bool child_process::is_running() {
  int status = 0;
  if (pid_ > 0 && !code_ && waitpid(pid_, &status, WNOHANG) == pid_)
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return pid_ > 0 && !code_;
}

bool child_process::await_error_text(const std::string& text, double patience_s) {
  auto says_it = [&] { return errors().find(text) != std::string::npos; };
  return eventually(patience_s, [&] { return says_it() || !is_running(); }) && says_it();
}

std::optional<int> child_process::wait(double patience_s) {
  eventually(patience_s, [&] { return !is_running(); });
  return code_;
}

void child_process::stop(double patience_s) noexcept {
  if (!is_running())
    return;
  kill(pid_, SIGTERM);
  if (wait(patience_s))
    return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  code_ = 128 + SIGKILL;
}

std::string child_process::output() const {
  return content_of(output_ + ".out");
}

std::string child_process::errors() const {
  return content_of(output_ + ".err");
}

std::string find_program(const std::string& name) {
  const auto* path = std::getenv("PATH");
  std::istringstream folders{std::string{path == nullptr ? "" : path} + ":/usr/sbin:/usr/bin"};
  for (std::string folder; std::getline(folders, folder, ':');)
    if (auto file = folder + "/" + name; access(file.c_str(), X_OK) == 0)
      return file;
  return {};
}

} // namespace xylem::bench
