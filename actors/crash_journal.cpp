#include "actors/crash_journal.hpp"

#include "actors/state_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace xylem {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view events_prefix = "events-";
constexpr std::string_view commands_prefix = "commands-";
constexpr std::string_view handovers_prefix = "handovers-";

/// One that another user made could be read or changed by him.
void check_owner(const fs::path& folder) {
  struct stat found {};
  if (::lstat(folder.c_str(), &found) != 0)
    throw std::system_error{errno, std::generic_category(), folder.string()};
  auto is_private = (found.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  if (!S_ISDIR(found.st_mode) || found.st_uid != ::geteuid() || !is_private)
    throw std::system_error{EPERM, std::generic_category(), folder.string()};
}

/// At most `events_size` of it: what is longer is none of ours.
bytes read_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  bytes content(crash_journal::events_size);
  in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(in.gcount()));
  return content;
}

std::optional<std::uint64_t> epoch_of(const fs::path& file) {
  auto name = file.filename().string();
  if (!name.starts_with(events_prefix))
    return std::nullopt;
  std::uint64_t epoch = 0;
  auto end = name.data() + name.size();
  auto read = std::from_chars(name.data() + events_prefix.size(), end, epoch);
  return read.ec == std::errc{} && read.ptr == end ? std::optional{epoch} : std::nullopt;
}

} // namespace

crash_journal::crash_journal(const fs::path& parent, const fs::path& state_dir,
                             std::uint64_t meshes)
    : meshes_{meshes} {
  std::vector<std::string> name{fs::weakly_canonical(state_dir).string(),
                                identity_of_state(state_dir)};
  auto number = std::to_string(fingerprint_of(name));
  folder_ = parent / ("xylem-" + std::to_string(::geteuid()) + "-" + number);
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST)
    throw std::system_error{errno, std::generic_category(), folder_.string()};
  check_owner(folder_);
}

mapped_file crash_journal::events(std::uint64_t epoch) const {
  living_->store(epoch);
  return {folder_ / (std::string{events_prefix} + std::to_string(epoch)), events_size};
}

mapped_file crash_journal::commands(std::string_view mesh) const {
  return {folder_ / (std::string{commands_prefix}.append(mesh)), commands_size};
}

mapped_file crash_journal::handovers(std::string_view mesh) const {
  return {folder_ / (std::string{handovers_prefix}.append(mesh)), handover_writer::memory_size};
}

std::vector<journal_content> crash_journal::left_behind() const {
  std::vector<journal_content> all;
  std::error_code error;
  for (const auto& each : fs::directory_iterator{folder_, error})
    if (auto epoch = epoch_of(each.path()))
      if (auto content = read_journal(read_file(each.path())); content && content->who.epoch == *epoch)
        all.push_back(*std::move(content));
  std::ranges::sort(all, {}, [](const journal_content& each) { return each.who.epoch; });
  return all;
}

std::vector<event> crash_journal::left_commands(std::string_view mesh) const {
  auto content = read_journal(read_file(folder_ / (std::string{commands_prefix}.append(mesh))));
  return content ? std::move(content->events) : std::vector<event>{};
}

std::vector<command_id> crash_journal::handed_over(std::string_view mesh) const {
  return read_handovers(read_file(folder_ / (std::string{handovers_prefix}.append(mesh))));
}

void crash_journal::forget(std::uint64_t epoch) const {
  std::error_code error;
  fs::remove(folder_ / (std::string{events_prefix} + std::to_string(epoch)), error);
}

} // namespace xylem
