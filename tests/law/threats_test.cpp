// What deploy/THREATS.md says to be held is held by tests that are there.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace {

const std::filesystem::path root{XYLEM_SOURCE_DIR};

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{root / path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST_CASE("each test that the threat model names is there, with its sentence") {
  auto model = content_of("deploy/THREATS.md");
  std::regex named{"`((?:tests|deploy)/[^`]+)`(?:: \"([^\"]+)\")?"};
  auto count = 0;
  for (std::sregex_iterator at{model.begin(), model.end(), named}, end; at != end; ++at, ++count) {
    auto path = (*at)[1].str();
    auto sentence = (*at)[2].str();
    CHECK_MESSAGE(std::filesystem::exists(root / path), path);
    if (!sentence.empty())
      CHECK_MESSAGE(content_of(path).find(sentence) != std::string::npos, path << ": " << sentence);
  }
  CHECK(count > 50);
}

TEST_CASE("each fuzz target is named by the threat model") {
  auto model = content_of("deploy/THREATS.md");
  for (const auto& entry : std::filesystem::directory_iterator{root / "tests/fuzz"}) {
    auto name = entry.path().filename().string();
    if (name.starts_with("fuzz_"))
      CHECK_MESSAGE(model.find("`tests/fuzz/" + name + "`") != std::string::npos, name);
  }
}

TEST_CASE("every line of the threat model's tables says what holds it") {
  auto model = content_of("deploy/THREATS.md");
  std::istringstream lines{model};
  for (std::string line; std::getline(lines, line);) {
    auto is_row = line.starts_with("| ") && !line.starts_with("| they try");
    if (is_row)
      CHECK_MESSAGE(std::ranges::count(line, '`') >= 2, line);
  }
}
