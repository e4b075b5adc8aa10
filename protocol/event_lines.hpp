#pragma once

#include "protocol/data_type.hpp"
#include "protocol/event.hpp"

#include <array>
#include <string>
#include <vector>

namespace xylem {

/// The JSON of recent events, so that each is written once for all who get it. Owned by the web
/// server.
class event_lines {
public:
  /// By mesh_index; both outlive this.
  event_lines(const std::vector<std::string>& meshes, const std::vector<data_type_registry>& types)
      : meshes_{meshes}, types_{types} {}

  /// Lives until the next call.
  std::string_view text_of(std::uint64_t epoch, const event& what);

private:
  /// Enough for what is published in one turn and what replays overlap.
  static constexpr std::size_t kept = 1024;

  struct line {
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0;
    std::string text{};
  };

  const std::vector<std::string>& meshes_;
  const std::vector<data_type_registry>& types_;
  data_type_registry no_types_{};
  std::array<line, kept> lines_{};
  line other_{};
};

} // namespace xylem
