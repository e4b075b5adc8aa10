#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace xylem {

/// A file of an archived state, and what it is to be.
struct archived_file {
  std::string name{};
  std::uint64_t size = 0;
  std::string sha256{}; ///< 64 hex digits

  bool operator==(const archived_file&) const = default;
};

/// The first file of an archived state (record §6).
struct state_manifest {
  std::string xylem{}; ///< the version that wrote it
  std::uint32_t format = 1;
  std::uint32_t snapshot = 0; ///< version of its body; 0: there is none
  std::uint32_t database = 0; ///< version of its schema; 0: there is none
  std::vector<std::string> meshes{};
  std::vector<archived_file> files{};

  bool operator==(const state_manifest&) const = default;
};

/// JSON, for people too.
std::string to_text(const state_manifest& manifest);

/// Reads what to_text() wrote, or says what is wrong with it.
std::variant<state_manifest, std::string> parse_manifest(std::string_view text);

/// What the manifest says of a file that is there; throws state_error.
archived_file describe_file(const std::string& name, const std::filesystem::path& content);

} // namespace xylem
