#pragma once

#include "app/capture/pcap_file.hpp"

#include <map>
#include <string>

namespace xylem {

/// The files of a bundle, by name.
using bundle_files = std::map<std::string, std::string>;

/// Longest bundle that is read, unpacked.
inline constexpr std::size_t max_bundle = 1U << 30;

/// A bundle could not be written or read; the text names it and why.
class bundle_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Writes a gzipped tar with these files in a folder of the archive's name, readable for its owner
/// alone. Throws bundle_error.
void write_bundle(const std::filesystem::path& path, const bundle_files& files, wall_time when);

/// What write_bundle() wrote, without the folder. Throws bundle_error.
bundle_files read_bundle(const std::filesystem::path& path);

/// True when the file begins as gzip does.
bool is_bundle(const std::filesystem::path& path);

} // namespace xylem
