#include "actors/token_file.hpp"

#include "actors/file_descriptor.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/stat.h>

namespace xylem {

namespace {

constexpr std::size_t read_size = 16 * 1024;

std::string reason_of(int code) {
  return std::generic_category().message(code);
}

/// The whole file as text; nothing when it is longer than any that is read.
std::optional<std::string> content_of(int descriptor, int& code) {
  std::string text;
  for (;;) {
    auto have = text.size();
    if (have > most_token_file_bytes)
      return std::nullopt;
    text.resize(have + read_size);
    auto count = read(descriptor, text.data() + have, read_size);
    if (count < 0 && errno == EINTR)
      count = 0;
    else if (count <= 0) {
      code = count < 0 ? errno : 0;
      text.resize(have);
      return text;
    }
    text.resize(have + static_cast<std::size_t>(count));
  }
}

} // namespace

token_hash hash_token(std::string_view token) {
  token_hash hash{};
  static_assert(sizeof hash == SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

std::variant<std::vector<token_record>, std::string> read_tokens(const std::string& path) {
  // Not blocking: a pipe in its place must not stop the gateway.
  file_descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file && errno == ENOENT)
    return std::vector<token_record>{};
  if (!file)
    return path + ": " + reason_of(errno);
  struct stat about {};
  if (fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode))
    return path + ": not a regular file";
  auto code = 0;
  auto text = content_of(file.get(), code);
  if (code != 0)
    return path + ": " + reason_of(code);
  if (!text)
    return path + ": longer than " + std::to_string(most_token_file_bytes) + " bytes";
  auto tokens = parse_tokens(*text);
  if (auto* wrong = std::get_if<std::string>(&tokens))
    return path + ": " + *wrong;
  return tokens;
}

} // namespace xylem
