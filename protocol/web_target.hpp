#pragma once

#include "protocol/web_request.hpp"

namespace xylem {

/// Longest target of a request.
inline constexpr std::size_t longest_target = 2048;

/// A target in origin form, taken apart: the segments of its path without escapes, and its query.
/// Views live as long as this and the text that it read.
class web_target {
public:
  /// What is wrong with it; call it once.
  std::optional<problem> read(std::string_view text);

  std::string_view path() const noexcept { return path_; }   ///< as it was written
  std::string_view query() const noexcept { return query_; } ///< without `?`, as it was written

  /// `/` has one segment, which is empty.
  std::size_t size() const noexcept { return size_; }
  std::string_view operator[](std::size_t index) const noexcept { return segments_[index]; }

  /// `text`, a part of what was read, without escapes; nothing when one is broken. Call it for
  /// every part once at most.
  std::optional<std::string_view> decoded(std::string_view text) noexcept;

private:
  static constexpr std::size_t most_segments = 16;

  std::string_view path_;
  std::string_view query_;
  std::array<std::string_view, most_segments> segments_;
  std::size_t size_ = 0;
  std::array<char, longest_target> room_; // of what had escapes, the first used_
  std::size_t used_ = 0;
};

enum class web_parameter : std::uint8_t { status, max_age, from, to, limit, cursor, step };

/// A set of web_parameter.
using web_parameters = std::uint16_t;

constexpr web_parameters parameter_bit(web_parameter which) noexcept {
  return static_cast<web_parameters>(1u << static_cast<unsigned>(which));
}

/// Reads the query of `target` into `call`; or what is wrong with it.
std::optional<problem> read_web_query(web_call& call, web_parameters takes, web_target& target);

/// 1 to 32 of a-z, 0-9, `_` and `-`; of a mesh that is followed, behind the names of its gateways:
/// `north/field` (monitor §5).
bool is_mesh_name(std::string_view text) noexcept;

/// Digits only, at most 2⁶⁴-1.
std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;

} // namespace xylem
