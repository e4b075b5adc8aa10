// The examples of the README, run as they stand.
#include "gateway_process.hpp"
#include "shell.hpp"
#include "waiting.hpp"
#include "web_client.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// The blocks of a section that are written for a shell.
std::vector<std::string> examples_of(const std::string& heading) {
  std::ifstream file{XYLEM_SOURCE_DIR "/README.md", std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto begin = text.find("\n" + heading + "\n");
  REQUIRE(begin != std::string::npos);
  auto section = text.substr(begin, text.find("\n## ", begin + 1) - begin);
  const std::string opening = "\n```sh\n";
  std::vector<std::string> out;
  for (auto at = section.find(opening); at != std::string::npos;
       at = section.find(opening, at + 1)) {
    auto first = at + opening.size();
    out.push_back(section.substr(first, section.find("```", first) - first));
  }
  return out;
}

/// `lines` for a gateway at another port.
std::string at_port(std::string lines, std::uint16_t port) {
  const std::string written = "127.0.0.1:7654";
  auto here = "127.0.0.1:" + std::to_string(port);
  for (auto at = lines.find(written); at != std::string::npos; at = lines.find(written, at))
    lines.replace(at, written.size(), here);
  return lines;
}

} // namespace

TEST_CASE("the examples of the README about HTTP run as they stand, and print what they promise") {
  const std::vector<std::vector<std::string>> promised{
      {"\"state\":\"ok\"", "\"meshes\":["},
      {"\"ready\":true"},
      {"\"nodes\":[{\"address\":", "\"status\":\"active\""},
      {"\"node\":5,\"type\":\"GPS\"", "{\"readings\":[{", "\"longitude\":"},
      {"{\"readings\":[{", "\"latitude\":"},
      {"\"kind\":\"send\",\"node\":5"},
      {"304\n"},
      {"{\"incidents\":[]}", "{\"subscribers\":["},
      {"xylem_link_state{mesh=\"default\",state=\"up\"} 1\n"},
      {"urn:xylem:bad-request", "did you mean limit?"},
      {"{\"meshes\":[{\"name\":\"default\""},
      {"426\n"}};
  temp_folder folder;
  auto made =
      run_xylem({"token", "create", "panel", "--scope", "read", "--file", folder / "tokens.json"},
                folder.path());
  REQUIRE_MESSAGE(made.code == 0, made.err);
  auto token = made.out.substr(0, made.out.find('\n'));
  gateway_process open{folder, {"--sim", "--listen", "127.0.0.1:0"}};
  gateway_process guarded{
      folder,
      {"--sim", "--listen", "127.0.0.1:0", "--set", "web.tokens=" + folder / "tokens.json"}};
  web_client web{place_of(open)};
  REQUIRE(eventually(
      [&] { return web.get("/api/v1/meshes/default/nodes/5/readings/GPS").status == 200; }));

  auto examples = examples_of("## HTTP and WebSocket");
  REQUIRE(examples.size() == promised.size());
  for (std::size_t i = 0; i < examples.size(); ++i) {
    auto needs_token = examples[i].find("$XYLEM_TOKEN") != std::string::npos;
    const auto& gateway = needs_token ? guarded : open;
    auto lines = at_port(examples[i], gateway.url().where.port);
    auto over = run_shell(folder.path(), "export XYLEM_TOKEN=" + token + "\n" + lines);
    INFO(lines << over.out);
    CHECK(over.code == 0);
    for (const auto& part : promised[i])
      CHECK_MESSAGE(over.out.find(part) != std::string::npos, part);
  }
}
