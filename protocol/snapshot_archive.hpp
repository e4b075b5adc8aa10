#pragma once

#include "protocol/snapshot_body.hpp"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/endian/conversion.hpp>

#include <concepts>
#include <streambuf>

namespace xylem {

/// Writes to the end of bytes that somebody else owns; complete after finish().
class memory_sink final : public std::streambuf {
public:
  explicit memory_sink(bytes& out) : out_{out}, used_{out.size()} {}

  void finish() { out_.resize(used_ + written()); }

protected:
  int_type overflow(int_type next) override {
    used_ += written();
    out_.resize(std::max<std::size_t>(2 * out_.size(), 64 * 1024));
    auto* begin = reinterpret_cast<char*>(out_.data());
    setp(begin + used_, begin + out_.size());
    return traits_type::eq_int_type(next, traits_type::eof()) ? traits_type::not_eof(next)
                                                              : sputc(static_cast<char>(next));
  }

private:
  std::size_t written() const { return static_cast<std::size_t>(pptr() - pbase()); }

  bytes& out_;
  std::size_t used_; // before pbase()
};

/// Reads bytes that somebody else owns.
class memory_source final : public std::streambuf {
public:
  explicit memory_source(bytes_view data) {
    auto* begin = const_cast<char*>(reinterpret_cast<const char*>(data.data())); // never written
    setg(begin, begin, begin + data.size());
  }

  std::size_t left() const noexcept { return static_cast<std::size_t>(egptr() - gptr()); }
};

/// What a list may hold, and what an item of it takes at least.
struct list_bounds {
  std::uint32_t most;
  std::size_t least_bytes;
};

/// No header: what it says depends on Boost's version and on the machine. Only numbers of known
/// width and runs of bytes are written, little-endian.
inline constexpr unsigned archive_flags =
    boost::archive::no_header | boost::archive::no_codecvt | boost::archive::no_tracking;

inline void require_sound(bool holds, const char* otherwise) {
  if (!holds)
    throw snapshot_flaw{otherwise};
}

/// The writing half; each function has its twin in snapshot_reader, and both check the same. A
/// struct is described once for both by a function template `fields`.
class snapshot_writer {
public:
  explicit snapshot_writer(bytes& out) : sink_{out}, archive_{sink_, archive_flags} {}

  void finish() { sink_.finish(); }

  template <std::unsigned_integral T>
  void number(T value) {
    const auto little = boost::endian::native_to_little(value);
    archive_ << little;
  }

  template <class Enum>
  void one_of(Enum value, Enum last) {
    require_sound(value <= last, "has a value that no enumeration has");
    number(static_cast<std::uint8_t>(value));
  }

  void raw(std::span<const std::byte> data) { archive_.save_binary(data.data(), data.size()); }

  template <class Container>
  void run(const Container& data, std::size_t most) {
    require_sound(data.size() <= most, "has too long a run of bytes");
    number(static_cast<std::uint16_t>(data.size()));
    raw(std::as_bytes(std::span{data.data(), data.size()}));
  }

  void run(const small_bytes& data, std::size_t most) { run(data.view(), most); }

  void code(type_code value) {
    number(static_cast<std::uint8_t>(value.size()));
    raw(value.view());
  }

  void milliseconds(wall_time time) {
    number(static_cast<std::uint64_t>(time.time_since_epoch().count()));
  }

  template <class T, class Visit>
  void maybe(const std::optional<T>& value, const Visit& visit) {
    number(std::uint8_t{value.has_value()});
    if (value)
      visit(*value);
  }

  template <class T>
  void list(const std::vector<T>& items, list_bounds bounds) {
    require_sound(items.size() <= bounds.most, "has too long a list");
    number(static_cast<std::uint32_t>(items.size()));
    for (const auto& item : items)
      fields(*this, item);
  }

private:
  memory_sink sink_;
  boost::archive::binary_oarchive archive_;
};

/// The reading half. Nothing is allocated for a count before the bytes that it needs are there.
class snapshot_reader {
public:
  explicit snapshot_reader(bytes_view body) : source_{body}, archive_{source_, archive_flags} {}

  bool at_end() const noexcept { return source_.left() == 0; }

  template <std::unsigned_integral T>
  void number(T& value) {
    archive_ >> value;
    boost::endian::little_to_native_inplace(value);
  }

  template <class Enum>
  void one_of(Enum& value, Enum last) {
    auto read = next<std::uint8_t>();
    require_sound(read <= static_cast<std::uint8_t>(last), "has a value that no enumeration has");
    value = static_cast<Enum>(read);
  }

  void raw(std::span<std::byte> data) { archive_.load_binary(data.data(), data.size()); }

  template <class Container>
  void run(Container& data, std::size_t most) {
    data.resize(next_length(most));
    raw(std::as_writable_bytes(std::span{data.data(), data.size()}));
  }

  void run(small_bytes& data, std::size_t most) {
    run(scratch_, most);
    data = small_bytes{scratch_};
  }

  void code(type_code& value) {
    std::array<std::byte, type_code::max_size> room;
    auto size = next<std::uint8_t>();
    require_sound(size <= room.size(), "has too long a data type");
    raw(std::span{room}.first(size));
    value = type_code{bytes_view{room}.first(size)};
  }

  void milliseconds(wall_time& time) {
    time = wall_time{std::chrono::milliseconds{static_cast<std::int64_t>(next<std::uint64_t>())}};
  }

  template <class T, class Visit>
  void maybe(std::optional<T>& value, const Visit& visit) {
    auto is_there = next<std::uint8_t>();
    require_sound(is_there <= 1, "has what is neither there nor not");
    if (is_there == 1)
      visit(value.emplace());
  }

  template <class T>
  void list(std::vector<T>& items, list_bounds bounds) {
    auto count = next<std::uint32_t>();
    require_sound(count <= bounds.most, "has too long a list");
    require_sound(count <= source_.left() / bounds.least_bytes, "ends within a list");
    items.resize(count);
    for (auto& item : items)
      fields(*this, item);
  }

private:
  template <class T>
  T next() {
    T value{};
    number(value);
    return value;
  }

  std::size_t next_length(std::size_t most) {
    std::size_t length = next<std::uint16_t>();
    require_sound(length <= most, "has too long a run of bytes");
    require_sound(length <= source_.left(), "ends within a run of bytes");
    return length;
  }

  memory_source source_;
  boost::archive::binary_iarchive archive_;
  bytes scratch_;
};

} // namespace xylem
