#include "actors/log.hpp"

#include "actors/log_repeats.hpp"
#include "actors/log_text.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <limits>
#include <sstream>
#include <thread>

#include <spdlog/sinks/ostream_sink.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

/// 2026-11-22T12:00:00.123Z: `date -ud 2026-11-22T12:00:00Z +%s` is 1795348800.
constexpr wall_time noon{1'795'348'800'123ms};

/// A logger whose time stands still until it is moved, and which writes into a string.
struct test_log {
  explicit test_log(log_settings settings = {}, bool journal = false)
      : out{{settings, std::make_shared<spdlog::sinks::ostream_sink_mt>(written),
             [this] { return now; }, journal}} {}

  std::vector<std::string> lines() const {
    std::istringstream in{written.str()};
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);)
      all.push_back(line);
    return all;
  }

  void move(milliseconds by) {
    now.mono += by;
    now.wall += by;
  }

  instant now{mono_time{} + 1h, noon};
  std::ostringstream written;
  logger out;
};

std::string logfmt_of(const log_field& field, log_level level = log_level::info) {
  auto line = to_logfmt({noon, level, "uart", "", "m", {&field, 1}});
  auto before = std::string{"msg=\"m\" "};
  return line.substr(line.find(before) + before.size());
}

boost::json::value json_of(const log_field& field) {
  return boost::json::parse(to_json_line({noon, log_level::info, "uart", "", "m", {&field, 1}}));
}

const log_source opened{"uart", "default", "port opened"};

} // namespace

TEST_CASE("a line in logfmt has the time, level, actor, mesh and message before its fields") {
  test_log log;
  actor_log{log.out, "uart", "default"}.info("port opened",
                                             {{"port", "/dev/ttyUSB0"}, {"baud", 115'200}});
  CHECK(log.written.str()
        == "time=2026-11-22T12:00:00.123Z level=info actor=uart mesh=default msg=\"port opened\" "
           "port=/dev/ttyUSB0 baud=115200\n");
}

TEST_CASE("a line in JSON has the same parts, numbers as numbers") {
  test_log log{{log_level::info, log_format::json}};
  actor_log{log.out, "uart", "default"}.warning(
      "port lost", {{"port", "/dev/ttyUSB0"}, {"errno", -5}, {"final", false}});
  CHECK(log.written.str()
        == R"({"time":"2026-11-22T12:00:00.123Z","level":"warning","actor":"uart",)"
           R"("mesh":"default","msg":"port lost","port":"/dev/ttyUSB0","errno":-5,"final":false})"
           "\n");
}

TEST_CASE("an actor of no mesh names none") {
  CHECK(to_logfmt({noon, log_level::error, "supervisor", "", "parked", {}})
        == "time=2026-11-22T12:00:00.123Z level=error actor=supervisor msg=\"parked\"");
  CHECK(to_json_line({noon, log_level::error, "supervisor", "", "parked", {}})
        == R"({"time":"2026-11-22T12:00:00.123Z","level":"error",)"
           R"("actor":"supervisor","msg":"parked"})");
}

TEST_CASE("a level below the configured one writes nothing") {
  test_log log{{log_level::warning, log_format::logfmt}};
  actor_log uart{log.out, "uart"};
  uart.debug("a");
  uart.info("b");
  log.out.write(log_level::info, "uart", "", "c");
  CHECK(log.lines().empty());
  uart.warning("d");
  uart.error("e");
  CHECK(log.lines().size() == 2);
}

TEST_CASE("a value of each type is written as what it is") {
  CHECK(logfmt_of({"k", "text"}) == "k=text");
  CHECK(logfmt_of({"k", std::string{"text"}}) == "k=text");
  CHECK(logfmt_of({"k", true}) == "k=true");
  CHECK(logfmt_of({"k", std::uint8_t{7}}) == "k=7");
  CHECK(logfmt_of({"k", std::numeric_limits<std::int64_t>::min()}) == "k=-9223372036854775808");
  CHECK(logfmt_of({"k", std::numeric_limits<std::uint64_t>::max()}) == "k=18446744073709551615");
  CHECK(logfmt_of({"k", 0.25}) == "k=0.25");
  CHECK(logfmt_of({"k", 50ms}) == "k=50ms");
  CHECK(logfmt_of({"k", 2min}) == "k=120s");
}

TEST_CASE("a value with blanks, quotes, equal signs or nothing is quoted") {
  CHECK(logfmt_of({"k", "a b"}) == R"(k="a b")");
  CHECK(logfmt_of({"k", "a=b"}) == R"(k="a=b")");
  CHECK(logfmt_of({"k", ""}) == R"(k="")");
  CHECK(logfmt_of({"k", R"(a"b\c)"}) == R"(k="a\"b\\c")");
}

TEST_CASE("UTF-8 stays, what is not becomes visible") {
  CHECK(logfmt_of({"k", "größe"}) == "k=\"größe\"");
  CHECK(logfmt_of({"k", "\xF0\x9F\x8C\xB1"}) == "k=\"\xF0\x9F\x8C\xB1\"");
  CHECK(logfmt_of({"k", "a\xFF"}) == R"(k="a\xff")");
  CHECK(logfmt_of({"k", "\xC0\xAF"}) == R"(k="\xc0\xaf")");                 // overlong
  CHECK(logfmt_of({"k", "\xED\xA0\x80"}) == R"(k="\xed\xa0\x80")");         // a surrogate
  CHECK(logfmt_of({"k", "\xF4\x90\x80\x80"}) == R"(k="\xf4\x90\x80\x80")"); // above 10FFFF
  CHECK(logfmt_of({"k", "\xE2\x82"}) == R"(k="\xe2\x82")");                 // cut off
  CHECK(json_of({"k", "a\xFF"}).at("k") == "a\xEF\xBF\xBD");                // U+FFFD
}

TEST_CASE("controls, line separators and direction overrides are never written as they are") {
  CHECK(logfmt_of({"k", "a\nb\r\t\x1b[2J\x7f"}) == R"(k="a\nb\x0d\x09\x1b[2J\x7f")");
  CHECK(logfmt_of({"k", "\xC2\x85"}) == R"(k="\xc2\x85")");         // next line, U+0085
  CHECK(logfmt_of({"k", "\xE2\x80\xA8"}) == R"(k="\xe2\x80\xa8")"); // line separator, U+2028
  CHECK(logfmt_of({"k", "\xE2\x80\xAE"}) == R"(k="\xe2\x80\xae")"); // right to left, U+202E
  CHECK(to_json_line({noon, log_level::info, "a", "", "\xE2\x80\xA8", {}}).find(R"("\u2028")")
        != std::string::npos);
}

TEST_CASE("no byte in any place breaks a line, and JSON stays JSON") {
  for (auto byte = 0; byte < 256; ++byte) {
    std::string text{'a', static_cast<char>(byte), 'b'};
    log_field field{"k", text};
    log_entry entry{noon, log_level::info, text, text, text, {&field, 1}};
    for (const auto& line : {to_logfmt(entry), to_json_line(entry)})
      for (auto c : line)
        CHECK_MESSAGE(!(c >= 0 && c < ' '), byte);
    auto parsed = boost::json::parse(to_json_line(entry));
    if (byte < 0x80)
      CHECK(parsed.at("k").as_string() == text);
  }
}

TEST_CASE("numbers that JSON does not know are text") {
  CHECK(json_of({"k", std::numeric_limits<double>::quiet_NaN()}).at("k") == "nan");
  CHECK(json_of({"k", std::numeric_limits<double>::infinity()}).at("k") == "inf");
}

TEST_CASE("a value longer than 1,024 bytes is cut") {
  CHECK(logfmt_of({"k", std::string(1024, 'x')}) == "k=" + std::string(1024, 'x'));
  CHECK(logfmt_of({"k", std::string(1025, 'x')}) == "k=\"" + std::string(1024, 'x') + "…\"");
}

TEST_CASE("payload bytes are shown by debug lines alone") {
  auto payload = view_of("secret");
  CHECK(logfmt_of({"k", payload}, log_level::debug) == "k=736563726574");
  for (auto level : {log_level::info, log_level::warning, log_level::error})
    CHECK(logfmt_of({"k", payload}, level) == R"(k="6 bytes")");
  CHECK(logfmt_of({"k", bytes_view{bytes(65)}}, log_level::debug)
        == "k=\"" + std::string(128, '0') + "…\"");
}

TEST_CASE("times before 1970 and single digits are written in full") {
  CHECK(to_logfmt({wall_time{-1ms}, log_level::info, "a", "", "m", {}})
            .starts_with("time=1969-12-31T23:59:59.999Z "));
  CHECK(to_logfmt({wall_time{1ms}, log_level::info, "a", "", "m", {}})
            .starts_with("time=1970-01-01T00:00:00.001Z "));
}

TEST_CASE("for the journal each line begins with its priority") {
  test_log log{{log_level::debug, log_format::logfmt}, true};
  actor_log uart{log.out, "uart"};
  uart.debug("a");
  uart.info("b");
  uart.warning("c");
  uart.error("d");
  auto lines = log.lines();
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with("<7>time="));
  CHECK(lines[1].starts_with("<6>time="));
  CHECK(lines[2].starts_with("<4>time="));
  CHECK(lines[3].starts_with("<3>time="));
}

TEST_CASE("a message is shown five times in ten seconds, then it is counted") {
  test_log log;
  actor_log uart{log.out, "uart", "default"};
  for (auto i = 0; i < 12; ++i)
    uart.warning("bad frame", {{"number", i}});
  CHECK(log.lines().size() == 5);
  log.move(9'999ms);
  uart.warning("bad frame");
  CHECK(log.lines().size() == 5);
  log.move(1ms);
  log.out.tell_repeats();
  auto lines = log.lines();
  REQUIRE(lines.size() == 6);
  CHECK(lines.back() // 12 + 1 - 5
        == "time=2026-11-22T12:00:10.123Z level=warning actor=uart mesh=default "
           "msg=\"bad frame\" repeated=8");
}

TEST_CASE("what was left out is told before the next line of anybody, and once") {
  test_log log;
  for (auto i = 0; i < 6; ++i)
    log.out.write(log_level::info, "uart", "a", "x");
  log.move(10s);
  log.out.write(log_level::info, "other", "", "y");
  log.out.write(log_level::info, "other", "", "z");
  auto lines = log.lines();
  REQUIRE(lines.size() == 8);
  CHECK(lines[5].ends_with("actor=uart mesh=a msg=\"x\" repeated=1"));
  CHECK(lines[6].ends_with("actor=other msg=\"y\""));
}

TEST_CASE("after ten seconds a message is shown again") {
  test_log log;
  for (auto i = 0; i < 5; ++i)
    log.out.write(log_level::info, "uart", "", "x");
  log.move(10s);
  log.out.write(log_level::info, "uart", "", "x");
  CHECK(log.lines().size() == 6); // nothing was left out, so nothing is told
}

TEST_CASE("actors, meshes and messages are counted apart") {
  test_log log;
  for (auto i = 0; i < 5; ++i) {
    log.out.write(log_level::info, "uart", "a", "x");
    log.out.write(log_level::info, "uart", "b", "x");
    log.out.write(log_level::info, "uart", "a", "y");
    log.out.write(log_level::info, "node_cache", "a", "x");
  }
  CHECK(log.lines().size() == 20);
}

TEST_CASE("what was left out is told when the logger ends") {
  std::ostringstream written;
  {
    logger out{{{},
                std::make_shared<spdlog::sinks::ostream_sink_mt>(written),
                [] {
                  return instant{{}, noon};
                },
                false}};
    for (auto i = 0; i < 7; ++i)
      out.write(log_level::info, "uart", "", "x");
  }
  CHECK(written.str().ends_with("repeated=2\n"));
}

TEST_CASE("only so many messages are followed, and the oldest is told when it makes room") {
  log_repeats repeats{{1, 10s, 2}};
  mono_time t0{};
  log_source a{"uart", "", "a"}, b{"uart", "", "b"}, c{"uart", "", "c"};
  CHECK(repeats.admit(t0, log_level::info, a));
  CHECK_FALSE(repeats.admit(t0, log_level::info, a));
  CHECK(repeats.admit(t0 + 1s, log_level::info, b));
  CHECK(repeats.admit(t0 + 2s, log_level::info, c));
  CHECK(repeats.finish(t0 + 2s) == std::vector{log_repetition{a, log_level::info, 1}});
  CHECK_FALSE(repeats.admit(t0 + 3s, log_level::info, b)); // still followed
}

TEST_CASE("a repeated line is told once, when its window is over") {
  log_repeats repeats{{1, 10s, 8}};
  mono_time t0{};
  CHECK(repeats.admit(t0, log_level::info, opened));
  CHECK_FALSE(repeats.admit(t0 + 9s, log_level::error, opened));
  CHECK(repeats.finish(t0 + 9999ms).empty());
  CHECK(repeats.finish(t0 + 10s) == std::vector{log_repetition{opened, log_level::error, 1}});
  CHECK(repeats.finish(t0 + 11s).empty());
  CHECK(repeats.finish_all().empty());
}

TEST_CASE("lines of several threads stay whole") {
  test_log log;
  std::vector<std::thread> threads;
  for (auto t = 0; t < 4; ++t)
    threads.emplace_back([&log, t] {
      for (auto i = 0; i < 100; ++i)
        log.out.write(log_level::info, "uart", "", "m" + std::to_string(t * 100 + i),
                      {{"value", std::string(100, 'x')}});
    });
  for (auto& thread : threads)
    thread.join();
  auto lines = log.lines();
  CHECK(lines.size() == 400);
  for (const auto& line : lines)
    CHECK((line.starts_with("time=") && line.ends_with(std::string(100, 'x'))));
}

TEST_CASE("the newest lines can be asked for, oldest first, without priorities of the journal") {
  test_log log{{}, true};
  for (auto n = 0; n < 3; ++n)
    log.out.write(log_level::info, "uart", "", std::to_string(n));
  auto lines = log.out.recent(2);
  REQUIRE(lines.size() == 2);
  CHECK(lines.front().starts_with("time="));
  CHECK(lines.front().find("msg=\"1\"") != std::string::npos);
  CHECK(log.out.recent(100).size() == 3);
  CHECK(log.out.recent(0).empty());
}

TEST_CASE("lines that are kept are bounded, by their number and by their bytes") {
  test_log log;
  for (std::size_t n = 0; n < limits::log_lines + 5; ++n)
    log.out.write(log_level::info, "uart", "", "line " + std::to_string(n));
  auto lines = log.out.recent(limits::log_lines + 5);
  CHECK(lines.size() == limits::log_lines);
  CHECK(lines.front().find("msg=\"line 5\"") != std::string::npos);
  for (std::size_t n = 0; n < limits::log_lines; ++n) // together twice what is kept
    log.out.write(log_level::info, "uart", "", std::to_string(n) + std::string(1000, 'x'));
  lines = log.out.recent(limits::log_lines);
  std::size_t bytes = 0;
  for (const auto& line : lines)
    bytes += line.size();
  CHECK(bytes <= limits::log_bytes);
  CHECK(bytes > limits::log_bytes - 2000);
  CHECK(lines.back().find("msg=\"999x") != std::string::npos);
}
