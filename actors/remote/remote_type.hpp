#pragma once

#include "actors/remote/encoded_inspect.hpp"
#include "protocol/basp_firewall.hpp"

#include <caf/actor_system_config.hpp>

#include <concepts>

/// Messages that leave the process. Each goes as one text, which a codec of protocol/ encodes and
/// decodes; the firewall lets only such texts pass.
namespace xylem {

/// The name of the type, for CAF and on the wire. To be specialised.
template <class T>
inline constexpr std::string_view remote_type_name{};

template <class T>
concept remote_type =
    !remote_type_name<T>.empty() && std::default_initializable<T> && requires(const T& what) {
  { encode(what) } -> std::convertible_to<std::string>;
};

/// Both sides of a connection register the same types.
template <remote_type... Ts>
void add_remote_types(caf::actor_system_config& config) {
  (config.add_message_type<Ts>(std::string{remote_type_name<Ts>}), ...);
}

/// What the firewall lets pass of what a peer says.
template <remote_type... Ts>
std::vector<basp_message_rule> rules_for() {
  return {{std::string{remote_type_name<Ts>},
           [](std::string_view text) { return decode<Ts>(text).has_value(); }}...};
}

} // namespace xylem
