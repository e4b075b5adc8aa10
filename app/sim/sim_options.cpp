#include "app/sim/sim_options.hpp"

#include "app/sim/root_codec.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace xylem {

namespace {

constexpr std::uint8_t default_dynamic_length = 4;
constexpr double max_rate = 10e6;

struct measured_type {
  std::string_view code;
  std::uint8_t length;
};

constexpr std::array<measured_type, 3> measured_types{{{"GPS", 6}, {"TMP", 2}, {"BAT", 1}}};

std::uint8_t parse_length(std::string_view text, std::string_view item) {
  std::uint8_t length = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::invalid_argument{"type '" + std::string{item} + "': a length is from 0 to 255"};
  return length;
}

sim_type parse_sim_type(std::string_view item) {
  auto code = item.substr(0, 3);
  if (code.size() != 3 || (item.size() > 3 && item[3] != ':'))
    throw std::invalid_argument{"type '" + std::string{item}
                                + "': write CODE or CODE:LENGTH, with a code of 3 characters"};
  for (const auto& known : measured_types)
    if (known.code == code) {
      if (item.size() > 3 && parse_length(item.substr(4), item) != known.length)
        throw std::invalid_argument{"type '" + std::string{code} + "' has "
                                    + std::to_string(known.length) + " bytes"};
      return {type_code{code}, known.length};
    }
  return {type_code{code},
          item.size() > 3 ? parse_length(item.substr(4), item) : default_dynamic_length};
}

void require(bool holds, const char* otherwise) {
  if (!holds)
    throw std::invalid_argument{otherwise};
}

bool is_rate(double rate) noexcept {
  return rate >= 0 && rate <= max_rate;
}

} // namespace

std::vector<sim_type> parse_sim_types(std::string_view text) {
  std::vector<sim_type> types;
  while (!text.empty()) {
    auto item = text.substr(0, text.find(','));
    types.push_back(parse_sim_type(item));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    if (types.size() > max_sim_types)
      throw std::invalid_argument{"at most 14 types"};
  }
  return types;
}

std::string_view to_string(reader_kind kind) noexcept {
  return kind == reader_kind::field ? "field" : "immediate";
}

std::optional<reader_kind> parse_reader_kind(std::string_view text) {
  for (auto kind : {reader_kind::field, reader_kind::immediate})
    if (text == to_string(kind))
      return kind;
  return std::nullopt;
}

void validate(const root_options& options) {
  require(make_root_codec(options.dialect) != nullptr, "the simulator speaks: classic");
  require(options.nodes <= max_sim_nodes, "at most 65534 nodes");
  require(options.types.size() <= max_sim_types, "at most 14 types");
  require(options.join_window >= 0s && options.join_window <= max_sim_time,
          "nodes join within 30 days");
  require(options.heartbeat == 0s
              || (options.heartbeat >= 1ms && options.heartbeat <= max_sim_time),
          "a heartbeat is from 1ms to 30 days, or 0");
  require(is_rate(options.rate) && is_rate(options.message_rate) && is_rate(options.request_rate),
          "a rate is from 0 to 10000000 a second");
  auto escapes = options.escape_percent.value_or(0);
  require(escapes >= 0 && escapes <= 100, "the share of escaped bytes is from 0 to 100 percent");
  require(options.steps.size() <= max_sim_steps, "at most 256 steps");
  for (const auto& step : options.steps)
    validate(step);
}

} // namespace xylem
