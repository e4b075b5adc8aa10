#include "protocol/spelling.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace xylem;

namespace {

constexpr std::array<std::string_view, 3> words{"status", "limit", "cursor"};

} // namespace

TEST_CASE("a misspelt word is close to the one that was meant") {
  CHECK(closest_word("limt", words) == "limit");
  CHECK(closest_word("lmiit", words) == "limit"); // a swap is one step
  CHECK(closest_word("crsor", words) == "cursor");
}

TEST_CASE("a word that is like none was meant as none") {
  CHECK(closest_word("verbose", words).empty());
  CHECK(closest_word("", words).empty());
  CHECK(closest_word("limit", {}).empty());
  CHECK(closest_word(std::string(100'000, 'a'), words).empty());
}

TEST_CASE("what is quoted is ASCII and short") {
  CHECK(in_quotes("a\n\xFF") == R"("a\x0a\xff")");
  CHECK(in_quotes(std::string(60, 'x')) == '"' + std::string(60, 'x') + '"');
  CHECK(in_quotes(std::string(61, 'x')) == '"' + std::string(60, 'x') + "…\"");
}

TEST_CASE("a list of words reads as a sentence does") {
  CHECK(listed({}) == "");
  CHECK(listed(std::span{words}.first(1)) == "status");
  CHECK(listed(std::span{words}.first(2)) == "status and limit");
  CHECK(listed(words) == "status, limit and cursor");
}
