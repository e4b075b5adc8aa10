#pragma once

#include "protocol/saved_state.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace xylem {

/// What the snapshot needs of a file system, so that a test can cut the power between any two
/// bytes. Errors throw std::system_error.
class file_operations {
public:
  virtual ~file_operations() = default;

  /// Whatever was there is gone; the file is its owner's alone.
  virtual void write_new(const std::filesystem::path& file, bytes_view content) = 0;
  virtual void sync(const std::filesystem::path& file) = 0;
  virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual void sync_folder(const std::filesystem::path& folder) = 0;

  /// Nothing: it is not there.
  virtual std::optional<bytes> read(const std::filesystem::path& file, std::size_t max_bytes) = 0;
};

file_operations& real_files();

/// A snapshot that was found, and what was wrong with those that do not count.
struct found_snapshot {
  std::optional<saved_state> state{};
  std::filesystem::path file{};       ///< where it was
  std::vector<std::string> refused{}; ///< a line each: file and reason
};

/// The two generations of a snapshot in a folder (record §3). Blocks; belongs to one thread.
class snapshot_files {
public:
  explicit snapshot_files(std::filesystem::path folder, file_operations& files = real_files());

  /// The names of both generations.
  static const std::array<std::string, 2>& names();

  /// The newer one that is valid; what the file system throws is a reason to refuse one.
  found_snapshot load() const;

  /// Replaces the older generation, never one of a later version. Gives the state its number and
  /// returns the bytes that were written. Throws std::system_error; then the newer generation is
  /// what it was, and the older one, too, unless the new one took its place already.
  std::uint64_t save(saved_state state);

private:
  /// Where the next one goes.
  struct place {
    std::size_t file = 0;
    std::uint64_t generation = 1;
  };

  std::filesystem::path path_of(std::size_t file) const { return folder_ / names()[file]; }
  std::optional<bytes> read(std::size_t file) const;
  place look() const;
  void replace(std::size_t file, bytes_view content);

  std::filesystem::path folder_;
  file_operations& files_;
  std::optional<place> next_; // nothing: to be looked for
};

} // namespace xylem
