#include "app/commands/monitor_screen.hpp"

#include "app/commands/console_text.hpp"
#include "protocol/iso_time.hpp"

#include <algorithm>
#include <cstdio>

namespace xylem {

namespace {

constexpr std::size_t narrowest_name = 8;
constexpr std::size_t state_width = 10; // connecting
constexpr std::size_t number_width = 8;

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Exactly `width` characters.
std::string padded(std::string_view text, std::size_t width) {
  auto cell = fitted(text, width);
  return cell.append(width - std::min(width, shown_width(cell)), ' ');
}

std::string right(const std::string& text, std::size_t width) {
  auto cell = fitted(text, width);
  return std::string(width - std::min(width, shown_width(cell)), ' ') + cell;
}

std::string rate_text(double rate) {
  std::array<char, 32> room{};
  std::snprintf(room.data(), room.size(), rate < 10 ? "%.1f/s" : "%.0f/s", std::min(rate, 1e9));
  return room.data();
}

screen_style style_of(following_state state) {
  switch (state) {
  case following_state::following: return screen_style::good;
  case following_state::connecting: return screen_style::warning;
  case following_state::refused: return screen_style::bad;
  }
  return screen_style::plain;
}

screen_style style_of(link_state state) {
  switch (state) {
  case link_state::up: return screen_style::good;
  case link_state::silent:
  case link_state::noisy: return screen_style::warning;
  case link_state::down: return screen_style::bad;
  }
  return screen_style::plain;
}

/// Fills a screen from above; what has no room is left out.
class painter {
public:
  painter(const screen_model& model, screen_size size) : model_{model}, size_{size} {
    lines_.reserve(size.rows);
  }

  std::vector<screen_line> paint() {
    add("xylem monitor " + model_.name + "  " + iso_time(model_.now).substr(0, 19) + "Z  q ends",
        screen_style::title);
    // What people look for stays, however many meshes there are.
    auto lists = size_.rows / 2;
    paint_gateways(lists);
    paint_meshes(lists + size_.rows / 8);
    paint_texts("INCIDENTS", model_.incidents, 3);
    paint_texts("LOG", model_.log, 3);
    paint_texts("EVENTS", model_.events, size_.rows);
    lines_.resize(size_.rows);
    return std::move(lines_);
  }

private:
  void add(const std::string& text, screen_style style = screen_style::plain) {
    if (lines_.size() < size_.rows)
      lines_.push_back({fitted(text, size_.columns), style});
  }

  std::size_t name_width() const {
    return std::max(narrowest_name, std::min<std::size_t>(size_.columns / 3, 32));
  }

  /// Up to line `end`; the last one says how many there is no room for.
  template <class Rows, class Show>
  void paint_rows(const Rows& rows, std::size_t end, Show show) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (lines_.size() + 1 >= end && i + 1 < rows.size())
        return add("… and " + std::to_string(rows.size() - i) + " more");
      show(rows[i]);
    }
  }

  void paint_gateways(std::size_t end) {
    add(padded("GATEWAY", name_width()) + ' ' + padded("STATE", state_width)
            + right("RATE", number_width) + right("BEHIND", number_width)
            + right("MISSED", number_width) + "  REASON",
        screen_style::title);
    paint_rows(model_.gateways, end, [&](const screen_model::gateway& which) {
      add(padded(which.name, name_width()) + ' ' + padded(to_string(which.state), state_width)
              + right(rate_text(which.rate), number_width)
              + right(std::to_string(which.behind), number_width)
              + right(std::to_string(which.missed), number_width) + "  " + which.reason,
          style_of(which.state));
    });
  }

  void paint_meshes(std::size_t end) {
    add(padded("MESH", name_width()) + ' ' + padded("LINK", state_width)
            + right("RATE", number_width) + right("ACTIVE", number_width)
            + right("IDLE", number_width) + right("GONE", number_width) + "  REASON",
        screen_style::title);
    paint_rows(
        model_.meshes, std::max(end, lines_.size() + 2), [&](const screen_model::mesh& which) {
          add(padded(which.path, name_width()) + ' ' + padded(to_string(which.link), state_width)
                  + right(rate_text(which.rate), number_width)
                  + right(std::to_string(which.active), number_width)
                  + right(std::to_string(which.idle), number_width)
                  + right(std::to_string(which.disconnected), number_width) + "  " + which.reason,
              style_of(which.link));
        });
  }

  void paint_texts(const std::string& title, const std::vector<std::string>& texts,
                   std::size_t most) {
    if (texts.empty())
      return;
    add(title, screen_style::title);
    for (std::size_t i = 0; i < std::min(most, texts.size()); ++i)
      add(texts[i]);
  }

  const screen_model& model_;
  screen_size size_;
  std::vector<screen_line> lines_;
};

std::string_view start_of(screen_style style) {
  switch (style) {
  case screen_style::plain: return "";
  case screen_style::title: return "\x1b[1m";
  case screen_style::good: return "\x1b[32m";
  case screen_style::warning: return "\x1b[33m";
  case screen_style::bad: return "\x1b[31m";
  }
  return "";
}

} // namespace

std::string fitted(std::string_view text, std::size_t width) {
  auto shown = printable(text);
  if (shown_width(shown) <= width)
    return shown;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (continues_character(shown[i]))
      continue;
    if (++characters == width) {
      shown.resize(i);
      return shown += "…";
    }
  }
  return {};
}

std::vector<screen_line> render(const screen_model& model, screen_size size) {
  return painter{model, size}.paint();
}

std::string frame_of(const std::vector<screen_line>& lines) {
  std::string out = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto start = start_of(lines[i].style);
    out.append(i == 0 ? "" : "\r\n").append(start).append(lines[i].text);
    out.append(start.empty() ? "" : "\x1b[0m").append("\x1b[K");
  }
  return out += "\x1b[J";
}

} // namespace xylem
