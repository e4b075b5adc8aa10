#include "app/state/state_archive.hpp"

#include "actors/file_descriptor.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

namespace xylem {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t block = 64 * 1024;
constexpr int owner_only = 0600;

using entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

std::string reason_of(archive* of) {
  auto* why = archive_error_string(of);
  return why ? why : "out of memory";
}

[[noreturn]] void fail_at(const fs::path& file) {
  throw state_error{file.string() + ": " + std::strerror(errno)};
}

file_descriptor open_new(const fs::path& file) {
  file_descriptor made{
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, owner_only)};
  if (!made)
    fail_at(file);
  return made;
}

void write_all(const file_descriptor& to, const char* data, std::size_t size,
               const fs::path& file) {
  while (size > 0) {
    auto count = ::write(to.get(), data, size);
    if (count < 0 && errno != EINTR)
      fail_at(file);
    auto done = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    data += done;
    size -= done;
  }
}

void sync(const fs::path& file) {
  file_descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!opened || ::fsync(opened.get()) != 0)
    fail_at(file);
}

} // namespace

void archive_writer::closer::operator()(archive* opened) const {
  archive_write_free(opened);
}

archive_writer::archive_writer(const fs::path& file)
    : file_{file}, to_{archive_write_new()} {
  open_new(file).close(); // libarchive would make it readable for everybody
  check(archive_write_add_filter_gzip(to_.get()));
  check(archive_write_set_options(to_.get(), "gzip:!timestamp"));
  check(archive_write_set_format_pax_restricted(to_.get()));
  check(archive_write_open_filename(to_.get(), file.c_str()));
}

void archive_writer::add(const std::string& name, const fs::path& content) {
  std::ifstream from{content, std::ios::binary};
  if (!from)
    fail_at(content);
  auto left = fs::file_size(content);
  begin(name, left);
  std::vector<char> room(block);
  while (left > 0) {
    from.read(room.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(block, left)));
    if (from.gcount() == 0)
      throw state_error{content.string() + ": has become shorter"};
    write(room.data(), static_cast<std::size_t>(from.gcount()));
    left -= static_cast<std::uint64_t>(from.gcount());
  }
}

void archive_writer::add_text(const std::string& name, const std::string& content) {
  begin(name, content.size());
  write(content.data(), content.size());
}

void archive_writer::finish() {
  check(archive_write_close(to_.get()));
  sync(file_);
}

void archive_writer::begin(const std::string& name, std::uint64_t size) {
  entry made{archive_entry_new(), &archive_entry_free};
  archive_entry_set_pathname(made.get(), name.c_str());
  archive_entry_set_size(made.get(), static_cast<la_int64_t>(size));
  archive_entry_set_filetype(made.get(), AE_IFREG);
  archive_entry_set_perm(made.get(), owner_only);
  check(archive_write_header(to_.get(), made.get()));
}

void archive_writer::write(const char* data, std::size_t size) {
  while (size > 0) {
    auto count = archive_write_data(to_.get(), data, size);
    if (count <= 0)
      check(ARCHIVE_FATAL);
    data += count;
    size -= static_cast<std::size_t>(count);
  }
}

void archive_writer::check(int result) {
  if (result != ARCHIVE_OK)
    throw state_error{file_.string() + ": " + reason_of(to_.get())};
}

void archive_reader::closer::operator()(archive* opened) const {
  archive_read_free(opened);
}

archive_reader::archive_reader(const fs::path& file) : file_{file}, from_{archive_read_new()} {
  archive_read_support_filter_gzip(from_.get());
  archive_read_support_format_tar(from_.get());
  if (archive_read_open_filename(from_.get(), file.c_str(), block) != ARCHIVE_OK)
    fail(reason_of(from_.get()));
}

std::string archive_reader::next() {
  archive_entry* found = nullptr;
  auto result = archive_read_next_header(from_.get(), &found);
  if (result == ARCHIVE_EOF)
    return {};
  if (result != ARCHIVE_OK)
    fail(reason_of(from_.get()));
  auto* name = archive_entry_pathname(found);
  name_ = name ? name : "";
  if (name_.empty() || archive_entry_filetype(found) != AE_IFREG
      || archive_entry_hardlink(found) != nullptr)
    fail("`" + name_ + "` in it is no plain file");
  return name_;
}

std::string archive_reader::read_text(std::uint64_t most) {
  std::string content;
  read(most, [&](const char* data, std::size_t size) { content.append(data, size); });
  return content;
}

void archive_reader::unpack(const fs::path& to, std::uint64_t most) {
  auto made = open_new(to);
  read(most, [&](const char* data, std::size_t size) { write_all(made, data, size, to); });
  if (::fsync(made.get()) != 0)
    fail_at(to);
}

template <class Take>
void archive_reader::read(std::uint64_t most, const Take& take) {
  std::vector<char> room(block);
  for (;;) {
    auto count = archive_read_data(from_.get(), room.data(), room.size());
    if (count < 0)
      fail(reason_of(from_.get()));
    if (count == 0)
      return;
    if (static_cast<std::uint64_t>(count) > most)
      fail("`" + name_ + "` in it is too long");
    most -= static_cast<std::uint64_t>(count);
    take(room.data(), static_cast<std::size_t>(count));
  }
}

void archive_reader::fail(const std::string& why) {
  throw state_error{file_.string() + ": " + why};
}

} // namespace xylem
