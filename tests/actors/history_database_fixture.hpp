#pragma once

#include "actors/history_database.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include <stdlib.h>

namespace xylem {

/// A folder for a database, which goes away with it.
class database_folder {
public:
  database_folder() { REQUIRE(mkdtemp(folder_.data()) != nullptr); }
  ~database_folder() { std::filesystem::remove_all(folder_); }
  database_folder(const database_folder&) = delete;
  database_folder& operator=(const database_folder&) = delete;

  std::filesystem::path folder() const { return folder_; }
  std::filesystem::path file() const { return folder() / "history.db"; }

  database_settings settings(std::vector<std::string> meshes = {"first", "second"}) const {
    return {.file = file(), .meshes = std::move(meshes), .sync = false};
  }

private:
  std::string folder_ = (std::filesystem::temp_directory_path() / "xylem-record-XXXXXX").string();
};

inline constexpr wall_time test_day{std::chrono::sys_days{std::chrono::days{20'000}}};
inline const type_code test_type{std::string_view{"GPS"}};

/// One reading a second, numbered as the events are.
inline event reading_event(std::uint64_t seq, std::uint16_t node = 1) {
  bytes data;
  append_big(data, static_cast<std::uint32_t>(seq));
  return {.seq = seq,
          .time = test_day + std::chrono::seconds{seq},
          .id = seq,
          .node = {node},
          .code = test_type,
          .data = small_bytes{data}};
}

inline event log_event(std::uint64_t seq, std::string_view text = "booted") {
  return {.seq = seq,
          .time = test_day + std::chrono::seconds{seq},
          .kind = event_kind::root_log,
          .data = small_bytes{view_of(text)}};
}

/// Of the numbers from `first` to `last`.
template <class Make>
std::vector<event> events_of(std::uint64_t first, std::uint64_t last, Make&& make) {
  std::vector<event> events;
  for (auto seq = first; seq <= last; ++seq)
    events.push_back(make(seq));
  return events;
}

inline std::vector<event> log_events(std::uint64_t first, std::uint64_t last) {
  return events_of(first, last, [](auto seq) { return log_event(seq); });
}

inline std::vector<event> reading_events(std::uint64_t first, std::uint64_t last) {
  return events_of(first, last, [](auto seq) { return reading_event(seq); });
}

using life_events = std::vector<std::pair<std::uint64_t, event>>;

inline life_events all_events(const history_database& database, cursor after = {}) {
  life_events found;
  database.for_each_event(after,
                          [&](auto epoch, const event& what) { found.emplace_back(epoch, what); });
  return found;
}

inline const series_name test_series{{0}, {1}, test_type};

inline std::vector<std::uint64_t> numbers_of(const std::vector<reading>& readings) {
  std::vector<std::uint64_t> numbers;
  for (const auto& what : readings)
    numbers.push_back(what.seq);
  return numbers;
}

inline std::vector<reading> all_readings(const history_database& database,
                                         const series_name& series = test_series,
                                         const reading_range& range = {}) {
  std::vector<reading> found;
  database.for_each_reading(series, range, [&](const reading& what) {
    found.push_back(what);
    return true;
  });
  return found;
}

inline void pack_all(history_database& database) {
  while (database.pack(1000))
    ;
}

template <class Work>
database_fault fault_of(Work&& work) {
  try {
    work();
  } catch (const database_error& thrown) {
    INFO(thrown.what());
    CHECK_FALSE(std::string_view{thrown.what()}.empty());
    return thrown.fault();
  }
  FAIL("nothing was thrown");
  return {};
}

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_content(const std::filesystem::path& file, std::string_view content) {
  std::ofstream{file, std::ios::binary | std::ios::trunc} << content;
}

} // namespace xylem
