#pragma once

#include "protocol/small_bytes.hpp"
#include "protocol/time.hpp"
#include "protocol/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <concepts>

/// The encoding of monitor §4: how each kind of member is written and read. A struct is described
/// once for both by a function template `fields`.
namespace xylem {

/// `What`, const when it is written.
template <class T, class What>
concept maybe_const = std::same_as<std::remove_const_t<T>, What>;

/// What a list may hold, and what an element of it takes at least.
struct list_limits {
  std::size_t most;
  std::size_t least_bytes;
};

/// What a text may have beside printable characters.
enum class text_kind : std::uint8_t { line, document };

/// Highest number of an event, a reading or a command: JSON holds it exactly.
inline constexpr auto highest_count = (std::uint64_t{1} << 53) - 1;

/// The end of the year 9999: what can be shown, and be subtracted from any other.
inline constexpr std::chrono::milliseconds latest_time{253'402'300'799'999};

/// The writing half. What it writes can be read: a text or a run of bytes beyond its bound is cut,
/// what a text must not have is a `?`. Lists are within their bounds.
class message_writer {
public:
  explicit message_writer(std::string& out) noexcept : out_{out} {}

  template <std::unsigned_integral T>
  void number(T value) {
    std::array<std::byte, sizeof(T)> raw;
    write_big(raw.data(), value);
    out_ += text_of(raw);
  }

  void count(std::uint64_t value) { number(value); }
  void real(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void flag(bool value) { number(std::uint8_t{value}); }

  template <class Enum>
  void one_of(Enum value, Enum last) {
    number(static_cast<std::uint8_t>(std::min(value, last)));
  }

  void moment(wall_time time) {
    auto since = std::clamp(time.time_since_epoch(), -latest_time, latest_time);
    number(static_cast<std::uint64_t>(since.count()));
  }

  void text(std::string_view value, std::size_t most, text_kind kind = text_kind::line);

  void run(bytes_view data, std::size_t most) {
    auto kept = data.first(std::min(data.size(), most));
    number(static_cast<std::uint32_t>(kept.size()));
    raw(kept);
  }

  void run(const small_bytes& data, std::size_t most) { run(data.view(), most); }
  void raw(bytes_view data) { out_ += text_of(data); }

  /// Whatever is left of the message.
  void rest(const std::string& data) { out_ += data; }

  template <class T, class Visit>
  void maybe(const std::optional<T>& value, const Visit& visit) {
    flag(value.has_value());
    if (value)
      visit(*value);
  }

  template <class T>
  void list(const std::vector<T>& items, [[maybe_unused]] list_limits limits) {
    assert(items.size() <= limits.most);
    number(static_cast<std::uint32_t>(items.size()));
    for (const auto& item : items)
      fields(*this, item);
  }

private:
  std::string& out_;
};

/// The reading half. What is wrong once is wrong for good, and nothing is read any more. Nothing is
/// allocated for a count before the bytes that it needs are there.
class message_reader {
public:
  explicit message_reader(std::string_view encoded) noexcept : left_{view_of(encoded)} {}

  bool failed() const noexcept { return failed_; }

  void require(bool holds) noexcept {
    if (holds)
      return;
    failed_ = true;
    left_ = byte_reader{{}};
  }

  template <std::unsigned_integral T>
  void number(T& value) noexcept {
    auto read = left_.big<T>();
    require(read.has_value());
    value = read.value_or(0);
  }

  void count(std::uint64_t& value) noexcept {
    number(value);
    require(value <= highest_count);
  }

  void real(double& value) noexcept {
    value = std::bit_cast<double>(next<std::uint64_t>());
    require(std::isfinite(value));
  }

  void flag(bool& value) noexcept {
    auto read = next<std::uint8_t>();
    require(read <= 1);
    value = read == 1;
  }

  template <class Enum>
  void one_of(Enum& value, Enum last) noexcept {
    auto read = next<std::uint8_t>();
    require(read <= static_cast<std::uint8_t>(last));
    value = failed_ ? Enum{} : static_cast<Enum>(read);
  }

  void moment(wall_time& time) noexcept {
    auto since = std::chrono::milliseconds{static_cast<std::int64_t>(next<std::uint64_t>())};
    require(since <= latest_time && since >= -latest_time);
    time = wall_time{failed_ ? std::chrono::milliseconds{} : since};
  }

  void text(std::string& value, std::size_t most, text_kind kind = text_kind::line);

  void run(bytes& data, std::size_t most) { data = copy_of(run(most)); }
  void run(small_bytes& data, std::size_t most) { data = small_bytes{run(most)}; }

  /// A view of the message.
  bytes_view run(std::size_t most) noexcept {
    auto length = next<std::uint32_t>();
    require(length <= most);
    return taken(length);
  }

  void raw(std::span<std::byte> data) noexcept {
    auto read = taken(data.size());
    if (!failed_)
      std::ranges::copy(read, data.begin());
  }

  void rest(std::string& data) {
    data = text_of(left_.rest());
    left_ = byte_reader{{}};
  }

  template <class T, class Visit>
  void maybe(std::optional<T>& value, const Visit& visit) {
    auto is_there = false;
    flag(is_there);
    if (is_there)
      visit(value.emplace());
  }

  template <class T>
  void list(std::vector<T>& items, list_limits limits) {
    auto length = next<std::uint32_t>();
    require(length <= limits.most && length <= left_.rest().size() / limits.least_bytes);
    if (failed_)
      return;
    items.resize(length);
    for (auto item = items.begin(); item != items.end() && !failed_; ++item)
      fields(*this, *item);
  }

private:
  template <class T>
  T next() noexcept {
    T value{};
    number(value);
    return value;
  }

  bytes_view taken(std::size_t size) noexcept {
    auto read = left_.take(failed_ ? 0 : size);
    require(read.has_value());
    return read.value_or(bytes_view{});
  }

  byte_reader left_;
  bool failed_ = false;
};

template <class Message>
std::string encode_fields(const Message& what) {
  constexpr std::size_t usual_size = 256; // a page of a few events: room is taken once
  std::string out;
  out.reserve(usual_size);
  message_writer archive{out};
  fields(archive, what);
  return out;
}

/// What a later version has added at the end is skipped.
template <class Message>
std::optional<Message> decode_fields(std::string_view encoded) {
  std::optional<Message> read{std::in_place};
  message_reader archive{encoded};
  fields(archive, *read);
  if (archive.failed())
    read.reset();
  return read;
}

} // namespace xylem
