#pragma once

#include "actors/file_version.hpp"
#include "actors/log.hpp"
#include "actors/web_host.hpp"

namespace xylem {

/// The tokens of the web server: its file, read again whenever it has changed (web §2).
class token_keeper {
public:
  /// `path` may be empty, and the file need not exist. Once it did, or when it is `required`,
  /// nobody is admitted without a token, even when the file is gone.
  token_keeper(std::string path, bool required);

  /// True when the tokens are others now. Else it only looks at the file's version; a file that
  /// cannot be read admits nobody, and is tried again each time.
  bool refresh(const actor_log& log);

  std::variant<web_client, problem> admit(std::optional<std::string_view> token) const;

  /// Somebody admitted earlier may stay.
  bool still_admits(const std::optional<token_hash>& token) const;

  std::size_t size() const noexcept { return tokens_.size(); }

private:
  bool refuse_all(const std::string& why, const actor_log& log);

  std::string path_;
  bool required_;
  bool unreadable_ = false;
  std::optional<file_version> version_; // that was read; nothing: there is no file
  std::string problem_;                 // that was told
  std::vector<token_record> tokens_;
};

} // namespace xylem
