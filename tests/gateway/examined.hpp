#pragma once

#include "child_process.hpp"
#include "temp_folder.hpp"

#include "app/sim/pty_port.hpp"
#include "protocol/finding.hpp"

#include <atomic>
#include <mutex>
#include <thread>

namespace xylem::testing {

/// Who runs `xylem doctor` in a test.
enum class examiner { this_user, nobody };

/// A folder with a configuration that `xylem doctor` is asked about, and the shell in which its
/// commands are typed.
class examined {
public:
  /// `configuration` may name the folder as FOLDER.
  explicit examined(const std::string& configuration);

  /// What `xylem doctor --json` finds; an empty id when it says nothing of the kind.
  finding find(const std::string& id, examiner who = examiner::this_user,
               const std::string& subject = {});

  /// The exit code of the last find().
  int code() const noexcept { return code_; }

  /// Types the command that repairs it; fails the test when that fails.
  void repair(const finding& what) const;

  const temp_folder& folder() const noexcept { return folder_; }
  std::string operator/(const std::string& name) const { return folder_ / name; }

private:
  temp_folder folder_;
  int code_ = -1;
};

/// What a root says all the time, from a thread of its own, to whoever has its port open.
class chattering_root {
public:
  chattering_root(const std::string& link, std::string chatter);
  chattering_root(const chattering_root&) = delete;
  chattering_root& operator=(const chattering_root&) = delete;
  ~chattering_root();

  /// Says this from now on; nothing when it is empty. From the test's thread.
  void say(std::string chatter);

private:
  void talk();

  pty_port port_;
  std::mutex mutex_;
  std::string chatter_; // guarded by mutex_
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

} // namespace xylem::testing
