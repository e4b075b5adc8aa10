#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace xylem::testing {

struct process_end {
  int code = 0; ///< 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

/// The binary `xylem` as a child, in a folder of the test and without any XYLEM_ variable. It is
/// always reaped; one that still runs at the end is killed, by its own process id alone.
class child_process {
public:
  /// `program` is the path of another one.
  child_process(const std::vector<std::string>& arguments, const std::string& folder,
                const std::string& program = XYLEM_BINARY);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process();

  pid_t pid() const noexcept { return pid_; }
  bool is_running();
  void signal(int number) const;

  /// Waits for its end; throws when that does not come.
  process_end end();

  std::string out() const; ///< so far
  std::string err() const;

private:
  pid_t pid_ = -1;
  std::optional<int> code_;
  std::string name_; // of the files of its output, without their ends
};

/// Runs `xylem` until it ends.
process_end run_xylem(const std::vector<std::string>& arguments, const std::string& folder);

} // namespace xylem::testing
