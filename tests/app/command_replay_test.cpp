#include "app/commands/replay.hpp"

#include "app/replay/bundle_archive.hpp"
#include "protocol/snapshot.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <sstream>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string golden = XYLEM_SOURCE_DIR "/tests/golden/";

std::string read(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

struct replayed {
  explicit replayed(replay_options options) {
    std::ostringstream to, told;
    code = run_replay(options, to, told);
    out = to.str();
    err = told.str();
  }

  int code;
  std::string out;
  std::string err;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a replay prints its events and says how much there was") {
  replayed it{{.capture = golden + "joining.pcap"}};
  CHECK(it.code == 0);
  CHECK(it.out == read(golden + "joining.jsonl"));
  CHECK(it.err == "17 packets of 1 mesh, 8.8 s: 20 events\n");
}

TEST_CASE("a replay that is as expected is quiet, another one ends with 1 and tells where") {
  temp_folder folder;
  replayed same{{.capture = golden + "joining.pcap", .expected = golden + "joining.jsonl"}};
  CHECK(same.code == 0);
  CHECK(same.out == "");
  auto lines = read(golden + "joining.jsonl");
  lines.replace(lines.find("\"up\""), 4, "\"UP\"");
  replayed other{{.capture = golden + "joining.pcap", .expected = folder.write("x.jsonl", lines)}};
  CHECK(other.code == 1);
  CHECK(has(other.err, "x.jsonl:3: the replay differs"));
}

TEST_CASE("events and state go to files") {
  temp_folder folder;
  replayed it{{.capture = golden + "joining.pcap",
               .out = folder / "events.jsonl",
               .state = folder / "state"}};
  CHECK(it.code == 0);
  CHECK(it.out == "");
  CHECK(read(folder / "events.jsonl") == read(golden + "joining.jsonl"));
  auto state = decode_snapshot(view_of(read(folder / "state")));
  REQUIRE(std::holds_alternative<saved_state>(state));
  CHECK(std::get<saved_state>(state).meshes.at(0).nodes.size() == 5);
}

TEST_CASE("paced, the same events come") {
  replayed it{{.capture = golden + "joining.pcap",
               .speed = 1000,
               .expected = golden + "joining.jsonl"}};
  CHECK(it.code == 0);
}

TEST_CASE("what cannot be read ends with 1, a configuration that is wrong with 2") {
  temp_folder folder;
  CHECK(replayed{{.capture = folder / "none.pcap"}}.code == 1);
  CHECK(replayed{{.capture = folder.write("noise.pcap", "noise")}}.code == 1);
  auto half = read(golden + "joining.pcap");
  half.resize(half.size() - 5);
  CHECK(replayed{{.capture = folder.write("half.pcap", half)}}.code == 1);
  CHECK(replayed{{.capture = golden + "joining.pcap", .expected = folder / "none"}}.code == 1);
  CHECK(replayed{{.capture = golden + "joining.pcap", .out = "/dev/null/none"}}.code == 1);
  CHECK(replayed{{.capture = golden + "joining.pcap",
                  .configuration = folder.write("x.toml", "nonsense = 1\n")}}
          .code
        == 2);
}

TEST_CASE("a bundle is replayed with its configuration") {
  temp_folder folder;
  auto file = folder / "incident.tar.gz";
  write_bundle(file,
               {{"capture.pcap", read(golden + "two_meshes.pcap")},
                {"configuration.toml", read(golden + "two_meshes.toml")}},
               {});
  replayed it{{.capture = file, .expected = golden + "two_meshes.jsonl"}};
  CHECK_MESSAGE(it.code == 0, it.err);
}

TEST_CASE("a bundle is read as it was written, and only its owner can read it") {
  temp_folder folder;
  auto file = folder / "incident.tar.gz";
  bundle_files files{{"log.txt", std::string(100'000, 'x')}, {"status.json", "{}"}, {"empty", ""}};
  write_bundle(file, files, {});
  CHECK(read_bundle(file) == files);
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::all)
        == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(replayed{{.capture = file}}.code == 1);
  CHECK(has(replayed{{.capture = file}}.err, "without capture.pcap"));
}

TEST_CASE("a bundle that is cut or broken anywhere is an error, or what it was") {
  temp_folder folder;
  auto file = folder / "incident.tar.gz";
  write_bundle(file, {{"capture.pcap", read(golden + "requests.pcap")}}, {});
  auto whole = read(file);
  for (std::size_t at = 2; at < whole.size(); at += 7) {
    auto broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x20);
    for (const auto& content : {whole.substr(0, at), broken}) {
      auto path = folder.write("broken.tar.gz", content);
      try {
        (void)read_bundle(path);
      } catch (const bundle_error&) {
      }
    }
  }
  CHECK_THROWS_AS(read_bundle(folder / "none"), bundle_error);
}

TEST_CASE("the speed of a replay is max or a number") {
  auto code_of = [](const std::string& speed) {
    CLI::App app;
    auto exit_code = -1;
    add_replay(app, exit_code);
    try {
      app.parse("replay --expect " + golden + "requests.jsonl " + golden + "requests.pcap --speed "
                + speed);
    } catch (const CLI::ParseError&) {
      return 2;
    }
    return exit_code;
  };
  CHECK(code_of("max") == 0);
  CHECK(code_of("5000") == 0);
  for (auto wrong : {"0", "-1", "fast", "nan", "1e99"})
    CHECK(code_of(wrong) == 2);
}
