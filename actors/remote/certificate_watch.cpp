#include "actors/remote/certificate_watch.hpp"

#include "actors/remote/certificate.hpp"
#include "actors/remote/pem_file.hpp"

#include <stdexcept>

namespace xylem {

namespace {

/// A file that cannot be looked at is one that is not there: reading it tells why.
std::optional<file_version> seen(const std::string& file) {
  std::error_code ignored;
  return version_of(file, ignored);
}

} // namespace

bool certificate_watch::refresh() {
  versions now{seen(files_.authority), seen(files_.certificate), seen(files_.key)};
  if (versions_ == now)
    return false;
  versions_ = now;
  states_.clear();
  read(files_.authority);
  read(files_.certificate);
  return true;
}

void certificate_watch::read(const std::string& file) try {
  auto all = parse_certificates(read_pem_file(file));
  if (all.empty())
    throw std::runtime_error{file + ": not a certificate in PEM"};
  for (const auto& one : all) {
    auto about = identity_of(one.get());
    states_.push_back({file, about.name, about.not_after});
  }
} catch (const std::runtime_error& why) {
  states_.push_back({file, {}, {}, why.what()});
}

} // namespace xylem
