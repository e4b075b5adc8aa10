#include "child_process.hpp"

#include "waiting.hpp"

#include <atomic>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace xylem::testing {

namespace {

std::string content_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Variables of the user, or of a service that runs the tests, must not decide a test.
std::vector<char*> environment() {
  std::vector<char*> kept;
  for (auto** each = environ; *each != nullptr; ++each) {
    std::string_view variable{*each};
    auto decides = [&](std::string_view beginning) { return variable.starts_with(beginning); };
    if (!decides("XYLEM_") && !decides("JOURNAL_") && !decides("NOTIFY_SOCKET=")
        && !decides("WATCHDOG_") && !decides("LISTEN_"))
      kept.push_back(*each);
  }
  kept.push_back(nullptr);
  return kept;
}

pid_t spawn(const std::vector<std::string>& arguments, const std::string& folder,
            const std::string& name, const std::string& program) {
  constexpr auto flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, (name + ".out").c_str(), flags, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, (name + ".err").c_str(), flags, 0600);
  // It ends with the test that crashes: else its gateway would hold the port of a later one.
  std::vector<char*> words{const_cast<char*>("setpriv"), const_cast<char*>("--pdeathsig"),
                           const_cast<char*>("KILL"), const_cast<char*>(program.c_str())};
  for (const auto& word : arguments)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t pid = -1;
  auto variables = environment();
  auto error = posix_spawnp(&pid, words.front(), &actions, nullptr, words.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw std::runtime_error{"cannot run " + program + ": " + std::strerror(error)};
  return pid;
}

std::string next_name(const std::string& folder) {
  static std::atomic<int> number = 0;
  return folder + "/process-" + std::to_string(++number);
}

} // namespace

child_process::child_process(const std::vector<std::string>& arguments, const std::string& folder,
                             const std::string& program)
    : name_{next_name(folder)} {
  pid_ = spawn(arguments, folder, name_, program);
}

child_process::~child_process() {
  if (!is_running())
    return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool child_process::is_running() {
  int status = 0;
  if (!code_ && waitpid(pid_, &status, WNOHANG) == pid_)
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return !code_;
}

void child_process::signal(int number) const {
  if (!code_) // its number may be another's by now
    kill(pid_, number);
}

process_end child_process::end() {
  if (!eventually([this] { return !is_running(); }))
    throw std::runtime_error{"the process did not end; it said:\n" + err()};
  return {*code_, out(), err()};
}

std::string child_process::out() const {
  return content_of(name_ + ".out");
}

std::string child_process::err() const {
  return content_of(name_ + ".err");
}

process_end run_xylem(const std::vector<std::string>& arguments, const std::string& folder) {
  return child_process{arguments, folder}.end();
}

} // namespace xylem::testing
