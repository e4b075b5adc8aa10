#pragma once

#include "protocol/basp_firewall.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/sec.hpp>

#include <concepts>

/// Messages that leave the process. CAF carries each as one text, which a codec of protocol/
/// encodes and decodes, and the firewall lets only such texts pass.
namespace xylem {

/// How a message is decoded; it is encoded by encode(what).
template <class Message>
std::optional<Message> decode(std::string_view encoded);

/// The name of the type, for CAF and on the wire. To be specialised.
template <class T>
inline constexpr std::string_view remote_type_name{};

template <class T>
concept remote_type =
    !remote_type_name<T>.empty() && std::default_initializable<T> && requires(const T& what) {
  { encode(what) } -> std::convertible_to<std::string>;
};

/// What inspect() of such a type does.
template <class Inspector, class T>
typename Inspector::result_type inspect_encoded(Inspector& f, T& what) {
  std::string encoded;
  if constexpr (Inspector::reads_state) {
    encoded = encode(what);
    return f(encoded);
  } else {
    auto load = [&]() -> caf::error {
      auto decoded = decode<T>(encoded);
      if (!decoded)
        return caf::sec::invalid_argument; // never seen: the firewall has decoded it, too
      what = *std::move(decoded);
      return caf::none;
    };
    return f(encoded, caf::meta::load_callback(load));
  }
}

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
