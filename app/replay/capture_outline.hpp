#pragma once

#include "actors/settings.hpp"
#include "app/capture/pcap_file.hpp"

namespace xylem {

/// What a capture is about, before it is replayed.
struct capture_outline {
  struct mesh {
    std::string name;
    std::string dialect; ///< empty: the capture does not say
  };

  std::vector<mesh> meshes; ///< in the order in which they appear
  std::uint64_t packets = 0;
  std::uint64_t lost = 0; ///< records that are missing, as far as the capture says
};

/// Meshes of one capture; names come from the file.
inline constexpr std::size_t most_captured_meshes = 64;

/// Reads it to its end. Throws capture_error.
capture_outline outline_of(pcap_reader& capture);

/// The settings of its meshes: those of `configured` that have their names, in their order, then
/// the others as they are by default.
gateway_settings replay_settings(const capture_outline& outline, gateway_settings configured);

} // namespace xylem
