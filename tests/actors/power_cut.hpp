#pragma once

#include "actors/snapshot_files.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>

namespace xylem::testing {

struct power_cut {};

/// Files of one folder on a disk that loses its power at a step: each operation is one, each byte
/// of a write is one. After that, what was not synced may be there or not: names may be the old or
/// the new ones, each for itself, and content may be missing, half there, or anything.
class unsafe_disk final : public file_operations {
public:
  using path = std::filesystem::path;

  /// Steps until the power fails; nothing: it does not.
  std::optional<std::size_t> steps_left{};
  std::size_t steps = 0; ///< that were made so far

  /// To see that the test would notice.
  bool forgets_file_sync = false;
  bool forgets_folder_sync = false;

  void write_new(const path& file, bytes_view content) override {
    step();
    auto fresh = std::make_shared<inode>();
    if (auto found = names_.find(file); found != names_.end())
      fresh = found->second; // it is truncated
    else
      pending_.push_back({file, fresh, {}});
    names_[file] = fresh;
    *fresh = {};
    for (auto byte : content) {
      step();
      fresh->content.push_back(byte);
    }
  }

  void sync(const path& file) override {
    step();
    names_.at(file)->is_synced |= !forgets_file_sync;
  }

  void rename(const path& from, const path& to) override {
    step();
    names_[to] = names_.at(from);
    names_.erase(from);
    pending_.push_back({to, names_[to], from});
  }

  void sync_folder(const path&) override {
    step();
    if (forgets_folder_sync)
      return;
    durable_ = names_;
    pending_.clear();
  }

  std::optional<bytes> read(const path& file, std::size_t) override {
    auto found = names_.find(file);
    return found == names_.end() ? std::nullopt : std::optional{found->second->content};
  }

  /// The power is back: one of the disks that this one may have become.
  unsafe_disk after_reboot(std::mt19937& random) const {
    auto names = durable_;
    for (const auto& each : pending_)
      if (random() % 2 == 0) {
        names[each.name] = each.now;
        names.erase(each.before);
      }
    unsafe_disk disk;
    for (const auto& [name, file] : names)
      disk.names_[name] = std::make_shared<inode>(inode{survived(*file, random), true});
    disk.durable_ = disk.names_;
    return disk;
  }

private:
  struct inode {
    bytes content{};
    bool is_synced = false;
  };

  struct change {
    path name;
    std::shared_ptr<inode> now;
    path before;
  };

  void step() {
    if (steps_left && steps >= *steps_left)
      throw power_cut{};
    ++steps;
  }

  static bytes survived(const inode& file, std::mt19937& random) {
    auto content = file.content;
    if (file.is_synced || content.empty())
      return content;
    auto kept = random() % (content.size() + 1);
    switch (random() % 4) {
      case 0: break;                       // all of it
      case 1: content.clear(); break;      // the name alone
      case 2: content.resize(kept); break; // a part
      default:                             // the length, and blocks of something else
        std::generate(content.begin() + static_cast<std::ptrdiff_t>(kept), content.end(),
                      [&] { return std::byte{static_cast<std::uint8_t>(random())}; });
    }
    return content;
  }

  std::map<path, std::shared_ptr<inode>> names_;
  std::map<path, std::shared_ptr<inode>> durable_;
  std::vector<change> pending_; // names that are not synced
};

} // namespace xylem::testing
