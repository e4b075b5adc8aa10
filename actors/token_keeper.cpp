#include "actors/token_keeper.hpp"

#include "actors/token_file.hpp"

namespace xylem {

token_keeper::token_keeper(std::string path, bool required)
    : path_{std::move(path)}, required_{required} {}

bool token_keeper::refresh(const actor_log& log) {
  std::error_code error;
  auto version = version_of(path_, error);
  required_ = required_ || version || error;
  if (error)
    return refuse_all(path_ + ": " + error.message(), log);
  if (version == version_ && !unreadable_)
    return false;
  auto read = read_tokens(path_);
  if (auto why = std::get_if<std::string>(&read))
    return refuse_all(*why, log);
  unreadable_ = false;
  problem_.clear();
  version_ = version;
  tokens_ = std::get<std::vector<token_record>>(std::move(read));
  return true;
}

/// Who was admitted stays: it may be that only this read has failed.
bool token_keeper::refuse_all(const std::string& why, const actor_log& log) {
  unreadable_ = true;
  if (std::exchange(problem_, why) != why)
    log.error("tokens cannot be read; nobody is admitted", {{"error", why}});
  return false;
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
