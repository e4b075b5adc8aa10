#include "app/config/problem.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

const std::vector<std::string> words{"baud", "serial", "idle_timeout", "idle_after"};

} // namespace

TEST_CASE("a misspelling is answered with the nearest known word") {
  CHECK(closest("buad", words) == "baud"); // a swap is one step
  CHECK(closest("baudd", words) == "baud");
  CHECK(closest("serail", words) == "serial");
  CHECK(closest("idle_time", words) == "idle_timeout");
  CHECK(closest("idle_affter", words) == "idle_after");
}

TEST_CASE("a word that is not near any known one gets no suggestion") {
  CHECK(closest("web", words).empty());
  CHECK(closest("", words).empty());
  CHECK(closest("x", words).empty());
  CHECK(closest(std::string(100'000, 'a'), words).empty());
  CHECK(closest("baud", {}).empty());
}

TEST_CASE("a problem is told as compilers do, with the line, a caret and the suggestion") {
  configuration_problem problem{"x.toml", 2, 1, "mesh.buad", "unknown key in mesh", "baud"};
  CHECK(describe(problem, "[[mesh]]\nbuad = 1\n")
        == "x.toml:2:1: error: mesh.buad: unknown key in mesh\n"
           "  buad = 1\n"
           "  ^~~~\n"
           "  did you mean baud?\n");
}

TEST_CASE("the caret stands under its column behind tabs and characters of several bytes") {
  configuration_problem problem{"x", 1, 5, {}, "no", {}};
  CHECK(describe(problem, "\tü = 1\r\nnext") == "x:1:5: error: no\n  \tü = 1\n  \t   ^\n");
}

TEST_CASE("the whole word or string is underlined, of anything else its first character") {
  auto underlined = [](std::size_t column, std::string_view line) {
    auto told = describe({"x", 1, column, {}, "no", {}}, line);
    return told.substr(told.rfind('\n', told.size() - 2) + 1 + 2 + column - 1);
  };
  CHECK(underlined(5, "a = \"loud\" # x") == "^~~~~~\n");
  CHECK(underlined(5, "a = \"lou") == "^\n");
  CHECK(underlined(5, "a = {b = 1}") == "^\n");
  CHECK(underlined(5, "a = 9600") == "^~~~\n");
  CHECK(underlined(9, "a = 1") == "^\n"); // behind the end
}

TEST_CASE("a problem without a line is told without one") {
  CHECK(describe({"environment", 0, 0, "XYLEM_LOG__LEVL", "unknown key", {}}, "text")
        == "environment: error: XYLEM_LOG__LEVL: unknown key\n");
  CHECK(describe({{}, 0, 0, "mesh", "none", {}}, {}) == "configuration: error: mesh: none\n");
}

TEST_CASE("a line that is too long or is not there is not shown") {
  configuration_problem problem{"x", 3, 1, {}, "no", {}};
  CHECK(describe(problem, "one\ntwo") == "x:3:1: error: no\n");
  problem.line = 1;
  CHECK(describe(problem, std::string(5000, 'x')) == "x:1:1: error: no\n");
}

TEST_CASE("nothing that was written controls the terminal on which its problem is told") {
  auto told = describe({"a\x1b[2J", 1, 1, "b\x1b", "no " + in_quotes("c\x1b\n"), {}}, "d\x1b = 1");
  CHECK(told == "a?[2J:1:1: error: b?: no \"c\\x1b\\x0a\"\n  d? = 1\n  ^\n");
}

TEST_CASE("a long value is cut where it is quoted") {
  CHECK(in_quotes(std::string(60, 'x')) == '"' + std::string(60, 'x') + '"');
  CHECK(in_quotes(std::string(61, 'x')) == '"' + std::string(60, 'x') + "…\"");
}
