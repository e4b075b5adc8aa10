#pragma once

#include "actors/file_version.hpp"
#include "actors/remote/certificate.hpp"

#include <set>
#include <string>
#include <vector>

namespace xylem {

/// The serial numbers in `revoked.pem`, a file that need not exist (monitor §1). Serials are random
/// numbers of 128 bits, so those of several authorities are one set. Not thread-safe.
class revoked_certificates {
public:
  explicit revoked_certificates(std::string path) : path_{std::move(path)} {}

  /// Reads the file when it is another one than before. True: other certificates are revoked now.
  /// A list that is gone, broken, or signed by none of `authorities` is a problem(); who was
  /// revoked stays so.
  bool refresh(const std::vector<openssl::certificate>& authorities);

  /// False: there is a list that could not be read, and who knows who is in it.
  bool is_known() const noexcept { return is_known_; }

  bool has(const std::string& serial) const { return serials_.contains(serial); }

  /// Which file, and why; empty: none.
  const std::string& problem() const noexcept { return problem_; }

private:
  bool fail(std::string why);

  std::string path_;
  std::optional<file_version> version_{}; // that was read
  bool is_known_ = true;
  std::string problem_{};
  std::set<std::string> serials_{};
};

} // namespace xylem
