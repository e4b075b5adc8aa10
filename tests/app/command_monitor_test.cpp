#include "app/commands/monitor.hpp"
#include "app/commands/monitor_options.hpp"
#include "app/commands/monitor_outputs.hpp"

#include "monitor_fixture.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

monitor_options with_files() {
  monitor_options options;
  options.pki = "/etc/pki";
  options.name = "office";
  options.gateways = {"north=north.example", "[::1]:7000"};
  return options;
}

gateway_settings settings_for(const monitor_options& options) {
  std::ostringstream err;
  auto settings = settings_of(options, err);
  REQUIRE_MESSAGE(settings, err.str());
  return *settings;
}

std::string complaint(const monitor_options& options) {
  std::ostringstream err;
  CHECK_FALSE(settings_of(options, err));
  return err.str();
}

/// What a line_output made of two readings and an incident, and of a change of the gateway.
std::string lines_of(output_format format, monitor_filter filter) {
  std::ostringstream out;
  line_output lines{out, format, std::move(filter), {}, [] { return instant{{}, monitor_time}; }};
  monitor_callbacks callbacks{[&](const followed_event& which) { lines.event(which); },
                              [&](const gateway_change& what) { lines.change(what); },
                              [&](const gateway_progress& how) { lines.progress(how); }};
  gateway_teller teller{callbacks, [] { return monitor_time; }};
  told_gateway north;
  north.declare_tmp();
  teller.changed(north.status);
  auto page = told_gateway::page(1, 1);
  page.events.push_back(told_gateway::incident(2, "killed"));
  page.reached.seq = 2;
  teller.told(north.status, page);
  north.status.meshes[0].link = link_state::silent; // nothing of the gateway itself
  teller.changed(north.status);
  north.status.state = following_state::connecting;
  north.status.reason = "closed by the gateway";
  teller.changed(north.status);
  return out.str();
}

class broken_buffer : public std::streambuf {};

} // namespace

TEST_CASE("gateways are told by where they are, and by a name if one is expected") {
  auto settings = settings_for(with_files());
  REQUIRE(settings.gateways.size() == 2);
  CHECK(settings.gateways[0] == followed_gateway{"north", {"north.example", 7655}});
  CHECK(settings.gateways[1] == followed_gateway{"", {"::1", 7000}});
  for (auto text : {"", "=north:7655", "North=north:7655", "north=", "a b", "host:port", "\"x\":1",
                    "north=x\n[[mesh]]"})
    CHECK_FALSE(parse_followed_gateway(text));
}

TEST_CASE("a folder of xylem pki is short for its three files, each of which may be another one") {
  auto options = with_files();
  auto settings = settings_for(options);
  CHECK(settings.monitor.authority == "/etc/pki/ca.pem");
  CHECK(settings.monitor.certificate == "/etc/pki/office.pem");
  CHECK(settings.monitor.key == "/etc/pki/office.key");
  options.key = "/run/key.pem";
  CHECK(settings_for(options).monitor.key == "/run/key.pem");
}

TEST_CASE("gateways of the command line come behind those of the configuration") {
  temp_folder folder;
  auto options = with_files();
  options.file = folder.write("office.toml", "[[gateway]]\naddress = \"south:7655\"\n[log]\n");
  auto settings = settings_for(options);
  REQUIRE(settings.gateways.size() == 3);
  CHECK(settings.gateways[0].address.host == "south");
}

TEST_CASE("a web server runs for who asks for it") {
  auto options = with_files();
  CHECK_FALSE(settings_for(options).web.enabled);
  options.web = "";
  CHECK(settings_for(options).web.enabled);
  CHECK(settings_for(options).web.page);
  CHECK(settings_for(options).web.listen == endpoint{"127.0.0.1", 7654});
  options.web = "127.0.0.1:8000";
  CHECK(settings_for(options).web.listen.port == 8000);
  options.web.reset();
  options.metrics = "127.0.0.1:9000";
  CHECK(settings_for(options).web.enabled);
  CHECK_FALSE(settings_for(options).web.page);
  CHECK(settings_for(options).web.listen.port == 9000);
}

TEST_CASE("others may follow a monitor, as far as it says") {
  auto options = with_files();
  options.listen = "0.0.0.0:7655";
  options.allow = {"attic", "cellar:command"};
  auto settings = settings_for(options);
  CHECK(settings.monitor.listen == endpoint{"0.0.0.0", 7655});
  CHECK(settings.monitor.allow
        == std::vector<allowed_monitor>{{"attic", access_scope::read},
                                        {"cellar", access_scope::command}});
  options.allow = {"cellar:root"};
  CHECK(complaint(options) == "cellar:root is no NAME or NAME:command\n");
}

TEST_CASE("what is wrong with a monitor is told before it starts") {
  monitor_options nothing;
  CHECK(complaint(nothing).find("no gateway is configured") != std::string::npos);
  auto options = with_files();
  options.gateways = {"a b"};
  CHECK(complaint(options) == "a b is no [NAME=]HOST[:PORT]\n");
  options.gateways = {"x", "x:7655"};
  CHECK(complaint(options).find("is followed already") != std::string::npos);
  std::ostringstream out, err;
  console io{out, err, monitor_time};
  CHECK(run_monitor(nothing, io) == exit_codes::usage);
  temp_folder folder;
  options = with_files();
  options.append = folder.write("notes.txt", "dear diary\n");
  CHECK(run_monitor(options, io) == exit_codes::failed);
  CHECK(err.str().find("is not a file of xylem monitor --append") != std::string::npos);
  options.append = folder / "new.jsonl";
  CHECK(run_monitor(options, io) == exit_codes::failed); // there are no certificates
}

TEST_CASE("a monitor prints lines as watch does, with the path of the mesh") {
  CHECK(lines_of(output_format::text, {})
        == "2023-11-14T22:13:20.000Z  reading         north/field  node 5  TMP  celsius=23\n"
           "2023-11-14T22:13:20.000Z  incident        north/field  killed\n");
}

TEST_CASE("as JSON each line has its gateway first, and changes of gateways are lines, too") {
  CHECK(lines_of(output_format::json, {.kinds = {event_kind::incident}})
        == R"({"gateway":"north","kind":"gateway","time":"2023-11-14T22:13:20.000Z",)"
           R"("state":"following","reason":""})"
           "\n"
           R"({"gateway":"north","epoch":7,"seq":2,"time":"2023-11-14T22:13:20.000Z",)"
           R"("mesh":"north/field","kind":"incident","text":"killed"})"
           "\n"
           R"({"gateway":"north","kind":"gateway","time":"2023-11-14T22:13:20.000Z",)"
           R"("state":"connecting","reason":"closed by the gateway"})"
           "\n");
}

TEST_CASE("only meshes that fit a pattern are shown, and every gap") {
  CHECK(lines_of(output_format::text, {.meshes = {"north/*"}})
        == lines_of(output_format::text, {}));
  CHECK(lines_of(output_format::text, {.meshes = {"south/*", "*/house"}}) == "");
  monitor_filter narrow{.kinds = {event_kind::message}, .meshes = {"south/*"}};
  auto gap = make_gap_event({3, 9, 7, "overwritten"}, monitor_time);
  data_type_registry types;
  CHECK(narrow.matches({"north", "north", gap, {7, 9}, types}));
}

TEST_CASE("a monitor ends when nobody takes its lines any more") {
  broken_buffer full;
  std::ostream out{&full};
  auto ends = 0;
  line_output lines{out, output_format::text, {}, [&] { ++ends; }};
  data_type_registry types;
  auto what = told_gateway::reading(1);
  lines.event({"north", "north/field", what, {7, 1}, types});
  lines.progress({"north", {7, 1}, {7, 1}});
  lines.progress({"north", {7, 1}, {7, 1}});
  CHECK(ends == 1);
  CHECK_FALSE(lines.finish().empty());
}
