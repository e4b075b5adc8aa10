// deploy/LOG.md has every warning and error, and none that there is not.
#include "folder_law.hpp"
#include "log_literals.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

using namespace xylem;

namespace {

using texts = std::set<std::string>;

const std::filesystem::path root{XYLEM_SOURCE_DIR};

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{root / path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  REQUIRE_MESSAGE(!text.empty(), path);
  return text;
}

texts problems_in_sources() {
  texts found;
  for (auto folder : {"actors", "app"})
    for (const auto& path : law_abiding_files(root, folder))
      found.merge(logged_problems(content_of(path)));
  return found;
}

texts all_matches(const std::string& text, const std::string& pattern) {
  texts found;
  std::regex what{pattern};
  for (std::sregex_iterator at{text.begin(), text.end(), what}, end; at != end; ++at)
    found.insert((*at)[1]);
  return found;
}

texts missing_of(const texts& wanted, const texts& there) {
  texts missing;
  std::set_difference(wanted.begin(), wanted.end(), there.begin(), there.end(),
                      std::inserter(missing, missing.end()));
  return missing;
}

} // namespace

TEST_CASE("every warning and error that is logged is explained, and nothing else") {
  auto logged = problems_in_sources();
  REQUIRE(logged.size() > 30);
  auto explained = all_matches(content_of("deploy/LOG.md"), "\n### `([^`]+)`\n");
  for (const auto& text : missing_of(logged, explained))
    FAIL_CHECK("deploy/LOG.md does not explain: " << text);
  for (const auto& text : missing_of(explained, logged))
    FAIL_CHECK("deploy/LOG.md explains what nobody logs: " << text);
}

TEST_CASE("each explanation says the level, what it means and what to do") {
  auto document = content_of("deploy/LOG.md");
  for (const auto& text : problems_in_sources()) {
    auto begin = document.find("### `" + text + "`\n");
    if (begin == document.npos)
      continue; // the test above tells
    auto section = document.substr(begin, document.find("\n#", begin + 1) - begin);
    INFO(text);
    CHECK(std::regex_search(section, std::regex{"\n(Warning|Error|Error or warning)[ ,.]"}));
    CHECK(section.find("\n**Do**: ") != section.npos);
  }
}

TEST_CASE("metrics and alerts that the explanations name are there") {
  auto document = content_of("deploy/LOG.md");
  texts metrics, alerts;
  for (const auto& path : law_abiding_files(root, "protocol"))
    if (path.string().find("metric") != std::string::npos)
      metrics.merge(all_matches(content_of(path), "\"(xylem_[a-z_]+)\""));
  alerts = all_matches(content_of("deploy/prometheus-rules.yml"), "alert: (Xylem[A-Za-z]+)");
  REQUIRE(metrics.size() > 20);
  REQUIRE(alerts.size() > 10);
  for (const auto& name : missing_of(all_matches(document, "`(xylem_[a-z_]+)"), metrics))
    FAIL_CHECK("there is no metric " << name);
  for (const auto& name : missing_of(all_matches(document, "`(Xylem[A-Za-z]+)`"), alerts))
    FAIL_CHECK("there is no alert " << name);
}

TEST_CASE("what is logged is found however the call is written") {
  CHECK(logged_problems(R"(log_.warning("a", {{"k", "v"}});)") == texts{"a"});
  CHECK(logged_problems("log_.error(\n  \"a \"\n  \"b\",\n {{}});") == texts{"a b"});
  CHECK(logged_problems(R"(l.warning(days < 0 ? "gone" : "soon", {{"k", "v"}});)")
        == texts{"gone", "soon"});
  CHECK(logged_problems(R"(log(log_level::error, std::string{"why: "} + e.what());)")
        == texts{"why"});
  CHECK(logged_problems(R"(return answer.error();)").empty());
  CHECK(logged_problems(R"(log_.info("a"); log_.debug("b");)").empty());
  CHECK(logged_problems(R"(log_.error("say \"x\"");)") == texts{"say \"x\""});
}
