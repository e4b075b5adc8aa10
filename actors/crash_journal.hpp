#pragma once

#include "actors/mapped_file.hpp"
#include "protocol/event_journal.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace xylem {

/// The folder of the crash journal of one state_dir (record §5): in memory, of this user alone.
/// What cannot be used throws std::system_error.
class crash_journal {
public:
  static constexpr std::size_t events_size = 4U << 20;
  static constexpr std::size_t commands_size = 256U << 10;

  /// Below `parent`; made if it is not there. Another user's folder is not used. `meshes` is the
  /// fingerprint_of() their names.
  crash_journal(const std::filesystem::path& parent, const std::filesystem::path& state_dir,
                std::uint64_t meshes);

  /// For a life of the hub, and for the network manager and the uart of a mesh.
  mapped_file events(std::uint64_t epoch) const;
  mapped_file commands(std::string_view mesh) const;
  mapped_file handovers(std::string_view mesh) const;

  /// The epoch of the newest life that this process began; 0: none yet. For any thread.
  std::uint64_t living() const noexcept { return living_->load(); }

  /// What lives of the hub left, the oldest first.
  std::vector<journal_content> left_behind() const;
  std::vector<event> left_commands(std::string_view mesh) const;
  std::vector<command_id> handed_over(std::string_view mesh) const;

  /// It is in the database.
  void forget(std::uint64_t epoch) const;

  std::uint64_t meshes() const noexcept { return meshes_; }
  const std::filesystem::path& folder() const noexcept { return folder_; }

private:
  std::uint64_t meshes_;
  std::filesystem::path folder_;
  std::shared_ptr<std::atomic<std::uint64_t>> living_
    = std::make_shared<std::atomic<std::uint64_t>>(0);
};

} // namespace xylem
