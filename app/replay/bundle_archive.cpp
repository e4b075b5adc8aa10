#include "app/replay/bundle_archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xylem {

namespace {

struct writer_closer {
  void operator()(archive* what) const noexcept { archive_write_free(what); }
};
struct reader_closer {
  void operator()(archive* what) const noexcept { archive_read_free(what); }
};
struct entry_closer {
  void operator()(archive_entry* what) const noexcept { archive_entry_free(what); }
};

struct owned_file {
  int number;
  ~owned_file() {
    if (number >= 0)
      close(number);
  }
};

constexpr auto owner_only = 0600;
constexpr std::size_t read_at_once = 64 * 1024;

[[noreturn]] void fail(const std::filesystem::path& path, archive* what) {
  auto why = archive_error_string(what);
  throw bundle_error{path.string() + ": " + (why ? why : "no bundle that can be read")};
}

/// `incident.tar.gz` becomes `incident`.
std::string folder_of(const std::filesystem::path& path) {
  auto name = path.filename().string();
  return name.substr(0, name.find('.', 1));
}

void write_file(archive* out, const std::filesystem::path& path, const std::string& name,
                const std::string& content, wall_time when) {
  std::unique_ptr<archive_entry, entry_closer> entry{archive_entry_new()};
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), owner_only);
  auto seconds = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch();
  archive_entry_set_mtime(entry.get(), static_cast<time_t>(seconds.count()), 0);
  if (archive_write_header(out, entry.get()) != ARCHIVE_OK
      || archive_write_data(out, content.data(), content.size())
           != static_cast<la_ssize_t>(content.size()))
    fail(path, out);
}

std::string read_file(archive* in, const std::filesystem::path& path, std::size_t most) {
  std::string content;
  std::vector<char> room(read_at_once);
  while (auto count = archive_read_data(in, room.data(), room.size())) {
    if (count < 0)
      fail(path, in);
    content.append(room.data(), static_cast<std::size_t>(count));
    if (content.size() > most)
      throw bundle_error{path.string() + ": longer than 1 GiB, unpacked"};
  }
  return content;
}

} // namespace

void write_bundle(const std::filesystem::path& path, const bundle_files& files, wall_time when) {
  std::unique_ptr<archive, writer_closer> out{archive_write_new()};
  archive_write_set_format_ustar(out.get());
  archive_write_add_filter_gzip(out.get());
  owned_file file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_only)};
  if (file.number < 0 || fchmod(file.number, owner_only) != 0)
    throw bundle_error{path.string() + ": " + std::strerror(errno)};
  if (archive_write_open_fd(out.get(), file.number) != ARCHIVE_OK)
    fail(path, out.get());
  for (const auto& [name, content] : files)
    write_file(out.get(), path, folder_of(path) + "/" + name, content, when);
  if (archive_write_close(out.get()) != ARCHIVE_OK)
    fail(path, out.get());
}

bundle_files read_bundle(const std::filesystem::path& path) {
  std::unique_ptr<archive, reader_closer> in{archive_read_new()};
  archive_read_support_filter_gzip(in.get());
  archive_read_support_format_tar(in.get());
  if (archive_read_open_filename(in.get(), path.c_str(), read_at_once) != ARCHIVE_OK)
    fail(path, in.get());
  bundle_files files;
  auto left = max_bundle;
  for (archive_entry* entry = nullptr;;) {
    auto result = archive_read_next_header(in.get(), &entry);
    if (result == ARCHIVE_EOF)
      return files;
    if (result != ARCHIVE_OK)
      fail(path, in.get());
    auto name = archive_entry_pathname(entry);
    if (!name || archive_entry_filetype(entry) != AE_IFREG)
      continue;
    auto content = read_file(in.get(), path, left);
    left -= content.size();
    files.insert_or_assign(std::filesystem::path{name}.filename().string(), std::move(content));
  }
}

bool is_bundle(const std::filesystem::path& path) {
  std::array<char, 2> magic{};
  std::ifstream file{path, std::ios::binary};
  return file.read(magic.data(), magic.size()) && magic == std::array{'\x1f', '\x8b'};
}

} // namespace xylem
