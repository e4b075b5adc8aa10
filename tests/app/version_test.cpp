#include "app/commands/version.hpp"

#include "app/commands/library_versions.hpp"
#include "protocol/version.hpp"

#include <doctest/doctest.h>

#include <regex>

using namespace xylem;

TEST_CASE("a version is one that Debian can sort: digits first, then letters, dots, + and ~") {
  CHECK(std::regex_match(std::string{software_version()}, std::regex{"[0-9][0-9A-Za-z.+~]*"}));
}

TEST_CASE("the versions of libraries are those that were loaded") {
  auto document = version_document();
  CHECK(document.at("version").as_string() == software_version());
  const auto& running = document.at("libraries").as_object();
  const std::regex number{"[0-9]+(\\.[0-9]+)*"};
  for (const auto& name : {"caf", "boost", "openssl", "sqlite", "libpcap", "libarchive", "spdlog",
                           "tomlplusplus", "cli11"}) {
    INFO(name);
    REQUIRE(running.contains(name));
    CHECK(std::regex_match(running.at(name).as_string().c_str(), number));
  }
  // Debian's file is libcaf_core.so.0.17.6, and CMake takes no other CAF.
  CHECK(running.at("caf") == "0.17.6");
}

TEST_CASE("a library that tells its version nowhere else has it in the name of its file") {
  CHECK(version_in_file_name("/usr/lib/libcaf_core.so.0.17.6") == "0.17.6");
  CHECK(version_in_file_name("/usr/lib/libcaf_core.so") == "");
  CHECK(version_in_file_name("") == "");
}
