#include "app/doctor/accounts.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace xylem {

namespace {

namespace fs = std::filesystem;

/// Of one user; Linux allows 65,536, which nobody has.
constexpr int most_groups = 1024;

std::string user_name(uid_t user) {
  auto entry = getpwuid(user);
  return entry != nullptr ? entry->pw_name : std::to_string(user);
}

std::string group_name(gid_t group) {
  auto entry = getgrgid(group);
  return entry != nullptr ? entry->gr_name : std::to_string(group);
}

std::vector<std::uint32_t> groups_at_login(const std::string& name, gid_t primary) {
  std::vector<gid_t> groups(most_groups);
  int count = most_groups;
  if (getgrouplist(name.c_str(), primary, groups.data(), &count) < 0)
    count = most_groups;
  return {groups.begin(), groups.begin() + count};
}

account account_of(const passwd& entry) {
  account out{.name = entry.pw_name, .user = entry.pw_uid};
  out.groups_at_login = groups_at_login(out.name, entry.pw_gid);
  out.groups = out.groups_at_login;
  return out;
}

/// Those that it has, which a service may have been given beside those of its user.
std::vector<std::uint32_t> groups_of_process(const std::string& status) {
  constexpr int most_lines = 64;
  std::vector<std::uint32_t> out;
  std::ifstream in{status};
  std::string line;
  for (int count = 0; count < most_lines && std::getline(in, line); ++count) {
    if (!line.starts_with("Gid:") && !line.starts_with("Groups:"))
      continue;
    std::istringstream words{line.substr(line.find(':') + 1)};
    for (std::uint32_t group = 0; out.size() < most_groups && words >> group;)
      out.push_back(group);
  }
  return out;
}

owned_file owned(const std::string& path, const struct stat& found) {
  return {path,
          found.st_uid,
          found.st_gid,
          user_name(found.st_uid),
          group_name(found.st_gid),
          found.st_mode & 07777U};
}

} // namespace

account current_account() {
  auto user = geteuid();
  account out{.name = user_name(user), .user = user};
  auto entry = getpwuid(user);
  if (entry != nullptr)
    out.groups_at_login = account_of(*entry).groups;
  std::vector<gid_t> now(most_groups);
  auto count = getgroups(most_groups, now.data());
  out.groups.assign(now.begin(), now.begin() + (count > 0 ? count : 0));
  out.groups.push_back(getegid());
  return out;
}

std::optional<account> find_account(const std::string& name) {
  auto entry = getpwnam(name.c_str());
  return entry != nullptr ? std::optional{account_of(*entry)} : std::nullopt;
}

std::optional<account> account_of_process(std::int64_t pid) {
  auto folder = "/proc/" + std::to_string(pid);
  struct stat found {};
  if (stat(folder.c_str(), &found) != 0)
    return std::nullopt;
  auto entry = getpwuid(found.st_uid);
  if (entry == nullptr)
    return std::nullopt;
  auto out = account_of(*entry);
  if (auto groups = groups_of_process(folder + "/status"); !groups.empty())
    out.groups = std::move(groups);
  return out;
}

std::optional<owned_file> describe_file(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0)
    return std::nullopt;
  return owned(path, found);
}

folder_fact describe_folder(const std::string& path) {
  folder_fact out{.path = path};
  auto whole = fs::path{path}.lexically_normal();
  fs::path walked;
  std::size_t found = 0;
  std::size_t parts = 0;
  for (const auto& part : whole) {
    if (part.empty())
      continue;
    walked /= part;
    ++parts;
    if (auto one = describe_file(walked.string()); one && found + 1 == parts) {
      out.way.push_back(*one);
      ++found;
    }
  }
  out.exists = parts > 0 && found == parts;
  struct statvfs system {};
  out.is_read_only = !out.way.empty() && statvfs(out.way.back().path.c_str(), &system) == 0
                     && (system.f_flag & ST_RDONLY) != 0;
  return out;
}

} // namespace xylem
