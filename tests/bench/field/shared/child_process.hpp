#pragma once

#include "pinning.hpp"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace xylem::bench {

/// A program that runs beside this one; what it says goes to files. It never outlives its owner:
/// it is told to end, and killed when it does not, by its own process id alone.
class child_process {
public:
  /// `output` is a path: `.out` and `.err` are appended. Throws std::system_error.
  child_process(const std::vector<std::string>& command, placement where, std::string output);
  child_process(child_process&& other) noexcept;
  child_process& operator=(child_process&&) = delete;
  ~child_process() { stop(); }

  pid_t pid() const noexcept { return pid_; }
  bool is_running();

  /// False: it ended, or did not say this on standard error in time.
  bool await_error_text(const std::string& text, double patience_s);

  /// Its exit code, 128 + signal when one ended it; nothing: it still runs.
  std::optional<int> wait(double patience_s);

  /// SIGTERM, and when that does not end it in time, SIGKILL.
  void stop(double patience_s = 2) noexcept;

  std::string output() const;
  std::string errors() const;

private:
  pid_t pid_ = -1;
  std::optional<int> code_;
  std::string output_;
};

/// Where `name` is in PATH or a folder of system programs; empty: nowhere.
std::string find_program(const std::string& name);

} // namespace xylem::bench
