#include "protocol/event_journal.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;

namespace {

constexpr journal_identity who{.epoch = 7, .meshes = 99};

/// Memory as a mapped file has it: aligned.
struct journal_memory {
  explicit journal_memory(std::size_t size) : words(size / 8) {}

  std::span<std::byte> all() { return std::as_writable_bytes(std::span{words}); }

  std::vector<std::uint64_t> words;
};

event nth(std::uint64_t seq, std::size_t data_size = 6) {
  return {.seq = seq,
          .time = wall_time{std::chrono::milliseconds{1000 + static_cast<std::int64_t>(seq)}},
          .id = 10 * seq,
          .mesh = {1},
          .node = {static_cast<std::uint16_t>(seq)},
          .code = type_code{std::string_view{"GPS"}},
          .kind = event_kind::reading,
          .state = 1,
          .data = small_bytes{bytes(data_size, std::byte{0x5A})}};
}

std::vector<event> first_events(std::uint64_t count) {
  std::vector<event> all;
  for (std::uint64_t seq = 1; seq <= count; ++seq)
    all.push_back(nth(seq));
  return all;
}

} // namespace

TEST_CASE("a journal gives back every event with all its parts") {
  journal_memory memory{4096};
  journal_writer writer{memory.all(), who};
  for (const auto& what : first_events(10))
    writer.append(what);
  auto read = read_journal(memory.all());
  REQUIRE(read);
  CHECK(read->who == who);
  CHECK(read->events == first_events(10));
}

TEST_CASE("a journal that is full forgets the oldest half and never the newest event") {
  journal_memory memory{2048};
  journal_writer writer{memory.all(), who};
  for (std::uint64_t seq = 1; seq <= 200; ++seq) {
    writer.append(nth(seq));
    auto read = read_journal(memory.all());
    REQUIRE(read);
    REQUIRE_FALSE(read->events.empty());
    CHECK(read->events.back() == nth(seq));
    for (std::size_t i = 1; i < read->events.size(); ++i)
      REQUIRE(read->events[i].seq == read->events[i - 1].seq + 1);
    if (seq > 50)
      CHECK(read->events.size() >= 10);
  }
}

TEST_CASE("an event that is longer than half a journal is left out, the others are kept") {
  journal_memory memory{1024};
  journal_writer writer{memory.all(), who};
  writer.append(nth(1));
  writer.append(nth(2, 2000));
  writer.append(nth(3));
  auto read = read_journal(memory.all());
  REQUIRE(read);
  CHECK(read->events == std::vector{nth(1), nth(3)});
}

TEST_CASE("a journal that was cut off within an entry has those before it") {
  journal_memory memory{4096};
  journal_writer writer{memory.all(), who};
  for (const auto& what : first_events(3))
    writer.append(what);
  auto before = memory.words;
  writer.append(nth(4));
  auto after = memory.words;
  // Whatever of the entry was stored, its length is stored last: that word is still 0.
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < after.size(); ++i)
    if (before[i] != after[i])
      changed.push_back(i);
  REQUIRE(changed.size() > 1);
  for (std::size_t stored = 1; stored < changed.size(); ++stored) {
    memory.words = before;
    for (std::size_t i = 1; i <= stored; ++i)
      memory.words[changed[i]] = after[changed[i]];
    auto read = read_journal(memory.all());
    REQUIRE(read);
    CHECK(read->events == first_events(3));
  }
}

TEST_CASE("memory that is no journal is none, and a broken one is read up to where it breaks") {
  CHECK_FALSE(read_journal({}));
  CHECK_FALSE(read_journal(journal_memory{4096}.all()));
  std::minstd_rand random{1};
  for (int round = 0; round < 5'000; ++round) {
    journal_memory memory{1024};
    journal_writer writer{memory.all(), who};
    for (const auto& what : first_events(12))
      writer.append(what);
    for (int i = 0; i < 4; ++i)
      memory.all()[random() % memory.all().size()] = static_cast<std::byte>(random());
    if (auto read = read_journal(memory.all()))
      for (std::size_t i = 1; i < read->events.size(); ++i)
        REQUIRE(read->events[i].seq > read->events[i - 1].seq);
  }
}

TEST_CASE("a journal without memory keeps nothing and asks for nothing") {
  journal_writer none;
  none.append(nth(1));
  journal_memory small{128};
  journal_writer too_small{small.all(), who};
  too_small.append(nth(1));
  CHECK_FALSE(read_journal(small.all()));
}

TEST_CASE("the same meshes in the same order have the same fingerprint, others have not") {
  using names = std::vector<std::string>;
  CHECK(fingerprint_of(names{"a", "b"}) == fingerprint_of(names{"a", "b"}));
  CHECK(fingerprint_of(names{"a", "b"}) != fingerprint_of(names{"b", "a"}));
  CHECK(fingerprint_of(names{"ab"}) != fingerprint_of(names{"a", "b"}));
}

TEST_CASE("commands that were handed over are remembered, the latest ones, but those that were taken back") {
  journal_memory memory{handover_writer::memory_size};
  handover_writer writer{memory.all()};
  writer.mark({5});
  writer.mark({6});
  writer.unmark({5});
  CHECK(read_handovers(memory.all()) == std::vector{command_id{6}});
  for (std::uint64_t id = 100; id < 3000; ++id)
    writer.mark({id});
  auto ids = read_handovers(memory.all());
  CHECK(ids.size() == handover_writer::memory_size / 8 - 1);
  CHECK(std::ranges::find(ids, command_id{2999}) != ids.end());
  handover_writer next{memory.all()};
  CHECK(read_handovers(memory.all()).empty());
  CHECK(read_handovers({}).empty());
}
