// The status document as Prometheus text (web §4).
#include "metric_coverage.hpp"
#include "metric_text.hpp"
#include "protocol/prometheus.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace xylem;
using namespace xylem::testing;

namespace {

namespace json = boost::json;

json::object one_mesh(json::object mesh) {
  mesh["name"] = "field";
  return {{"meshes", json::array{std::move(mesh)}}};
}

} // namespace

TEST_CASE("every number of the status is in a metric, but for those that are none for a reason") {
  auto coverage = metric_coverage(full_status());
  CHECK(coverage.shown > 100);
  CHECK(coverage.missing == "");
  CHECK(coverage.needless == "");
}

TEST_CASE("each metric has its HELP and TYPE once, and its samples right after them") {
  std::set<std::string> seen;
  for (const auto& metric : metrics_in(prometheus_text(full_status()))) {
    CAPTURE(metric.name);
    CHECK(seen.insert(metric.name).second);
    CHECK_FALSE(metric.help.empty());
    CHECK(std::set<std::string>{"counter", "gauge", "histogram"}.contains(metric.type));
    CHECK_FALSE(metric.samples.empty());
    for (const auto& sample : metric.samples)
      CHECK(sample.name.starts_with(metric.name));
  }
  CHECK(seen.size() >= 60);
}

TEST_CASE("no series is told twice") {
  std::set<std::string> seen;
  for (const auto& metric : metrics_in(prometheus_text(full_status())))
    for (const auto& sample : metric.samples)
      CHECK_MESSAGE(seen.insert(sample.series()).second, sample.series());
}

TEST_CASE("names have the prefix of the gateway or of processes, and counters end in _total") {
  for (const auto& metric : metrics_in(prometheus_text(full_status()))) {
    CAPTURE(metric.name);
    CHECK((metric.name.starts_with("xylem_") || metric.name.starts_with("process_")));
    CHECK(metric.name.ends_with("_total") == (metric.type == "counter"));
  }
}

TEST_CASE("what belongs to a mesh has its name as label, also when there are several") {
  json::object status{
      {"meshes", json::array{{{"name", "field"}, {"cache", {{"readings", 7}}}},
                             {{"name", "barn"}, {"cache", {{"readings", 9}}}}}}};
  CHECK(prometheus_text(status)
        == "# HELP xylem_cache_readings Readings in memory.\n"
           "# TYPE xylem_cache_readings gauge\n"
           "xylem_cache_readings{mesh=\"field\"} 7\n"
           "xylem_cache_readings{mesh=\"barn\"} 9\n");
}

TEST_CASE("a state is a series for each state it can have, one of them 1") {
  auto text = prometheus_text(one_mesh({{"dialect", "classic"}, {"link", {{"state", "noisy"}}}}));
  CHECK(value_of(text, R"(xylem_link_state{mesh="field",state="down"})") == "0");
  CHECK(value_of(text, R"(xylem_link_state{mesh="field",state="up"})") == "0");
  CHECK(value_of(text, R"(xylem_link_state{mesh="field",state="silent"})") == "0");
  CHECK(value_of(text, R"(xylem_link_state{mesh="field",state="noisy"})") == "1");
}

TEST_CASE("an actor that runs and has answered is up") {
  json::object status{
      {"actors", json::array{{{"name", "event_hub"}, {"state", "running"}},
                             {{"name", "uart/field"}, {"state", "waiting"}},
                             {{"name", "node_cache/field"}, {"state", "running"}}}},
      {"silent_actors", json::array{"node_cache/field"}}};
  auto text = prometheus_text(status);
  CHECK(value_of(text, R"(xylem_actor_up{actor="event_hub"})") == "1");
  CHECK(value_of(text, R"(xylem_actor_up{actor="uart",mesh="field"})") == "0");
  CHECK(value_of(text, R"(xylem_actor_up{actor="node_cache",mesh="field"})") == "0");
  CHECK(value_of(text, R"(xylem_actor_state{actor="uart",mesh="field",state="waiting"})") == "1");
}

TEST_CASE("what an actor did not tell is left out, not zero") {
  auto status = full_status();
  auto& mesh = status["meshes"].as_array()[0].as_object();
  for (auto part : {"nodes", "cache"})
    mesh.erase(part);
  auto text = prometheus_text(status);
  CHECK(text.find("xylem_nodes{mesh=\"default\"") == std::string::npos);
  CHECK(text.find("xylem_cache_readings{mesh=\"default\"") == std::string::npos);
  CHECK(text.find("xylem_uart_frames_total{mesh=\"default\"") != std::string::npos);
}

TEST_CASE("a link that the status makes up for a silent network manager is left out") {
  CHECK(prometheus_text(one_mesh({{"link", {{"state", "down"}}}})).empty());
}

TEST_CASE("the reasons of a count are there from the start, and no others") {
  auto text = prometheus_text(one_mesh(
      {{"clients", {{"failures", {{"Queue Full", 3}, {"From Outside", 5}}}}}}));
  CHECK(value_of(text, R"(xylem_client_failures_total{mesh="field",reason="queue_full"})") == "3");
  CHECK(value_of(text, R"(xylem_client_failures_total{mesh="field",reason="timeout"})") == "0");
  CHECK(text.find("outside") == std::string::npos);
}

TEST_CASE("a histogram's buckets include the shorter ones, and the last one is +Inf") {
  json::object times{{"bounds", {1e-5, 0.0025, 10}}, {"counts", {1, 2, 0, 4}},
                     {"sum", 40.5}, {"count", 7}};
  auto text = prometheus_text({{"restarts", {{"node_cache", times}}}});
  CHECK(text == "# HELP xylem_restart_seconds From the death of an actor until it ran again.\n"
                "# TYPE xylem_restart_seconds histogram\n"
                "xylem_restart_seconds_bucket{actor=\"node_cache\",le=\"1e-05\"} 1\n"
                "xylem_restart_seconds_bucket{actor=\"node_cache\",le=\"0.0025\"} 3\n"
                "xylem_restart_seconds_bucket{actor=\"node_cache\",le=\"10\"} 3\n"
                "xylem_restart_seconds_bucket{actor=\"node_cache\",le=\"+Inf\"} 7\n"
                "xylem_restart_seconds_sum{actor=\"node_cache\"} 40.5\n"
                "xylem_restart_seconds_count{actor=\"node_cache\"} 7\n");
}

TEST_CASE("requests of both ports are one metric with the port as label") {
  json::object times{{"bounds", {1}}, {"counts", {1, 0}}, {"sum", 0.5}, {"count", 1}};
  auto status = one_mesh({{"clients", {{"latency", {{"request", times}}}}}});
  status["web"] = {{"latency", {{"request", times}}}};
  auto text = prometheus_text(status);
  CHECK(value_of(text, R"(xylem_request_seconds_count{mesh="field",api="socket"})") == "1");
  CHECK(value_of(text, R"(xylem_request_seconds_count{api="http"})") == "1");
  CHECK(metrics_in(text).size() == 1);
}

TEST_CASE("times are Unix seconds, and one that is not known yet is left out") {
  auto with = [](json::value last) {
    return prometheus_text(
        one_mesh({{"dialect", "classic"}, {"link", {{"last_frame", std::move(last)}}}}));
  };
  CHECK(value_of(with("2026-01-31T12:00:00.250Z"),
                 R"(xylem_link_last_frame_timestamp_seconds{mesh="field"})")
        == "1769860800.25");
  CHECK(with(nullptr).empty());
}

TEST_CASE("numbers keep every digit, whatever the document has them as") {
  auto shown = [](json::value number) {
    return value_of(prometheus_text({{"uptime_seconds", std::move(number)}}),
                    "xylem_uptime_seconds");
  };
  CHECK(shown(18'446'744'073'709'551'615U) == "18446744073709551615");
  CHECK(shown(-7) == "-7");
  CHECK(shown(0.1) == "0.1");
  CHECK(shown(1795370776.112) == "1795370776.112");
  CHECK(shown(25.0) == "25");
}

TEST_CASE("what is not a number where one is expected is left out") {
  CHECK(prometheus_text({{"uptime_seconds", "long"}, {"meshes", 5}, {"actors", nullptr}}).empty());
  CHECK(prometheus_text({}).empty());
}

TEST_CASE("quotes, backslashes and line ends in a label are escaped") {
  CHECK(prometheus_text({{"version", "a\"b\\c\nd"}}).find(R"({version="a\"b\\c\nd"} 1)")
        != std::string::npos);
}
