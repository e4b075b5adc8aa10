#include "actors/token_keeper.hpp"

#include "actors/token_file.hpp"

#include <sys/stat.h>

namespace xylem {

namespace {

/// Nothing when there is no file.
std::optional<file_version> version_of(const std::string& path) {
  struct stat found {};
  if (path.empty() || ::stat(path.c_str(), &found) != 0)
    return std::nullopt;
  return file_version{found.st_ino, found.st_size,
                      std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec};
}

} // namespace

token_keeper::token_keeper(std::string path, bool required)
    : path_{std::move(path)}, required_{required} {}

bool token_keeper::refresh(const actor_log& log) {
  auto version = version_of(path_);
  if (version == version_)
    return false;
  version_ = version;
  required_ = required_ || version.has_value();
  auto read = read_tokens(path_);
  unreadable_ = std::holds_alternative<std::string>(read);
  if (unreadable_)
    log.error("tokens cannot be read; nobody is admitted",
              {{"error", std::get<std::string>(read)}});
  tokens_ = unreadable_ ? std::vector<token_record>{}
                        : std::get<std::vector<token_record>>(std::move(read));
  return true;
}

std::variant<web_client, problem>
token_keeper::admit(std::optional<std::string_view> token) const {
  if (unreadable_)
    return problem{problem_kind::not_available, "the file of tokens cannot be read"};
  if (!required_)
    return web_client{access_scope::admin, std::nullopt};
  if (!token)
    return problem{problem_kind::token_required,
                   "send Authorization: Bearer TOKEN; xylem token create makes one"};
  auto hash = hash_token(*token);
  auto found = find_token(tokens_, hash);
  if (!found)
    return problem{problem_kind::token_unknown, "the token is not known, or was revoked"};
  return web_client{found->scope, hash};
}

bool token_keeper::still_admits(const std::optional<token_hash>& token) const {
  return token ? find_token(tokens_, *token) != nullptr : !required_;
}

} // namespace xylem
