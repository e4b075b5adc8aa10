#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace xylem::client {

enum class error_kind : std::uint8_t {
  unreachable,     ///< nobody accepted the connection in time
  untrusted,       ///< the certificate of what answers is not to be trusted
  timeout,         ///< connected, but the reply was not complete in time
  closed,          ///< the gateway ended the connection
  failure_reply,   ///< the gateway refused; the text is its text (wire §4, web §1.2)
  protocol,        ///< what came is not what a gateway answers
  invalid_request, ///< nothing was sent: this cannot be asked
};

std::string_view to_string(error_kind kind) noexcept;

struct error {
  error_kind kind = error_kind::protocol;
  std::string text{};
  std::string problem{}; ///< over HTTP, which one: `node-not-found` (web §1.2)

  bool operator==(const error&) const = default;
};

/// What a call without an answer of its own returns.
using done = std::monostate;

/// A value or the reason why there is none. Reading the one that is not there throws
/// std::bad_variant_access.
template <class T>
class [[nodiscard]] result {
public:
  result(T value) : content_{std::in_place_index<0>, std::move(value)} {}
  result(client::error reason) : content_{std::in_place_index<1>, std::move(reason)} {}

  explicit operator bool() const noexcept { return content_.index() == 0; }

  T& operator*() & { return std::get<0>(content_); }
  const T& operator*() const& { return std::get<0>(content_); }
  T operator*() && { return std::get<0>(std::move(content_)); }
  T* operator->() { return &std::get<0>(content_); }
  const T* operator->() const { return &std::get<0>(content_); }

  const client::error& error() const { return std::get<1>(content_); }

private:
  std::variant<T, client::error> content_;
};

} // namespace xylem::client
