#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace xylem {

/// What one shipped file may include, by the folder it is in:
///   protocol/    std without threads and I/O, Boost without Asio and Beast, protocol/; reads no
///                clock
///   actors/      anything but app/ and tests/
///   app/         anything but tests/
///   app/client/  std, POSIX, Boost.JSON, protocol/, app/client/
/// Each breach is a line `protocol/node.hpp:7: <thread>: why`. `path` is relative to the root of
/// the repository.
std::vector<std::string> breaches(std::string_view path, std::string_view source);

/// Every file of `folder` (relative to `root`) that the law is about.
std::vector<std::filesystem::path> law_abiding_files(const std::filesystem::path& root,
                                                     std::string_view folder);

} // namespace xylem
