#pragma once

#include "app/capture/pcap_file.hpp"

#include <optional>

namespace xylem {

/// A capture to be replayed, which is read more than once: a file, standard input, or one in a
/// bundle.
class replay_source {
public:
  /// Throws capture_error or bundle_error.
  explicit replay_source(const std::filesystem::path& path);

  /// From its beginning; this outlives it.
  pcap_reader open() const;

  /// The configuration of the gateway, when the capture is in a bundle.
  const std::optional<std::string>& configuration() const noexcept { return configuration_; }

private:
  std::filesystem::path path_; // of a file
  std::optional<std::string> content_;
  std::optional<std::string> configuration_;
};

} // namespace xylem
