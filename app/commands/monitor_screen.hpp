#pragma once

#include "app/monitor/followed_event.hpp"

#include <string>
#include <vector>

namespace xylem {

/// What the live view of `xylem monitor` shows. Texts are as they came: rendering makes them
/// printable.
struct screen_model {
  struct gateway {
    std::string name{};
    following_state state = following_state::connecting;
    std::string reason{};
    std::uint64_t behind = 0; ///< events
    std::uint64_t missed = 0; ///< events that gaps told
    double rate = 0;          ///< events a second
  };

  struct mesh {
    std::string path{};
    link_state link = link_state::down;
    std::string reason{}; ///< of the link
    std::uint64_t active = 0;
    std::uint64_t idle = 0;
    std::uint64_t disconnected = 0;
    double rate = 0; ///< events a second
  };

  std::string name; ///< of this node
  wall_time now{};
  std::vector<gateway> gateways;
  std::vector<mesh> meshes;
  std::vector<std::string> incidents; ///< the newest first, as are the others
  std::vector<std::string> events;
  std::vector<std::string> log;
};

struct screen_size {
  std::size_t columns = 80;
  std::size_t rows = 24;

  bool operator==(const screen_size&) const = default;
};

enum class screen_style : std::uint8_t { plain, title, good, warning, bad };

struct screen_line {
  std::string text; ///< printable, not wider than the screen
  screen_style style = screen_style::plain;

  bool operator==(const screen_line&) const = default;
};

/// Exactly as many lines as the screen has rows.
std::vector<screen_line> render(const screen_model& model, screen_size size);

/// The bytes that make a terminal show them, whatever it showed before.
std::string frame_of(const std::vector<screen_line>& lines);

/// Cut to `width` characters; what was cut is shown by `…`. Nothing in it steers a terminal.
std::string fitted(std::string_view text, std::size_t width);

} // namespace xylem
