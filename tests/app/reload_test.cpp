#include "app/commands/reload.hpp"

#include "app/config/configuration_changes.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include <unistd.h>

using namespace xylem;

namespace {

const std::string mesh = "[[mesh]]\nserial = \"/dev/ttyACM0\"\n";

/// A configuration file, and a gateway that was started with what is in it first.
struct reload_bench {
  explicit reload_bench(const std::string& text) { write(text); }
  ~reload_bench() { std::remove(path.c_str()); }

  void write(const std::string& text) { std::ofstream{path} << text; }

  configuration_reload started() {
    auto loaded = load_configuration(std::get<configuration_source>(gather_configuration(path, {})));
    return {path, {}, configuration_use::gateway, std::get<gateway_settings>(loaded), log};
  }

  bool has_logged(std::string_view text) const { return out.str().find(text) != std::string::npos; }

  std::string path = "/tmp/xylem-reload-" + std::to_string(::getpid()) + ".toml";
  std::ostringstream out;
  logger log{{{log_level::debug, log_format::logfmt},
              std::make_shared<spdlog::sinks::ostream_sink_mt>(out),
              [] { return instant{}; }}};
};

using names = std::vector<allowed_monitor>;

} // namespace

TEST_CASE("who may follow is what the file says when it is read again") {
  reload_bench bench{mesh + "[monitor]\nallow = [{name = \"office\"}]\n"};
  auto reload = bench.started();
  CHECK(reload().allow == names{{"office", access_scope::read}});
  bench.write(mesh + "[monitor]\nallow = [{name = \"office\", scopes = [\"command\"]}]\n");
  CHECK(reload().allow == names{{"office", access_scope::command}});
  bench.write(mesh);
  CHECK(reload().allow == names{});
  CHECK_FALSE(bench.has_logged("restart"));
}

TEST_CASE("other keys that differ are told, and wait for a restart") {
  reload_bench bench{mesh};
  auto reload = bench.started();
  bench.write(mesh + "baud = 9600\n[log]\nlevel = \"debug\"\n[monitor]\nname = \"north\"\n");
  auto outcome = reload();
  CHECK(outcome.allow);
  CHECK(outcome.note == "restart needed for: monitor.name, mesh.baud");
  for (auto key : {"key=mesh.baud", "key=monitor.name"})
    CHECK(bench.has_logged(key));
  CHECK_FALSE(bench.has_logged("key=log.level"));
  CHECK(outcome.shown.find("level = \"debug\"") != std::string::npos);
  CHECK(outcome.shown.find("9600") == std::string::npos);
  bench.write(mesh);
  CHECK(reload().note.empty()); // as it was
}

TEST_CASE("a file with mistakes changes nothing, and they are told") {
  reload_bench bench{mesh};
  auto reload = bench.started();
  bench.write(mesh + "[monitor]\nallow = [{name = \"office\", scopes = [\"admin\"]}]\nnmae = \"x\"\n");
  auto outcome = reload();
  CHECK_FALSE(outcome.allow);
  CHECK(outcome.note == "the configuration file has mistakes, what was read before is in use");
  CHECK(bench.has_logged("line=4"));
  CHECK(bench.has_logged("key=monitor.nmae"));
  std::remove(bench.path.c_str());
  CHECK_FALSE(reload().allow);
  CHECK(bench.has_logged("cannot be read"));
}

TEST_CASE("the level of the log is what the file says, at once and told") {
  reload_bench bench{mesh + "[log]\nlevel = \"debug\"\n"};
  auto reload = bench.started();
  bench.write(mesh + "[log]\nlevel = \"error\"\n");
  CHECK(reload().note.empty());
  CHECK(bench.log.least() == log_level::error);
  CHECK(bench.has_logged("from=debug to=error")); // before it is too quiet for that
  CHECK_FALSE(bench.has_logged("read again"));
  bench.write(mesh);
  reload();
  CHECK(bench.log.least() == log_level::info);
  CHECK(bench.has_logged("from=error to=info"));
  bench.log.set_least(log_level::warning); // otherwise than by the file
  reload();
  CHECK(bench.log.least() == log_level::info);
}

TEST_CASE("a gateway without a file says that there is nothing to be read again") {
  reload_bench bench{mesh};
  configuration_reload reload{{}, {}, configuration_use::gateway, {}, bench.log};
  auto outcome = reload();
  CHECK_FALSE(outcome.allow);
  CHECK(outcome.note.empty());
  CHECK(bench.has_logged("no configuration file"));
}

TEST_CASE("changed keys are named as --set names them") {
  gateway_settings was;
  was.meshes.resize(2);
  auto is = was;
  CHECK(changed_keys(was, is).empty());
  is.state_dir = "/var/lib/xylem";
  is.meshes[1].baud = 9600;
  is.meshes[0].data_types.emplace_back();
  is.gateways.push_back({"north", {"north", 1}});
  is.monitor.allow.push_back({"office"});
  CHECK(changed_keys(was, is)
        == std::vector<std::string>{"state_dir", "gateway", "mesh.data_type", "mesh.1.baud"});
  is.meshes.pop_back();
  CHECK(changed_keys(was, is) == std::vector<std::string>{"state_dir", "gateway", "mesh"});
}
