#include "app/commands/monitor_file.hpp"

#include "app/commands/monitor_file_end.hpp"
#include "app/commands/monitor_lines.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace xylem {

namespace {

std::string system_text() {
  return std::generic_category().message(errno);
}

std::uint64_t size_of(int file) {
  struct stat about {};
  return fstat(file, &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

} // namespace

monitor_file::monitor_file(std::string path) : path_{std::move(path)} {
  open();
  auto end = read_end();
  auto offset = size_ - end.size();
  auto read = read_file_end(end, offset == 0 ? file_part::all : file_part::last);
  if (auto why = std::get_if<std::string>(&read))
    fail("is not a file of xylem monitor --append, " + *why);
  auto& found = std::get<monitor_file_end>(read);
  if (found.positions.size() > most_gateways)
    fail("is not a file of xylem monitor --append: it names too many gateways");
  size_ = offset + found.size;
  if (found.size < end.size() && ftruncate(file_.get(), static_cast<off_t>(size_)) != 0)
    fail("cannot be cut behind its last whole line: " + system_text());
  for (auto& [name, position] : found.positions)
    gateways_.emplace(name, followed{position.reached, position.reached, offset + position.at, {}});
}

void monitor_file::open() {
  constexpr auto mode = 0644;
  file_ = file_descriptor{::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, mode)};
  if (!file_)
    fail("cannot be opened: " + system_text());
  struct stat about {};
  if (fstat(file_.get(), &about) != 0 || !S_ISREG(about.st_mode))
    fail("is no regular file");
  if (flock(file_.get(), LOCK_EX | LOCK_NB) != 0)
    fail(errno == EWOULDBLOCK ? "is written by another process"
                              : "cannot be locked: " + system_text());
  size_ = size_of(file_.get());
}

/// At most `window` bytes.
std::string monitor_file::read_end() {
  std::string end(std::min(size_, window), '\0');
  auto offset = size_ - end.size();
  for (std::size_t done = 0; done < end.size();) {
    auto count =
        pread(file_.get(), end.data() + done, end.size() - done, static_cast<off_t>(offset + done));
    if (count == 0 || (count < 0 && errno != EINTR))
      fail("cannot be read: " + (count == 0 ? "it became shorter" : system_text()));
    done += count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  return end;
}

std::map<std::string, cursor> monitor_file::positions() const {
  std::map<std::string, cursor> all;
  for (const auto& [name, which] : gateways_)
    all.emplace(name, which.reached);
  return all;
}

void monitor_file::add(std::string_view gateway, cursor reached, std::string_view line) {
  if (!problem_.empty() && !flush())
    throw std::runtime_error{problem_};
  auto& which = gateways_[std::string{gateway}];
  which.reached = which.told = reached;
  which.at = size_;
  pending_ += line;
  size_ += line.size();
}

void monitor_file::add(std::string_view line) {
  if (!problem_.empty())
    return;
  pending_ += line;
  size_ += line.size();
}

void monitor_file::progress(std::string_view gateway, cursor reached, instant now) {
  auto [found, is_new] = gateways_.try_emplace(std::string{gateway});
  auto& [name, which] = *found;
  if (which.reached == which.told)
    which.since = now.mono;
  which.reached = reached;
  if (is_new)
    tell_position(name, which, now);
  if (!tick(now))
    throw std::runtime_error{problem_};
}

bool monitor_file::tick(instant now) {
  notice_truncation();
  if (problem_.empty())
    tell_old_positions(now);
  return flush();
}

bool monitor_file::finish(instant now) {
  for (auto& [name, which] : gateways_)
    if (which.told != which.reached)
      tell_position(name, which, now);
  return flush();
}

void monitor_file::tell_position(const std::string& name, followed& which, instant now) {
  which.told = which.reached;
  which.at = size_;
  auto line = position_line(name, which.reached, now.wall);
  pending_ += line;
  size_ += line.size();
}

void monitor_file::tell_old_positions(instant now) {
  for (auto& [name, which] : gateways_) {
    auto is_due = which.told != which.reached && now.mono - which.since >= position_period;
    if (is_due || size_ - which.at > repeated_each)
      tell_position(name, which, now);
  }
}

/// Who rotates logs may have emptied it: then it has to tell all positions again.
void monitor_file::notice_truncation() {
  auto size = size_of(file_.get());
  if (size + pending_.size() >= size_)
    return;
  size_ = size + pending_.size();
  for (auto& [name, which] : gateways_) {
    which.told = {};
    which.since = {};
    which.at = size_;
  }
}

/// What could not be written stays, even when a part of a line could.
bool monitor_file::flush() {
  std::size_t done = 0;
  problem_.clear();
  while (done < pending_.size() && problem_.empty()) {
    auto count = ::write(file_.get(), pending_.data() + done, pending_.size() - done);
    if (count > 0)
      done += static_cast<std::size_t>(count);
    else if (count == 0 || errno != EINTR)
      problem_ = path_ + " cannot be written: " + system_text();
  }
  pending_.erase(0, done);
  return problem_.empty();
}

void monitor_file::fail(const std::string& what) const {
  throw std::runtime_error{path_ + ' ' + what};
}

} // namespace xylem
