#pragma once

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/sec.hpp>

#include <optional>
#include <string>
#include <string_view>

/// CAF carries a message that leaves the process as one text, which a codec of protocol/ encodes.
namespace xylem {

/// How a message is decoded; it is encoded by encode(what).
template <class Message>
std::optional<Message> decode(std::string_view encoded);

/// What inspect() of such a message does.
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

} // namespace xylem
