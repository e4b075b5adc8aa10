#include "app/commands/library_versions.hpp"

#include <CLI/Version.hpp>
#include <archive.h>
#include <boost/version.hpp>
#include <caf/config.hpp>
#include <link.h>
#include <openssl/crypto.h>
#include <openssl/opensslv.h>
#include <pcap/pcap.h>
#include <spdlog/version.h>
#include <sqlite3.h>
#include <toml++/toml.h>

#include <filesystem>
#include <map>

namespace xylem {

namespace {

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

/// `libcaf_core` with its file; a link such as `libspdlog.so.1.10` is followed.
using loaded_files = std::map<std::string, std::string, std::less<>>;

int add_loaded(dl_phdr_info* info, std::size_t, void* into) {
  std::filesystem::path path{info->dlpi_name};
  auto name = path.filename().string();
  auto end = name.find(".so");
  if (end == std::string::npos)
    return 0;
  std::error_code ignored;
  auto file = std::filesystem::canonical(path, ignored);
  static_cast<loaded_files*>(into)->emplace(name.substr(0, end), file.string());
  return 0;
}

/// Libraries that tell their version nowhere else than in the name of their file.
std::string loaded_or(const loaded_files& files, std::string_view library, std::string built) {
  auto found = files.find(library);
  auto version = found == files.end() ? "" : version_in_file_name(found->second);
  return version.empty() ? built : version;
}

/// `1.10.3` of `libpcap version 1.10.3 (with TPACKET_V3)`.
std::string number_in(std::string_view text) {
  auto begin = std::min(text.find_first_of("0123456789"), text.size());
  auto end = text.find_first_not_of("0123456789.", begin);
  return std::string{text.substr(begin, end - begin)};
}

} // namespace

std::string version_in_file_name(const std::string& path) {
  auto at = path.rfind(".so.");
  return at == std::string::npos ? "" : path.substr(at + 4);
}

std::vector<library_version> library_versions() {
  loaded_files files;
  dl_iterate_phdr(&add_loaded, &files);
  auto caf = dotted(CAF_VERSION / 10000, CAF_VERSION / 100 % 100, CAF_VERSION % 100);
  auto boost = dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
  auto spdlog = dotted(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH);
  auto toml = dotted(TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH);
  return {{"caf", loaded_or(files, "libcaf_core", caf), caf},
          {"boost", loaded_or(files, "libboost_json", boost), boost},
          {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING), OPENSSL_VERSION_STR},
          {"sqlite", sqlite3_libversion(), SQLITE_VERSION},
          {"libpcap", number_in(pcap_lib_version()), ""},
          {"libarchive", number_in(archive_version_string()),
           number_in(ARCHIVE_VERSION_STRING)},
          {"spdlog", loaded_or(files, "libspdlog", spdlog), spdlog},
          {"tomlplusplus", toml, toml},
          {"cli11", CLI11_VERSION, CLI11_VERSION}};
}

} // namespace xylem
