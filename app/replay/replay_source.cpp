#include "app/replay/replay_source.hpp"

#include "app/replay/bundle_archive.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

namespace xylem {

namespace {

/// What can be read only once.
std::string read_all(std::istream& in, const std::string& name) {
  std::string content;
  std::string room(64 * 1024, '\0');
  while (in.read(room.data(), static_cast<std::streamsize>(room.size())) || in.gcount() > 0) {
    content.append(room, 0, static_cast<std::size_t>(in.gcount()));
    if (content.size() > max_bundle)
      throw capture_error{name + ": longer than 1 GiB"};
  }
  return content;
}

} // namespace

replay_source::replay_source(const std::filesystem::path& path) : path_{path} {
  if (path == "-") {
    content_ = read_all(std::cin, "standard input");
  } else if (std::filesystem::is_fifo(path)) { // `<(…)` of a shell
    std::ifstream in{path, std::ios::binary};
    content_ = read_all(in, path.string());
  } else if (is_bundle(path)) {
    auto files = read_bundle(path);
    auto capture = files.find("capture.pcap");
    if (capture == files.end())
      throw bundle_error{path.string() + ": a bundle without capture.pcap"};
    content_ = std::move(capture->second);
    if (auto found = files.find("configuration.toml"); found != files.end())
      configuration_ = std::move(found->second);
  }
}

pcap_reader replay_source::open() const {
  if (!content_)
    return pcap_reader{path_};
  if (content_->empty())
    throw capture_error{path_.string() + ": empty"};
  // Opened for reading: what is given to fmemopen() is not written.
  auto stream = fmemopen(const_cast<char*>(content_->data()), content_->size(), "rb");
  if (!stream)
    throw capture_error{path_.string() + ": " + std::strerror(errno)};
  return pcap_reader{stream};
}

} // namespace xylem
