#include "protocol/console_text.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

constexpr mono_time t0{24h};
using list = std::vector<std::string>;

list lines_of(std::string_view text) {
  return console_splitter{1'000}.feed(view_of(text), t0);
}

} // namespace

TEST_CASE("console lines end at CR, LF or both, and empty ones are skipped") {
  CHECK(lines_of("one\ntwo\r\nthree\rfour\n\n\r\n") == list{"one", "two", "three", "four"});
}

TEST_CASE("a line is told when it ends, not before") {
  console_splitter splitter;
  CHECK(splitter.feed(view_of("boot"), t0).empty());
  CHECK(splitter.feed(view_of("ing\n"), t0) == list{"booting"});
}

TEST_CASE("ANSI colours and titles are removed") {
  CHECK(lines_of("\x1b[0;32mI (29) boot\x1b[0m\n") == list{"I (29) boot"});
  CHECK(lines_of("\x1b]0;title\x07"
                 "text\n")
        == list{"text"});
  CHECK(lines_of("\x1b]0;title\x1b\\text\n") == list{"text"});
  CHECK(lines_of("\x1b(Btext\x1b=\n") == list{"text"});
  CHECK(lines_of("\x1b\x1b[1mtext\n") == list{"text"});
  CHECK(lines_of("a\x1b[1\x1b[2mb\n") == list{"ab"}); // a sequence that begins in another
}

TEST_CASE("a line of nothing but colour is no line") {
  CHECK(lines_of("\x1b[0m\n").empty());
}

TEST_CASE("an escape sequence that never ends costs one line, not the whole log") {
  CHECK(lines_of("lost\x1b]0;\nnext\n") == list{"lost", "next"});
  CHECK(lines_of("lost\x1b[12\r\nnext\n") == list{"lost", "next"});
  CHECK(lines_of("lost\x1b\nnext\n") == list{"lost", "next"});
}

TEST_CASE("what is not printable is shown as hex, a tab as a blank, and 00 is dropped") {
  CHECK(lines_of("a\0b\tc\x01\x7f\xff\n"sv) == list{"ab c\\x01\\x7f\\xff"});
  CHECK(lines_of("C:\\x41\n") == list{"C:\\\\x41"}); // a backslash of the root is not one of ours
}

TEST_CASE("a line is cut at 256 characters and the rest of it is skipped") {
  console_splitter splitter;
  auto text = std::string(256, 'a') + "b\n" + std::string(256, 'c') + "\n";
  auto lines = splitter.feed(view_of(text), t0);
  CHECK(lines == list{std::string(256, 'a'), std::string(256, 'c')});
  CHECK(splitter.counters() == console_counters{.lines = 2, .cut = 1});
}

TEST_CASE("the escape of an unprintable byte is never cut in two") {
  auto text = std::string(254, 'a') + "\x01" + "b\n";
  CHECK(lines_of(text) == list{std::string(254, 'a')});
}

TEST_CASE("the rate bounds every second, and what is above it is counted") {
  console_splitter splitter{3};
  CHECK(splitter.feed(view_of("a\nb\n"), t0) == list{"a", "b"});
  CHECK(splitter.feed(view_of("c\nd\ne\n"), t0 + 900ms) == list{"c"});
  CHECK(splitter.feed(view_of("f\ng\nh\n"), t0 + 1000ms) == list{"f", "g"});
  CHECK(splitter.feed(view_of("i\n"), t0 + 1899ms).empty());
  CHECK(splitter.feed(view_of("j\n"), t0 + 1900ms) == list{"j"});
  CHECK(splitter.counters() == console_counters{.lines = 10, .suppressed = 4});
}

TEST_CASE("a rate of zero suppresses every line") {
  console_splitter splitter{0};
  CHECK(splitter.feed(view_of("a\nb\n"), t0).empty());
  CHECK(splitter.counters() == console_counters{.lines = 2, .suppressed = 2});
}

TEST_CASE("any chunking gives the same lines, escape sequences cut anywhere") {
  auto text = "I \x1b[0;32mboot\x1b[0m:\t\x1b]0;t\x1b\\x\0y\xfe\r\n\x1b(B\x1b[Kend\rz\n"sv;
  auto expected = lines_of(text);
  REQUIRE(expected.size() == 3);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    console_splitter splitter;
    auto lines = splitter.feed(view_of(text.substr(0, cut)), t0);
    for (auto& line : splitter.feed(view_of(text.substr(cut)), t0))
      lines.push_back(std::move(line));
    CAPTURE(cut);
    CHECK(lines == expected);
  }
}

TEST_CASE("noise gives printable lines of bounded length at a bounded rate") {
  for (auto seed = 1u; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    console_splitter splitter{5};
    std::vector<mono_time> told;
    std::uint64_t answered = 0;
    auto now = t0;
    for (auto step = 0; step < 400; ++step) {
      bytes chunk(random() % 400);
      for (auto& byte : chunk)
        byte = static_cast<std::byte>(random() % 20 == 0 ? '\n' : static_cast<int>(random() % 256));
      for (const auto& line : splitter.feed(chunk, now)) {
        REQUIRE(is_printable(view_of(line)));
        REQUIRE(line.size() <= limits::console_line);
        ++answered;
        told.push_back(now);
        if (told.size() > 5)
          REQUIRE(now - told[told.size() - 6] >= 1s);
      }
      now += std::chrono::milliseconds{random() % 100};
    }
    CHECK(answered > 0);
    CHECK(splitter.counters().lines == answered + splitter.counters().suppressed);
  }
}
