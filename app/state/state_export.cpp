#include "actors/history_database.hpp"
#include "actors/snapshot_files.hpp"
#include "app/state/state_archive.hpp"
#include "app/state/state_check.hpp"
#include "app/state/state_manifest.hpp"
#include "app/state/state_transfer.hpp"
#include "app/state/temporary_folder.hpp"
#include "protocol/snapshot.hpp"

namespace xylem {

namespace {

namespace fs = std::filesystem;

/// Copies of what belongs to a state, and what is told of them.
class copied_state {
public:
  explicit copied_state(const fs::path& beginning) : folder_{beginning} {}

  /// First the snapshot: the log that is copied after it goes on behind its cursor.
  void copy(const fs::path& from) {
    copy_snapshot(from);
    if (fs::exists(from / "history.db"))
      copy_database(from / "history.db");
    if (manifest_.files.empty())
      throw state_error{from.string() + ": there is no state"};
  }

  void write(const fs::path& file, const std::string& xylem_version) {
    manifest_.xylem = xylem_version;
    manifest_.meshes.assign(meshes_.begin(), meshes_.end());
    archive_writer out{folder_ / "archive"};
    out.add_text("manifest.json", to_text(manifest_));
    for (const auto& each : manifest_.files)
      out.add(each.name, folder_ / each.name);
    out.finish();
    fs::rename(folder_ / "archive", file);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& each : manifest_.files)
      out.push_back(each.name);
    return out;
  }

private:
  void copy_snapshot(const fs::path& from) {
    auto found = snapshot_files{from}.load();
    if (!found.state && !found.refused.empty())
      throw state_error{found.refused.front()};
    if (!found.state)
      return;
    real_files().write_new(folder_ / "snapshot", encode_snapshot(*found.state));
    manifest_.snapshot = snapshot_version;
    for (const auto& mesh : found.state->meshes)
      meshes_.insert(mesh.name);
    manifest_.files.push_back(describe_file("snapshot", folder_ / "snapshot"));
  }

  void copy_database(const fs::path& from) {
    history_database{{.file = from, .meshes = {}}}.copy_to(folder_ / "history.db");
    auto facts = check_database(folder_ / "history.db");
    manifest_.database = facts.version;
    meshes_.merge(facts.meshes);
    manifest_.files.push_back(describe_file("history.db", folder_ / "history.db"));
  }

  temporary_folder folder_;
  state_manifest manifest_;
  std::set<std::string> meshes_;
};

} // namespace

std::vector<std::string> export_state(const fs::path& folder, const fs::path& archive,
                                      const std::string& xylem_version) try {
  copied_state copied{archive.string() + "."};
  copied.copy(folder);
  copied.write(archive, xylem_version);
  return copied.names();
} catch (const database_error& error) {
  throw state_error{error.what()};
} catch (const std::system_error& error) {
  throw state_error{error.what()};
}

} // namespace xylem
