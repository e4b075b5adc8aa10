#include "app/commands/live_terminal.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace xylem {

namespace {

/// The other screen, no cursor, no line breaks of its own; and the way back.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
constexpr std::string_view leave = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/// By these a process may end without destructors.
constexpr std::array fatal_signals{SIGABRT, SIGBUS, SIGFPE, SIGHUP, SIGILL, SIGQUIT, SIGSEGV};

/// No dimension of a terminal is larger: what it claims decides about memory.
constexpr std::size_t largest = 1000;

constexpr screen_size preset{80, 24};

termios before{}; // written before the handlers are set

bool write_all(std::string_view text) {
  while (!text.empty()) {
    auto count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count > 0)
      text.remove_prefix(static_cast<std::size_t>(count));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

/// Only what a signal handler may do.
void restore() {
  write_all(leave);
  tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

void handle_fatal(int number) {
  restore();
  std::raise(number); // its action is the default again
}

void set_action(int number, void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(number, &action, nullptr);
}

} // namespace

bool live_terminal::is_possible() {
  const auto* name = std::getenv("TERM");
  return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && name != nullptr
         && std::strcmp(name, "dumb") != 0 && *name != '\0';
}

live_terminal::live_terminal() {
  tcgetattr(STDIN_FILENO, &before);
  for (auto number : fatal_signals)
    set_action(number, handle_fatal, static_cast<int>(SA_RESETHAND));
  auto raw = before;
  raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
  raw.c_cc[VSUSP] = _POSIX_VDISABLE; // nobody would restore the screen
  raw.c_cc[VQUIT] = _POSIX_VDISABLE;
  tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  write_all(enter);
}

live_terminal::~live_terminal() {
  restore();
  for (auto number : fatal_signals)
    set_action(number, SIG_DFL, 0);
}

/// Asked for before each frame, which is often enough to follow SIGWINCH.
screen_size live_terminal::size() const {
  winsize told{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &told) != 0 || told.ws_col == 0 || told.ws_row == 0)
    return preset;
  return {std::min<std::size_t>(told.ws_col, largest), std::min<std::size_t>(told.ws_row, largest)};
}

bool live_terminal::show(const std::string& frame) {
  return write_all(frame);
}

bool live_terminal::wait(std::chrono::milliseconds most) {
  pollfd keys{STDIN_FILENO, POLLIN, 0};
  if (poll(&keys, 1, static_cast<int>(most.count())) <= 0)
    return true; // time is up, or a signal
  std::array<char, 64> typed{};
  auto count = ::read(STDIN_FILENO, typed.data(), typed.size());
  if (count <= 0)
    return count < 0 && errno == EINTR;
  std::string_view text{typed.data(), static_cast<std::size_t>(count)};
  return text.find_first_of("qQ") == std::string_view::npos;
}

} // namespace xylem
