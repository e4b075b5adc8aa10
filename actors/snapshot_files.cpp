#include "actors/snapshot_files.hpp"

#include "protocol/snapshot.hpp"

#include <stdexcept>
#include <system_error>
#include <utility>

namespace xylem {

namespace {

[[noreturn]] void fail(std::errc code, const std::string& what) {
  throw std::system_error{std::make_error_code(code), what};
}

bytes encoded(const saved_state& state) try {
  return encode_snapshot(state);
} catch (const std::invalid_argument& flaw) {
  fail(std::errc::value_too_large, flaw.what());
}

} // namespace

snapshot_files::snapshot_files(std::filesystem::path folder, file_operations& files)
    : folder_{std::move(folder)}, files_{files} {}

const std::array<std::string, 2>& snapshot_files::names() {
  static const std::array<std::string, 2> both{"snapshot.1", "snapshot.2"};
  return both;
}

found_snapshot snapshot_files::load() const {
  found_snapshot found;
  auto refuse = [&](std::size_t file, const std::string& why) {
    found.refused.push_back(path_of(file).string() + ": " + why);
  };
  for (std::size_t file = 0; file < names().size(); ++file) try {
      auto content = read(file);
      if (!content)
        continue;
      auto decoded = decode_snapshot(*content);
      if (auto* why = std::get_if<std::string>(&decoded))
        refuse(file, *why);
      else if (auto& state = std::get<saved_state>(decoded);
               !found.state || state.generation > found.state->generation) {
        found.state = std::move(state);
        found.file = path_of(file);
      }
    } catch (const std::system_error& error) {
      refuse(file, error.code().message());
    }
  return found;
}

std::uint64_t snapshot_files::save(saved_state state) {
  auto target = next_ ? *next_ : look();
  next_.reset(); // who fails looks again
  state.generation = target.generation;
  auto content = encoded(state);
  replace(target.file, content);
  next_ = {1 - target.file, target.generation + 1};
  return content.size();
}

std::optional<bytes> snapshot_files::read(std::size_t file) const {
  return files_.read(path_of(file), snapshot_header + max_snapshot);
}

/// A file that cannot be read now may be the newer generation: its error is thrown.
snapshot_files::place snapshot_files::look() const {
  place next;
  for (std::size_t file = 0; file < names().size(); ++file) {
    auto content = read(file);
    if (!content)
      continue;
    if (is_later_snapshot(*content))
      fail(std::errc::operation_not_permitted,
           path_of(file).string() + " is of a later version of xylem");
    auto decoded = decode_snapshot(*content);
    auto* state = std::get_if<saved_state>(&decoded);
    if (state && state->generation >= next.generation)
      next = {1 - file, state->generation + 1};
  }
  return next;
}

void snapshot_files::replace(std::size_t file, bytes_view content) {
  auto fresh = folder_ / "snapshot.new";
  files_.write_new(fresh, content);
  files_.sync(fresh);
  files_.rename(fresh, path_of(file));
  files_.sync_folder(folder_);
}

} // namespace xylem
