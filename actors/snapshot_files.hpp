#pragma once

#include "protocol/saved_state.hpp"

#include <filesystem>
#include <functional>
#include <system_error>

namespace xylem {

/// What the snapshot needs of a file system, so that a test can cut the power between any two bytes. Errors throw
/// std::system_error.
class file_operations {
public:
  virtual ~file_operations() = default;

  virtual void write_new(const std::filesystem::path& file, bytes_view content) = 0; ///< 0600, truncates
  virtual void sync(const std::filesystem::path& file) = 0;
  virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual void sync_folder(const std::filesystem::path& folder) = 0;
  virtual std::optional<bytes> read(const std::filesystem::path& file, std::size_t max_bytes) = 0; ///< nothing: not there
};

file_operations& real_files();

/// A snapshot that was found, and what was wrong with those that do not count.
struct found_snapshot {
  std::optional<saved_state> state{};
  std::vector<std::string> refused{}; ///< a line each: file and reason
};

/// The two generations of a snapshot in a folder (record §3). Blocks; belongs to one thread.
class snapshot_files {
public:
  explicit snapshot_files(std::filesystem::path folder, file_operations& files = real_files());

  /// The newer one that is valid.
  found_snapshot load() const;

  /// Replaces the older generation. Returns the bytes that were written; throws std::system_error, and then both
  /// generations are what they were.
  std::uint64_t save(const saved_state& state);

private:
  std::filesystem::path folder_;
  file_operations& files_;
};

} // namespace xylem
