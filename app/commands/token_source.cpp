#include "app/commands/token_source.hpp"

#include <fstream>

namespace xylem {

namespace {

/// Longer than any token: what does not fit is another kind of file.
constexpr std::streamsize longest_file = 4096;

} // namespace

client::result<std::string> read_token(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text(longest_file, '\0');
  file.read(text.data(), longest_file);
  if (!file.eof())
    return client::error{client::error_kind::invalid_request, path + " cannot be read as a token"};
  text.resize(static_cast<std::size_t>(file.gcount()));
  constexpr auto blanks = " \t\r\n";
  auto begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos)
    return client::error{client::error_kind::invalid_request, path + " is empty"};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

} // namespace xylem
