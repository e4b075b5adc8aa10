#include "app/commands/reading_target.hpp"

namespace xylem {

namespace {

client::error wrong(std::string text) {
  return {client::error_kind::invalid_request, std::move(text)};
}

/// Three characters, or `0x` and six digits.
std::optional<type_code> parse_full_type(const std::string& word) {
  auto code = parse_type_code(word);
  return code && code->size() == type_code::max_size ? code : std::nullopt;
}

std::optional<reading_target> pair_of(const std::string& type, const std::string& node) {
  auto code = parse_full_type(type);
  auto address = parse_node_address(node);
  if (!code || !address)
    return std::nullopt;
  return reading_target{code, address};
}

} // namespace

client::result<reading_target> parse_reading_target(const std::vector<std::string>& words) {
  if (words.size() == 1) {
    if (auto code = parse_full_type(words[0]))
      return reading_target{code, std::nullopt};
    if (auto node = parse_node_address(words[0]))
      return reading_target{std::nullopt, node};
    return wrong(words[0]
                 + " is no data type: give three characters such as GPS, or 0x and six digits");
  }
  if (words.size() != 2)
    return wrong("give a data type, and a node for one node's reading");
  auto type_first = pair_of(words[0], words[1]);
  auto node_first = pair_of(words[1], words[0]);
  if (type_first && node_first && *type_first != *node_first)
    return wrong("either of " + words[0] + " and " + words[1]
                 + " could be the node: write the data type as 0x and six digits");
  if (type_first)
    return *type_first;
  if (node_first)
    return *node_first;
  return wrong(words[0] + " " + words[1]
               + " is no data type and node: give for example GPS 5, or GPS 0x0005");
}

} // namespace xylem
