#include "app/doctor/host_probe.hpp"

#include "actors/file_descriptor.hpp"
#include "app/doctor/accounts.hpp"

#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include <linux/magic.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace xylem {

namespace {

namespace fs = std::filesystem;

/// Besides clients: logs, the database, the journal, timers, pages of a gate.
constexpr std::uint64_t own_files = 64;

constexpr std::size_t most_set_aside = 16;

clock_fact read_clock() {
  timex state{};
  auto answer = adjtimex(&state);
  auto now = std::chrono::system_clock::now();
  return {answer != -1 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0,
          std::chrono::floor<std::chrono::milliseconds>(now)};
}

std::optional<disk_space> read_disk(const std::string& path) {
  struct statvfs found {};
  if (statvfs(path.c_str(), &found) != 0)
    return std::nullopt;
  return disk_space{found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize,
                    found.f_favail, found.f_files};
}

std::uint64_t read_number(const std::string& path) {
  std::uint64_t value = 0;
  std::ifstream{path} >> value;
  return value;
}

/// The hard limit: the gateway raises its own to it.
std::uint64_t files_of(std::optional<std::int64_t> pid) {
  rlimit own{};
  getrlimit(RLIMIT_NOFILE, &own);
  if (!pid)
    return own.rlim_max;
  std::ifstream limits{"/proc/" + std::to_string(*pid) + "/limits"};
  std::string line;
  for (int count = 0; count < 64 && std::getline(limits, line); ++count)
    if (line.starts_with("Max open files")) {
      std::istringstream words{line.substr(std::string_view{"Max open files"}.size())};
      std::uint64_t soft = 0;
      std::uint64_t hard = 0;
      words >> soft >> hard;
      return hard;
    }
  return own.rlim_max;
}

bool can_watch_folders() {
  file_descriptor notify{inotify_init1(IN_CLOEXEC)};
  return notify && inotify_add_watch(notify.get(), "/dev", IN_CREATE) >= 0;
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code missing;
  auto size = fs::file_size(path, missing);
  return missing ? 0 : size;
}

std::vector<std::string> set_aside_in(const fs::path& folder) {
  std::vector<std::string> out;
  std::error_code ignored;
  for (fs::directory_iterator entry{folder, ignored}, end; !ignored && entry != end;
       entry.increment(ignored))
    if (entry->path().filename().string().starts_with("history.db.corrupt-")
        && out.size() < most_set_aside)
      out.push_back(entry->path().string());
  std::ranges::sort(out);
  return out;
}

} // namespace

namespace {

/// The first that exists counts, as for systemd; empty: there is none.
std::string unit_file() {
  for (auto path : {"/etc/systemd/system/xylem.service", "/usr/lib/systemd/system/xylem.service",
                    "/lib/systemd/system/xylem.service"}) {
    std::error_code ignored;
    if (fs::exists(path, ignored))
      return path;
  }
  return {};
}

} // namespace

bool has_service() {
  return !unit_file().empty();
}

std::map<std::string, std::string> variables_of_unit(std::string_view text) {
  constexpr std::string_view beginning = "Environment=";
  std::map<std::string, std::string> out;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    auto variable = line.substr(std::min(line.size(), beginning.size()));
    auto equals = variable.find('=');
    if (line.starts_with(beginning) && variable.starts_with("XYLEM_")
        && equals != std::string_view::npos)
      out.insert_or_assign(std::string{variable.substr(0, equals)},
                           std::string{variable.substr(equals + 1)});
  }
  return out;
}

std::map<std::string, std::string> variables_of_service() {
  constexpr std::size_t most_bytes = 64 * 1024;
  std::ifstream in{unit_file(), std::ios::binary};
  std::string text(most_bytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return variables_of_unit(text);
}

host_probe this_host() {
  return {read_clock, read_disk, open_line};
}

limit_fact find_limits(const gateway_settings& settings, std::optional<std::int64_t> pid) {
  limit_fact out;
  out.files = files_of(pid);
  out.wanted_files = own_files;
  for (const auto& mesh : settings.meshes)
    out.wanted_files += mesh.clients;
  out.wanted_files += settings.web.enabled ? settings.web.connections : 0;
  out.has_service = has_service();
  out.watches = read_number("/proc/sys/fs/inotify/max_user_watches");
  out.instances = read_number("/proc/sys/fs/inotify/max_user_instances");
  out.can_watch = can_watch_folders();
  out.terminals = read_number("/proc/sys/kernel/pty/max");
  out.used_terminals = read_number("/proc/sys/kernel/pty/nr");
  return out;
}

std::optional<disk_fact> find_disk(const host_probe& host, const gateway_settings& settings) {
  auto folder = describe_folder(settings.state_dir);
  auto space = folder.way.empty() ? std::nullopt : host.disk(folder.way.back().path);
  if (!space)
    return std::nullopt;
  fs::path state{settings.state_dir};
  disk_fact out{.path = settings.state_dir};
  out.free_bytes = space->free_bytes;
  out.total_bytes = space->total_bytes;
  out.free_files = space->free_files;
  out.total_files = space->total_files;
  out.database_bytes = size_of(state / "history.db") + size_of(state / "history.db-wal");
  out.database_limit = settings.recorder.max_bytes;
  out.set_aside = set_aside_in(state);
  return out;
}

journal_fact find_journal(const std::string& path) {
  struct statfs found {};
  auto is_known = statfs(path.c_str(), &found) == 0;
  return {describe_folder(path), is_known && found.f_type == TMPFS_MAGIC};
}

} // namespace xylem
