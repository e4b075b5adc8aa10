#pragma once

#include "results.hpp"

#include "tests/bench/field/shared/child_process.hpp"

#include <filesystem>

namespace xylem::bench {

struct compare_options {
  std::vector<std::string> only; ///< rows; empty: all
  int rounds = 0;                ///< 0: 5, or 3 when quick
  bool is_quick = false;
  std::string out = "build/bench";
  std::string xylem = "build/release/xylem";
  int server_core = 0;
  int tool_core = 1;
};

/// A peer is not installed.
struct not_installed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the rows share: where programs run, and where results go. Servers run on one core, load
/// tools on another one.
class session {
public:
  explicit session(compare_options options);
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session();

  const compare_options& options() const noexcept { return options_; }
  int rounds() const noexcept { return options_.rounds; }
  double pick(double thorough, double quick) const { return options_.is_quick ? quick : thorough; }

  /// A file of this run alone.
  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  child_process serve(const std::vector<std::string>& command);

  /// One of our own tools.
  child_process start_tool(std::vector<std::string> arguments, urgency how = urgency::normal);

  /// Another program, on the core of load tools.
  child_process start_load(const std::vector<std::string>& command, urgency how = urgency::normal);

  /// Waits for its JSON; throws when there is none.
  static boost::json::object result_of(child_process& tool, double patience_s = 120);

  boost::json::object run_tool(std::vector<std::string> arguments);

  /// Throws not_installed.
  static std::string program(const std::string& name, const std::string& package);

  /// A program that was built together with this one.
  static std::string beside(const std::string& name);

  /// Tells on standard error what is measured now.
  void tell(const std::string& what) const;

  results found;

private:
  std::string next_output();

  compare_options options_;
  std::filesystem::path folder_;
  std::string self_;
  int outputs_ = 0;
};

std::string number(double value);

} // namespace xylem::bench
