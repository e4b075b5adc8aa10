#include "actors/journal_sink.hpp"

#include "tests/gateway/temp_folder.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include <spdlog/sinks/ostream_sink.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

constexpr wall_time noon{1'795'348'800'123ms};

using entry_fields = std::multimap<std::string, std::string>;

/// What https://systemd.io/JOURNAL_NATIVE_PROTOCOL says of a datagram.
entry_fields fields_of(std::string_view datagram) {
  entry_fields found;
  while (!datagram.empty()) {
    auto line = datagram.substr(0, datagram.find('\n'));
    auto equals = line.find('=');
    std::string name{line.substr(0, equals)};
    datagram.remove_prefix(line.size() + 1);
    std::string value;
    if (equals != std::string_view::npos) {
      value = line.substr(equals + 1);
    } else {
      std::uint64_t size = 0;
      for (auto i = 0u; i < 8; ++i)
        size |= static_cast<std::uint64_t>(static_cast<unsigned char>(datagram[i])) << (8 * i);
      value = datagram.substr(8, size);
      REQUIRE(datagram[8 + size] == '\n');
      datagram.remove_prefix(8 + size + 1);
    }
    found.emplace(std::move(name), std::move(value));
  }
  return found;
}

/// A socket that plays the journal, and a log that writes to it, or to `text`.
struct journal {
  explicit journal(log_settings settings = {})
      : out{{settings,
             std::make_shared<journal_sink>(
               path, std::make_shared<spdlog::sinks::ostream_sink_mt>(text)),
             [this] { return now; }, true}} {}

  void listen() {
    socket = file_descriptor{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof where.sun_path);
    std::ranges::copy(path, where.sun_path);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
  }

  /// The next entry; none: it has no name.
  entry_fields next() const {
    std::string room(256 * 1024, '\0');
    auto size = ::recv(socket.get(), room.data(), room.size(), 0);
    return size < 0 ? entry_fields{}
                    : fields_of({room.data(), static_cast<std::size_t>(size)});
  }

  temp_folder folder;
  std::string path = folder / "journal";
  file_descriptor socket;
  std::ostringstream text;
  instant now{mono_time{} + 1h, noon};
  logger out;
};

} // namespace

TEST_CASE("the journal is told each part of a line as a field of its own") {
  journal it;
  it.listen();
  actor_log{it.out, "uart", "field"}.warning("port lost", {{"port", "/dev/ttyUSB0"},
                                                           {"baud", 115'200},
                                                           {"may_follow", true},
                                                           {"after", 50ms}});
  CHECK(it.next()
        == entry_fields{{"MESSAGE", "uart/field: port lost port=/dev/ttyUSB0 baud=115200 "
                                    "may_follow=true after=50ms"},
                        {"PRIORITY", "4"},
                        {"SYSLOG_IDENTIFIER", "xylem"},
                        {"XYLEM_MSG", "port lost"},
                        {"XYLEM_ACTOR", "uart"},
                        {"XYLEM_MESH", "field"},
                        {"XYLEM_PORT", "/dev/ttyUSB0"},
                        {"XYLEM_BAUD", "115200"},
                        {"XYLEM_MAY_FOLLOW", "true"},
                        {"XYLEM_AFTER", "50ms"}});
  CHECK(it.text.str().empty());
}

TEST_CASE("the journal is told each level as its priority") {
  journal it{{log_level::debug, log_format::logfmt}};
  it.listen();
  actor_log log{it.out, "recorder"};
  log.debug("a");
  log.info("b");
  log.warning("c");
  log.error("d");
  for (auto priority : {"7", "6", "4", "3"}) {
    auto entry = it.next();
    REQUIRE(entry.contains("PRIORITY"));
    CHECK(entry.find("PRIORITY")->second == priority);
    CHECK(!entry.contains("XYLEM_MESH"));
  }
}

TEST_CASE("a value of several lines is one field, and adds none") {
  journal it;
  it.listen();
  auto nasty = std::string{"a\nPRIORITY=0\n\x01\xff", 15};
  actor_log{it.out, "uart"}.info("m", {{"port", nasty}});
  auto entry = it.next();
  CHECK(entry.count("PRIORITY") == 1);
  CHECK(entry.find("XYLEM_PORT")->second == nasty);
  CHECK(entry.find("MESSAGE")->second == R"(uart: m port="a\nPRIORITY=0\n\x01\xff")");
}

TEST_CASE("whatever a key is, the journal gets a name that it takes") {
  auto key = "größe-2 of\n" + std::string(100, 'x');
  log_field odd{key, 1};
  auto entry = fields_of(to_journal({noon, log_level::info, "a", "", "m", {&odd, 1}}, "m", 0));
  auto found = std::ranges::find_if(entry, [](const auto& each) { return each.second == "1"; });
  REQUIRE(found != entry.end());
  CHECK(found->first.starts_with("XYLEM_GR__"));
  CHECK(found->first.size() <= 64);
  for (auto c : found->first)
    CHECK(((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'));
}

TEST_CASE("an entry for the journal has an end, however long its values are") {
  std::vector<log_field> fields(100, log_field{"k", std::string_view{}});
  std::string value(100'000, '\n');
  std::ranges::fill(fields, log_field{"k", value});
  auto text = to_journal({noon, log_level::info, value, value, value, fields}, value, 1);
  CHECK(text.size() < 80'000);
  auto entry = fields_of(text);
  CHECK(entry.count("XYLEM_K") == 32);
  CHECK(entry.find("XYLEM_K")->second.size() == 1024);
}

TEST_CASE("payload bytes reach the journal at debug alone") {
  journal it{{log_level::debug, log_format::logfmt}};
  it.listen();
  actor_log log{it.out, "uart"};
  log.info("m", {{"data", view_of("secret")}});
  log.debug("m", {{"data", view_of("secret")}});
  CHECK(it.next().find("XYLEM_DATA")->second == "6 bytes");
  CHECK(it.next().find("XYLEM_DATA")->second == "736563726574");
}

TEST_CASE("without a journal the lines are text with their priorities, and go back to it") {
  journal it;
  actor_log log{it.out, "uart"};
  log.error("a");
  CHECK(it.text.str() == "<3>time=2026-11-22T12:00:00.123Z level=error actor=uart msg=\"a\"\n");
  it.listen();
  log.error("b");
  CHECK(it.next().find("XYLEM_MSG")->second == "b");
  CHECK(it.text.str().find("\"b\"") == std::string::npos);
}

TEST_CASE("a journal that takes nothing does not hold the gateway up, and is told what it missed") {
  journal it;
  it.listen();
  auto sent = 0u;
  for (; sent < 5000; ++sent) // the kernel's queue is shorter
    it.out.write(log_level::info, "uart", "", std::to_string(sent));
  CHECK(it.text.str().empty());
  auto taken = 0u;
  while (!it.next().empty())
    ++taken;
  REQUIRE(taken < sent);
  it.out.write(log_level::info, "uart", "", "after");
  auto entry = it.next();
  CHECK(entry.find("XYLEM_MSG")->second == "after");
  REQUIRE(entry.contains("XYLEM_LOST_BEFORE"));
  CHECK(entry.find("XYLEM_LOST_BEFORE")->second == std::to_string(sent - taken));
  it.out.write(log_level::info, "uart", "", "then");
  CHECK(!it.next().contains("XYLEM_LOST_BEFORE"));
}

TEST_CASE("what was left out is told to the journal with its number") {
  journal it;
  it.listen();
  for (auto i = 0; i < 9; ++i)
    it.out.write(log_level::warning, "uart", "a", "bad frame");
  it.now.mono += 10s;
  it.out.tell_repeats();
  for (auto i = 0; i < 5; ++i)
    CHECK(!it.next().contains("XYLEM_REPEATED"));
  CHECK(it.next().find("XYLEM_REPEATED")->second == "4");
}

TEST_CASE("with JSON as the format the message in the journal is the object") {
  journal it{{log_level::info, log_format::json}};
  it.listen();
  actor_log{it.out, "uart"}.info("m", {{"baud", 9600}});
  CHECK(it.next().find("MESSAGE")->second.starts_with(R"({"time":"2026-11-22T12:00:00.123Z")"));
}

TEST_CASE("lines that can be asked for are the same with a journal") {
  journal it;
  it.listen();
  actor_log{it.out, "uart"}.info("m", {{"baud", 9600}});
  CHECK(it.out.recent(1)
        == std::vector<std::string>{
          "time=2026-11-22T12:00:00.123Z level=info actor=uart msg=\"m\" baud=9600"});
}
