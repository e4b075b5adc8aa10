#pragma once

#include "protocol/capture.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace xylem {

/// A capture file could not be opened, read or written; the text names it and why.
class capture_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Writes captures (record §4) with libpcap. Throws capture_error.
class pcap_writer {
public:
  explicit pcap_writer(const std::filesystem::path& file); ///< `-`: standard output
  ~pcap_writer();

  void write(const capture_packet& packet);

  /// What was written can be read by others.
  void flush();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// Reads captures (record §4) with libpcap: whatever the file holds, it ends with a packet, the
/// end, or capture_error.
class pcap_reader {
public:
  explicit pcap_reader(const std::filesystem::path& file); ///< `-`: standard input
  explicit pcap_reader(std::FILE* opened);                 ///< closes it
  ~pcap_reader();

  /// Nothing: the end.
  std::optional<capture_packet> next();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace xylem
