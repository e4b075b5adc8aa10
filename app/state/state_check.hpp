#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace xylem {

/// What a database says of itself.
struct database_facts {
  std::uint32_t version = 0;
  std::set<std::string> meshes{};
};

/// Reads a database through, without changing it; throws state_error: what is wrong with it.
database_facts check_database(const std::filesystem::path& file);

struct file_verdict {
  std::string name{};
  bool is_sound = false;
  std::string text{}; ///< what is in it, or what is wrong
};

/// What a state_dir holds, file by file (record §1).
struct state_verdict {
  std::vector<file_verdict> files{};

  bool is_sound() const noexcept; ///< and there is something
};

state_verdict check_state(const std::filesystem::path& folder);

} // namespace xylem
