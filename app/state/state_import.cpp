#include "actors/history_database_schema.hpp"
#include "actors/snapshot_files.hpp"
#include "actors/state_folder.hpp"
#include "app/state/state_archive.hpp"
#include "app/state/state_check.hpp"
#include "app/state/state_manifest.hpp"
#include "app/state/state_transfer.hpp"
#include "app/state/temporary_folder.hpp"
#include "protocol/iso_time.hpp"
#include "protocol/snapshot.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace xylem {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t longest_manifest = 4 << 20;
constexpr std::uint64_t longest_database = std::uint64_t{1} << 40;

void require(bool holds, const std::string& otherwise) {
  if (!holds)
    throw state_error{otherwise};
}

/// Everything that an archive may hold beside its manifest; nothing else is ever written.
std::uint64_t longest(const std::string& name) {
  return name == "snapshot" ? snapshot_header + max_snapshot
         : name == "history.db" ? longest_database
                                : 0;
}

void require_known(const std::string& what, std::uint64_t version, std::uint64_t known) {
  require(version <= known, what + " has version " + std::to_string(version)
                                + ", this xylem reads up to " + std::to_string(known));
}

state_manifest read_manifest(archive_reader& from) {
  require(from.next() == "manifest.json", "it does not begin with a manifest");
  auto parsed = parse_manifest(from.read_text(longest_manifest));
  if (auto* why = std::get_if<std::string>(&parsed))
    throw state_error{*why};
  auto manifest = std::get<state_manifest>(std::move(parsed));
  require_known("the archive", manifest.format, state_manifest{}.format);
  require_known("its snapshot", manifest.snapshot, snapshot_version);
  require_known("its database", manifest.database, record::schema_version);
  require(!manifest.files.empty(), "nothing is in it");
  return manifest;
}

/// The files are those of the manifest, in its order.
void unpack(archive_reader& from, const state_manifest& manifest, const temporary_folder& to) {
  std::set<std::string> seen;
  for (const auto& file : manifest.files) {
    require(longest(file.name) > 0 && seen.insert(file.name).second,
            "`" + file.name + "` does not belong into it");
    require(file.size <= longest(file.name), "`" + file.name + "` is too long");
    require(from.next() == file.name, "`" + file.name + "` is not in it");
    from.unpack(to / file.name, file.size);
    require(describe_file(file.name, to / file.name) == file,
            "`" + file.name + "` has another checksum than its manifest says");
  }
  require(from.next().empty(), "more is in it than its manifest says");
}

/// The names of the meshes that are really in it, which need not be what the manifest says.
std::set<std::string> meshes_in(const state_manifest& manifest, const temporary_folder& unpacked) {
  std::set<std::string> names;
  for (const auto& file : manifest.files) {
    if (file.name == "history.db") {
      names.merge(check_database(unpacked / file.name).meshes);
      continue;
    }
    auto content = real_files().read(unpacked / file.name, longest(file.name));
    auto decoded = decode_snapshot(content.value_or(bytes{}));
    if (auto* why = std::get_if<std::string>(&decoded))
      throw state_error{"its snapshot: " + *why};
    for (const auto& mesh : std::get<saved_state>(decoded).meshes)
      names.insert(mesh.name);
  }
  return names;
}

void require_configured(const std::set<std::string>& names, const import_settings& settings) {
  if (settings.meshes)
    for (const auto& name : names)
      require(std::ranges::count(*settings.meshes, name) != 0,
              "it holds the mesh `" + name + "`, which is not in the configuration");
}

constexpr std::array state_names{"snapshot.1",     "snapshot.2",     "snapshot.new",
                                 "history.db-wal", "history.db-shm", "history.db"};

bool holds_state(const fs::path& folder) {
  return std::ranges::any_of(state_names, [&](auto name) {
    return fs::exists(fs::symlink_status(folder / name));
  });
}

/// Root works for the gateway's user: what is new belongs to whom the folder belongs to.
void give_away(const fs::path& file, const fs::path& folder) {
  struct stat owner {};
  if (::geteuid() != 0)
    return;
  require(::stat(folder.c_str(), &owner) == 0
              && ::lchown(file.c_str(), owner.st_uid, owner.st_gid) == 0,
          file.string() + ": cannot be given to the owner of its folder");
}

/// Renames files and, unless that is kept, renames them back.
class renames {
public:
  renames() = default;
  renames(const renames&) = delete;
  renames& operator=(const renames&) = delete;

  ~renames() {
    std::error_code ignored;
    for (; !done_.empty(); done_.pop_back())
      fs::rename(done_.back().second, done_.back().first, ignored);
    if (!made_.empty())
      fs::remove(made_, ignored);
  }

  void make_folder(const fs::path& place) {
    require(fs::create_directory(place), place.string() + ": is there already");
    made_ = place;
    fs::permissions(place, fs::perms::owner_all);
  }

  void rename(const fs::path& from, const fs::path& to) {
    fs::rename(from, to);
    done_.emplace_back(from, to);
  }

  void keep() {
    done_.clear();
    made_.clear();
  }

private:
  fs::path made_;
  std::vector<std::pair<fs::path, fs::path>> done_;
};

/// `replaced-20231114T221320Z`.
fs::path place_aside(const fs::path& folder, wall_time now) {
  auto time = iso_time(now);
  std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
  return folder / ("replaced-" + time.substr(0, time.find('.')) + "Z");
}

void set_aside(const fs::path& folder, const fs::path& place, renames& all) {
  all.make_folder(place);
  give_away(place, folder);
  for (auto* name : state_names)
    if (fs::exists(fs::symlink_status(folder / name)))
      all.rename(folder / name, place / name);
}

fs::path name_in_folder(const std::string& name) {
  return name == "snapshot" ? snapshot_files::names().front() : name;
}

imported_state take_over(const state_manifest& manifest, const temporary_folder& unpacked,
                         const fs::path& folder, wall_time now) {
  imported_state out;
  renames all;
  if (holds_state(folder)) {
    out.set_aside = place_aside(folder, now);
    set_aside(folder, out.set_aside, all);
  }
  for (const auto& file : manifest.files) {
    give_away(unpacked / file.name, folder);
    all.rename(unpacked / file.name, folder / name_in_folder(file.name));
    out.files.push_back(file.name);
  }
  forget_identity(folder);
  real_files().sync_folder(folder);
  all.keep();
  return out;
}

} // namespace

imported_state import_state(const fs::path& archive, const fs::path& folder,
                            const import_settings& settings) {
  archive_reader from{archive};
  auto manifest = read_manifest(from);
  state_folder mine{folder};
  give_away(folder / "lock", folder);
  require(settings.replace || !holds_state(folder),
          folder.string() + " holds a state already; --replace sets it aside");
  temporary_folder unpacked{folder / "import."};
  unpack(from, manifest, unpacked);
  require_configured(meshes_in(manifest, unpacked), settings);
  return take_over(manifest, unpacked, folder, settings.now);
}

} // namespace xylem
