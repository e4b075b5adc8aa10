#include "actors/remote/openssl_pointers.hpp"
#include "actors/remote/pem_file.hpp"
#include "app/doctor/host_probe.hpp"
#include "app/pki/signing.hpp"

#include <unistd.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <stdexcept>

namespace xylem {

namespace {

namespace fs = std::filesystem;

std::string common_name(const X509_NAME* of) {
  std::array<char, 256> text{};
  auto size = X509_NAME_get_text_by_NID(of, NID_commonName, text.data(), text.size());
  return size > 0 ? std::string{text.data(), static_cast<std::size_t>(size)} : std::string{"?"};
}

wall_time time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1)
    throw std::runtime_error{"its times cannot be read"};
  return wall_time{std::chrono::seconds{timegm(&parts)}};
}

/// The folder of `xylem pki` that this file is in.
std::string authority_of(const fs::path& file, const std::string& name) {
  std::error_code missing;
  auto real = fs::canonical(file, missing);
  auto folder = real.parent_path();
  auto is_issued_here = !missing && real.filename() == name + ".pem"
                        && fs::exists(folder / "issued.json", missing)
                        && fs::exists(folder / "ca.key", missing);
  return is_issued_here ? folder.string() : std::string{};
}

} // namespace

certificate_fact read_certificate_file(const std::string& key, const std::string& path) {
  certificate_fact out{.key = key, .path = path};
  try {
    auto read = pki::read_certificate(read_pem_file(path));
    out.name = common_name(X509_get_subject_name(read.get()));
    out.issuer = common_name(X509_get_issuer_name(read.get()));
    out.not_before = time_of(X509_get0_notBefore(read.get()));
    out.not_after = time_of(X509_get0_notAfter(read.get()));
    out.authority_folder = authority_of(path, out.name);
    out.needs_root = access(out.authority_folder.c_str(), W_OK) != 0;
  } catch (const std::exception& error) {
    out.broken = error.what();
  }
  return out;
}

} // namespace xylem
