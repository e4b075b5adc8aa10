#pragma once

#include "app/config/configuration.hpp"
#include "app/config/draft.hpp"
#include "protocol/finding.hpp"

namespace xylem {

/// Makes commands for a shell that change one key of a configuration file and nothing else of it.
class configuration_editor {
public:
  configuration_editor(const configuration_source& source, typist who);

  /// `value` as TOML has it. Empty: there is no file, the key was set by the environment or --set,
  /// or it does not stand on a line of its own.
  std::string set(const std::string& path, const std::string& value) const;

  /// Replaces a misspelt word on a line.
  std::string respell(std::size_t line, const std::string& word, const std::string& right) const;

private:
  std::string replaced(std::size_t line, const std::string& name, const std::string& value) const;
  std::string added(const std::string& path, const std::string& line) const;
  std::string sed(const std::string& script) const;

  std::string file_;
  std::vector<std::string> lines_;
  bool ends_line_;            // the last one does; else what is appended would go on in it
  configuration_draft draft_; // where each key was set
  typist who_;
  bool may_write_ = false;
};

} // namespace xylem
