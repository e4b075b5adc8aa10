#include "protocol/monitor_names.hpp"

#include "protocol/spelling.hpp"

#include <algorithm>
#include <limits>

namespace xylem {

namespace {

constexpr std::uint64_t positions = 256;

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/// `office`, and `office#2` from the second on.
std::string numbered(const std::string& name, std::size_t number) {
  return number == 1 ? name : name + "#" + std::to_string(number);
}

} // namespace

bool is_node_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= monitor_limits::node_name
         && std::ranges::all_of(text, is_name_character);
}

bool is_mesh_path(std::string_view text) noexcept {
  if (text.size() > monitor_limits::mesh_path)
    return false;
  for (auto slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/')) {
    if (!is_node_name(text.substr(0, slash)))
      return false;
    text.remove_prefix(slash + 1);
  }
  return is_node_name(text);
}

std::optional<std::string> mesh_path(std::string_view gateway, std::string_view mesh) {
  auto path = std::string{gateway} + '/' + std::string{mesh};
  return is_mesh_path(path) ? std::optional{std::move(path)} : std::nullopt;
}

std::optional<command_id> id_here(const followed_command& what) noexcept {
  auto there = what.id.value;
  if (what.gateway >= monitor_limits::gateways || there == 0
      || there > std::numeric_limits<std::uint64_t>::max() / positions)
    return std::nullopt;
  return command_id{there * positions + what.gateway + 1};
}

std::optional<followed_command> id_there(command_id here) noexcept {
  auto number = here.value % positions;
  auto there = here.value / positions;
  if (number == 0 || there == 0)
    return std::nullopt;
  return followed_command{static_cast<std::size_t>(number - 1), {there}};
}

std::optional<std::string> gateway_names::claim(std::size_t gateway, const std::string& name) {
  release(gateway);
  if (!is_node_name(name))
    return "a gateway calls itself " + in_quotes(name)
           + ", expected 1 to 64 of a-z, 0-9, `.`, `_`, `-`";
  auto [owner, is_new] = owners_.emplace(name, gateway);
  if (is_new)
    return std::nullopt;
  return "another gateway is called " + in_quotes(name)
         + " already: give one of them a name of its own in [[gateway]]";
}

void gateway_names::release(std::size_t gateway) {
  std::erase_if(owners_, [&](const auto& one) { return one.second == gateway; });
}

std::optional<std::string> gateway_names::name_of(std::size_t gateway) const {
  auto found = std::ranges::find_if(owners_, [&](const auto& o) { return o.second == gateway; });
  return found == owners_.end() ? std::nullopt : std::optional{found->first};
}

std::optional<std::string> connection_names::take(const std::string& name) {
  for (std::size_t number = 1; number <= most_; ++number)
    if (auto [made, is_new] = taken_.insert(numbered(name, number)); is_new)
      return *made;
  return std::nullopt;
}

void connection_names::give_back(const std::string& taken) {
  taken_.erase(taken);
}

} // namespace xylem
