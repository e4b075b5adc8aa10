#include "web_client.hpp"
#include "wire.hpp"

#include "app/capture/pcap_file.hpp"
#include "app/replay/bundle_archive.hpp"
#include "protocol/version.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string api = "/api/v1";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

process_end run_bundle(const one_mesh& mesh, const std::string& file) {
  return run_xylem({"bundle", "--url", to_string(mesh.gateway.url()), "--out", file},
                   mesh.folder.path());
}

} // namespace

TEST_CASE("the configuration of a gateway is TOML, its log has lines") {
  one_mesh mesh;
  web_client web{place_of(mesh.gateway)};
  auto shown = web.get(api + "/configuration");
  CHECK(shown.status == 200);
  CHECK(has(shown.body, "[[mesh]]\nname = \"default\"\n"));
  auto lines = web.document(api + "/log?limit=1000").at("lines").as_array();
  CHECK(std::ranges::any_of(lines, [](const boost::json::value& line) {
    return has(std::string{line.as_string()}, "port opened");
  }));
  CHECK(web.document(api + "/log?limit=1").at("lines").as_array().size() == 1);
}

TEST_CASE("a bundle has all that is known, and is replayed as it is") {
  one_mesh mesh;
  mesh.learn(5, {{"T01", "\x2a"}});
  auto file = mesh.folder / "incident.tar.gz";
  auto made = run_bundle(mesh, file);
  REQUIRE_MESSAGE(made.code == 0, made.err);
  auto files = read_bundle(file);
  std::string names;
  for (const auto& [name, content] : files) {
    names += name + ' ';
    CHECK(!content.empty());
  }
  CHECK(names == "capture.pcap configuration.toml log.txt metrics.txt status.json version.json ");
  CHECK(boost::json::parse(files.at("version.json")).at("gateway").as_string() == software_version());
  CHECK(has(files.at("log.txt"), "port opened"));

  auto replayed = run_xylem({"replay", file}, mesh.folder.path());
  CHECK_MESSAGE(replayed.code == 0, replayed.err);
  CHECK(has(replayed.out, R"("kind":"reading","node":5,"type":"T01","data":"2a","reading":1)"));
}

TEST_CASE("a bundle without a gateway is none") {
  temp_folder folder;
  auto over = run_xylem({"bundle", "--url", "http://127.0.0.1:1", "--out", folder / "x.tar.gz"},
                        folder.path());
  CHECK(over.code == 3);
  CHECK(!std::filesystem::exists(folder / "x.tar.gz"));
}
