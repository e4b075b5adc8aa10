#include "history_database_fixture.hpp"

#include <map>
#include <random>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t page_bytes = 4096;

struct content {
  life_events events{};
  std::vector<reading> readings{};
  std::uint64_t last_reading = 0;
  cursor reached{};

  bool operator==(const content&) const = default;
};

content content_of(const history_database& database) {
  content found{.events = all_events(database),
                .last_reading = database.last_reading({0}),
                .reached = database.reached()};
  for (std::uint16_t node = 0; node < 10; ++node)
    for (const auto& what : all_readings(database, {{0}, {node}, test_type}))
      found.readings.push_back(what);
  return found;
}

enum class outcome { refused, same, different };

/// A database on disk that is damaged again and again.
class damaged_database {
public:
  damaged_database() {
    {
      history_database database{in_.settings()};
      auto make = [](auto seq) {
        return seq % 5 == 0 ? log_event(seq, std::string(20 + seq % 300, 'x'))
                            : reading_event(seq, static_cast<std::uint16_t>(seq % 10));
      };
      database.append(5, events_of(1, 1500, make));
      database.pack(800);
      database.end_life({5, 1500});
      database.append(6, log_events(1, 50));
      expected_ = content_of(database);
    }
    original_ = xylem::content_of(in_.file());
    REQUIRE(expected_.readings.size() == 1200);
  }

  const std::string& original() const { return original_; }

  outcome open(const std::string& damaged) {
    for (auto ending : {"-wal", "-shm"})
      std::filesystem::remove(in_.file().string() + ending);
    write_content(in_.file(), damaged);
    try {
      history_database database{in_.settings()};
      return content_of(database) == expected_ ? outcome::same : outcome::different;
    } catch (const database_error& thrown) {
      CHECK((thrown.fault() == database_fault::corrupt || thrown.fault() == database_fault::newer));
      return outcome::refused;
    }
  }

private:
  database_folder in_;
  content expected_{};
  std::string original_{};
};

using outcomes = std::map<outcome, int>;

std::string with_byte(std::string content, std::size_t at, unsigned value) {
  content[at] = static_cast<char>(value);
  return content;
}

unsigned byte_at(const std::string& content, std::size_t at) {
  return static_cast<unsigned char>(content[at]);
}

unsigned another_byte(unsigned than, std::mt19937& random) {
  return than ^ static_cast<unsigned>(1 + random() % 255);
}

/// Where a page's own header is: the first one has that of the database before it.
std::size_t header_of(std::size_t page) {
  return page * page_bytes + (page == 0 ? 100 : 0);
}

} // namespace

TEST_CASE("whatever byte of a database's header is damaged, it is refused or reads the same") {
  damaged_database database;
  outcomes seen;
  for (std::size_t at = 0; at < 100; ++at) {
    auto was = byte_at(database.original(), at);
    for (unsigned bit = 0; bit < 8; ++bit)
      ++seen[database.open(with_byte(database.original(), at, was ^ (1U << bit)))];
    for (auto value : {0x00U, 0xFFU})
      if (was != value)
        ++seen[database.open(with_byte(database.original(), at, value))];
  }
  CHECK(seen[outcome::refused] + seen[outcome::same] > 900);
  CHECK(seen[outcome::refused] > 300);
  CHECK(seen[outcome::different] == 0);
  MESSAGE("header: ", seen[outcome::refused], " refused, ", seen[outcome::same], " the same");
}

TEST_CASE("a database that was cut off is refused") {
  damaged_database database;
  std::mt19937 random{1};
  auto whole = database.original().size();
  for (std::size_t size = 1; size < whole; size += 1 + random() % (whole / 200)) {
    INFO(size);
    CHECK(database.open(database.original().substr(0, size)) == outcome::refused);
  }
  CHECK(database.open(database.original().substr(0, whole - 1)) == outcome::refused);
}

TEST_CASE("pages whose headers are damaged are refused or read the same") {
  damaged_database database;
  std::mt19937 random{2};
  outcomes seen;
  auto pages = database.original().size() / page_bytes;
  for (auto round = 0; round < 800; ++round) {
    auto at = header_of(random() % pages) + random() % 8;
    auto was = byte_at(database.original(), at);
    ++seen[database.open(with_byte(database.original(), at, another_byte(was, random)))];
  }
  CHECK(seen[outcome::refused] > 400);
  CHECK(seen[outcome::different] == 0);
  MESSAGE("pages' headers: ", seen[outcome::refused], " refused, ", seen[outcome::same],
          " the same");
}

TEST_CASE("pages that are lost, torn or in another's place are refused or read the same") {
  damaged_database database;
  std::mt19937 random{3};
  outcomes seen;
  auto pages = database.original().size() / page_bytes;
  for (auto round = 0; round < 300; ++round) {
    auto damaged = database.original();
    auto to = random() % pages * page_bytes, from = random() % pages * page_bytes;
    auto sectors = 512 * (1 + random() % 8);
    if (round % 2 == 0)
      damaged.replace(to, sectors, sectors, round % 4 == 0 ? '\0' : '\xFF');
    else
      damaged.replace(to, sectors, database.original(), from, sectors);
    ++seen[database.open(damaged)];
  }
  CHECK(seen[outcome::refused] > 200);
  MESSAGE("pages: ", seen[outcome::refused], " refused, ", seen[outcome::same], " the same, ",
          seen[outcome::different], " different");
}

/// SQLite has no checksum of a page: a byte of a value is not noticed.
TEST_CASE(
    "wherever a byte is damaged, nothing crashes, and most of what is not a value is refused") {
  damaged_database database;
  std::mt19937 random{4};
  outcomes seen;
  for (auto round = 0; round < 1000; ++round) {
    auto at = random() % database.original().size();
    auto was = byte_at(database.original(), at);
    ++seen[database.open(with_byte(database.original(), at, another_byte(was, random)))];
  }
  MESSAGE("anywhere: ", seen[outcome::refused], " refused, ", seen[outcome::same], " the same, ",
          seen[outcome::different], " different");
}
