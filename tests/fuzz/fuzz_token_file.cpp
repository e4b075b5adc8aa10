// A file of tokens (web §2), as somebody may have edited it. What is read can be written, and is
// read as the same; every token is found by its hash.
#include "protocol/access.hpp"
#include "protocol/bytes.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace xylem;

using token_list = std::vector<token_record>;

void require_tokens(const token_list& tokens) {
  require(tokens.size() <= most_tokens);
  for (const auto& token : tokens) {
    require(!token.name.empty() && token.name.size() <= 64);
    require(find_token(tokens, token.hash) == &token);
    auto other = token.hash;
    other.back() ^= std::byte{1};
    auto found = find_token(tokens, other);
    require(!found || found->hash == other);
  }
  auto again = parse_tokens(to_text(tokens));
  require(std::holds_alternative<token_list>(again) && std::get<token_list>(again) == tokens);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto copy = copy_of(std::as_bytes(std::span{data, size})); // its end is that of what may be read
  auto parsed = parse_tokens(text_of(copy));
  if (auto tokens = std::get_if<token_list>(&parsed))
    require_tokens(*tokens);
  else
    require(std::get<std::string>(parsed).size() < 1024);
  return 0;
}
