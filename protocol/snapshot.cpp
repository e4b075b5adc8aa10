#include "protocol/snapshot.hpp"

#include "protocol/snapshot_body.hpp"

#include <boost/crc.hpp>

#include <stdexcept>

namespace xylem {

namespace {

constexpr std::string_view magic = "XYLMSNAP";
constexpr std::uint32_t container_format = 1;

/// Of the bodies that are read, the oldest.
constexpr std::uint32_t oldest_version = 1;

/// Where the CRC stands, which is about everything else.
constexpr std::size_t checked_header = snapshot_header - sizeof(std::uint32_t);

struct container {
  std::uint32_t format;
  std::uint32_t version;
  bytes_view body{};

  bool is_later() const noexcept { return format > container_format || version > snapshot_version; }
};

std::uint32_t checksum(bytes_view file) {
  boost::crc_32_type crc;
  crc.process_bytes(file.data(), checked_header);
  crc.process_bytes(file.data() + snapshot_header, file.size() - snapshot_header);
  return crc.checksum();
}

/// What is in an unharmed container of any version.
container open(bytes_view file) {
  byte_reader reader{file};
  auto begin = reader.take(magic.size());
  if (!begin || text_of(*begin) != magic)
    throw snapshot_flaw{"not a snapshot"};
  if (file.size() < snapshot_header)
    throw snapshot_flaw{"ends within its header"};
  container found{.format = *reader.big<std::uint32_t>(), .version = *reader.big<std::uint32_t>()};
  auto length = *reader.big<std::uint64_t>();
  auto crc = *reader.big<std::uint32_t>();
  found.body = reader.rest();
  if (length > max_snapshot || length != found.body.size())
    throw snapshot_flaw{"is to have " + std::to_string(length) + " bytes behind its header, has "
                        + std::to_string(found.body.size())};
  if (crc != checksum(file))
    throw snapshot_flaw{"harmed: its checksum is another one"};
  return found;
}

std::string about_versions(const container& found) {
  return "of format " + std::to_string(found.format) + " and version "
         + std::to_string(found.version) + ", this xylem reads "
         + std::to_string(container_format) + " and " + std::to_string(snapshot_version);
}

} // namespace

bytes encode_snapshot(const saved_state& state) {
  bytes file(snapshot_header);
  write_snapshot_body(file, state);
  auto length = file.size() - snapshot_header;
  if (length > max_snapshot)
    throw std::invalid_argument{"a snapshot of " + std::to_string(length) + " bytes is too long"};
  auto* at = write(file.data(), view_of(magic));
  at = write_big(at, container_format);
  at = write_big(at, snapshot_version);
  at = write_big(at, std::uint64_t{length});
  write_big(at, checksum(file));
  return file;
}

std::variant<saved_state, std::string> decode_snapshot(bytes_view file) try {
  auto found = open(file);
  if (found.format != container_format || found.version < oldest_version
      || found.version > snapshot_version)
    return about_versions(found);
  return read_snapshot_body(found.body);
} catch (const std::exception& error) { // archives and allocations have their own
  return std::string{error.what()};
}

bool is_later_snapshot(bytes_view file) noexcept try {
  return open(file).is_later();
} catch (const std::exception&) {
  return false;
}

} // namespace xylem
