#include "protocol/access.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

token_hash hash_of(unsigned char digit) {
  token_hash hash;
  hash.fill(std::byte{digit});
  return hash;
}

/// Two tokens as the file of web §2 has them.
const std::vector<token_record> two{
    {"grafana", hash_of(0xAA), access_scope::read, wall_time{1'769'860'800'250ms}},
    {"ops-1", hash_of(0x0B), access_scope::admin, wall_time{0ms}},
};

const std::string text_of_two = R"({"tokens": [
  {"name": "grafana", "hash": ")" + std::string(64, 'a')
                                + R"(", "scope": "read", "created": "2026-01-31T12:00:00.250Z"},
  {"name": "ops-1", "hash": "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", )"
                                  R"("scope": "admin", "created": "1970-01-01T00:00:00.000Z"}
]}
)";

std::string wrong_of(std::string_view text) {
  auto parsed = parse_tokens(text);
  auto wrong = std::get_if<std::string>(&parsed);
  return wrong ? *wrong : "nothing";
}

/// What is wrong with the two tokens after one replacement.
std::string wrong_after(std::string_view part, std::string_view replacement) {
  auto text = text_of_two;
  text.replace(text.find(part), part.size(), replacement);
  return wrong_of(text);
}

std::vector<token_record> parsed(std::string_view text) {
  return std::get<std::vector<token_record>>(parse_tokens(text));
}

} // namespace

TEST_CASE("a scope is read as it is written") {
  for (auto scope : {access_scope::read, access_scope::command, access_scope::admin})
    CHECK(parse_access_scope(to_string(scope)) == scope);
  CHECK_FALSE(parse_access_scope("Read"));
  CHECK_FALSE(parse_access_scope(""));
}

TEST_CASE("the scopes are ordered: each includes those before it") {
  CHECK(access_scope::read < access_scope::command);
  CHECK(access_scope::command < access_scope::admin);
}

TEST_CASE("a token file has one token a line") {
  CHECK(to_text(two) == text_of_two);
  CHECK(to_text({}) == "{\"tokens\": []}\n");
}

TEST_CASE("a token file is read as it was written") {
  CHECK(parsed(text_of_two) == two);
  CHECK(parsed(to_text({})).empty());
}

TEST_CASE("a blank token file has no tokens") {
  CHECK(parsed("").empty());
  CHECK(parsed(" \r\n\t").empty());
}

TEST_CASE("what is not JSON is told with its line") {
  CHECK(wrong_after("\"ops-1\",", "ops").starts_with("line 3: "));
  CHECK(wrong_of("{").starts_with("line 1: "));
  CHECK(wrong_of("{\"tokens\": []} x").starts_with("the end: "));
  CHECK(wrong_of("[[[[[[[[[[").starts_with("line 1: "));
}

TEST_CASE("what is no token is told with its place") {
  CHECK(wrong_of("[]") == "the file: expected an object");
  CHECK(wrong_of("{}") == "the file: \"tokens\" is missing");
  CHECK(wrong_of(R"({"tokens": [], "version": 1})") == "the file: unknown member \"version\"");
  CHECK(wrong_of(R"({"tokens": {}})") == "tokens: expected a list");
  CHECK(wrong_of(R"({"tokens": [7]})") == "tokens[0]: expected an object");
  CHECK(wrong_after("\"scope\"", "\"scopes\"") == "tokens[0]: \"scope\" is missing");
  CHECK(wrong_after("\"scope\": \"admin\"", "\"scope\": \"admin\", \"x\": 1")
        == "tokens[1]: unknown member \"x\"");
  CHECK(wrong_after("\"read\"", "\"write\"") == "tokens[0].scope: expected read, command or admin");
  CHECK(wrong_after("\"admin\"", "null") == "tokens[1].scope: expected text");
  CHECK(wrong_after("12:00", "25:00").starts_with("tokens[0].created: expected a time"));
  CHECK(wrong_after("grafana", "gra fana").starts_with("tokens[0].name: expected 1 to 64"));
  CHECK(wrong_after("grafana", "").starts_with("tokens[0].name: "));
  CHECK(wrong_after("grafana", std::string(65, 'x')).starts_with("tokens[0].name: "));
  CHECK(wrong_after("grafana", std::string(64, 'x')) == "nothing");
}

TEST_CASE("a hash is 64 hex digits and nothing else") {
  for (auto part : {"aaa", "aa", "aag", "aa ", "aaaaaa"})
    CHECK(wrong_after("aaaa", part) == "tokens[0].hash: expected 64 hex digits");
}

TEST_CASE("names and hashes of tokens are unique") {
  CHECK(wrong_after("ops-1", "grafana")
        == "tokens[1].name: another token has the name \"grafana\"");
  CHECK(wrong_after("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                    std::string(64, 'A'))
        == "tokens[1].hash: another token has the same");
}

TEST_CASE("a token file is bounded") {
  std::vector<token_record> many;
  for (std::size_t i = 0; i <= most_tokens; ++i) {
    auto hash = hash_of(1);
    hash[0] = static_cast<std::byte>(i);
    hash[1] = static_cast<std::byte>(i >> 8);
    many.push_back({"t" + std::to_string(i), hash});
  }
  CHECK(wrong_of(to_text(many)) == "tokens: more than 1024");
  many.pop_back();
  CHECK(parsed(to_text(many)) == many);
  CHECK(wrong_of(std::string(2 * 1024 * 1024, ' ')) == "the file is larger than 1 MiB");
}

TEST_CASE("a token is found by its whole hash, wherever it is in the list") {
  CHECK(find_token(two, hash_of(0xAA)) == &two[0]);
  CHECK(find_token(two, hash_of(0x0B)) == &two[1]);
  CHECK(find_token({}, hash_of(0xAA)) == nullptr);
  for (std::size_t i = 0; i < 32; ++i)
    for (auto bit = 0; bit < 8; ++bit) {
      auto other = hash_of(0x0B);
      other[i] ^= static_cast<std::byte>(1 << bit);
      CHECK(find_token(two, other) == nullptr);
    }
}
