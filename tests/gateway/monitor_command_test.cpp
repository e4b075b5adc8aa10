// `xylem monitor` beside a gateway, each a process of its own, over TLS: what it is told is in its
// file exactly once, whatever is killed.
#include "followed_process.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include "app/client/json_view.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <sstream>

using namespace xylem;
using namespace xylem::testing;

namespace {

std::string content_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The texts of the messages in lines of JSON, in their order.
words messages_in(const std::string& lines) {
  words found;
  std::istringstream in{lines};
  for (std::string line; std::getline(in, line);) {
    auto document = client::parse_json(line);
    if (!document)
      continue; // torn: its writer was just killed
    client::json_view view{*document};
    if (view["kind"].text() == "message")
      found.push_back(view["text"].text());
  }
  return found;
}

words texts(unsigned count) {
  words all;
  for (unsigned i = 0; i < count; ++i)
    all.push_back("text " + std::to_string(i));
  return all;
}

} // namespace

TEST_CASE("a file of xylem monitor has each event exactly once through kill -9 again and again") {
  followed_process north;
  auto path = north.folder / "events.jsonl";
  auto follow = [&] {
    return std::make_unique<child_process>(north.monitor({"--append", path}), north.folder.path());
  };
  auto monitor = follow();
  // From then on nothing may be missing: it has a position in the file.
  await("the monitor follows",
        [&] { return content_of(path).find("\"position\"") != std::string::npos; });
  unsigned said = 0;
  for (auto life = 0; life < 12; ++life) {
    for (auto i = 0; i < 40; ++i)
      north.root.say(message(5, "text " + std::to_string(said++)));
    if (life % 3 != 2) // sometimes before it had a chance, sometimes in the middle, sometimes after
      await("some of it is in the file", [&] {
        return messages_in(content_of(path)).size() >= said - (life % 3 == 0 ? 20 : 0);
      });
    monitor->signal(SIGKILL);
    CHECK(monitor->end().code == 128 + SIGKILL);
    for (auto i = 0; i < 10; ++i)
      north.root.say(message(5, "text " + std::to_string(said++)));
    monitor = follow();
  }
  await("all of it is in the file", [&] { return messages_in(content_of(path)).size() >= said; });
  monitor->signal(SIGTERM);
  auto end = monitor->end();
  CHECK_MESSAGE(end.code == 0, end.err);
  CHECK(messages_in(content_of(path)) == texts(said));
  CHECK(content_of(path).find("\"kind\":\"gap\"") == std::string::npos);
}

TEST_CASE("a monitor prints a line an event, and ends after its time") {
  followed_process north;
  auto arguments = north.monitor({"--mesh", "north/*", "--kind", "message", "--for", "30s"});
  child_process monitor{arguments, north.folder.path()};
  await("the monitor follows",
        [&] { return monitor.err().find("msg=\"following\"") != std::string::npos; });
  north.root.say(message(5, "hello"));
  await("the line", [&] {
    return monitor.out().find("north/field  node 5  [M]  hello\n") != std::string::npos;
  });
  monitor.signal(SIGINT);
  CHECK(monitor.end().code == 0);
  auto short_one = run_xylem(north.monitor({"--json", "--for", "100ms"}), north.folder.path());
  CHECK(short_one.code == 0);
}

TEST_CASE("a certificate of somebody else is told by name, and nobody is followed") {
  followed_process north;
  temp_folder elsewhere;
  authority other{elsewhere};
  child_process monitor{{"monitor", "127.0.0.1:" + std::to_string(north.port), "--pki", other.path,
                         "--name", "office", "--json"},
                        elsewhere.path()};
  await("it is told", [&] {
    return monitor.out().find("\"state\":\"connecting\",\"reason\":\"") != std::string::npos;
  });
  monitor.signal(SIGTERM);
  auto end = monitor.end();
  CHECK(end.code == 0);
  CHECK(end.out.find("\"state\":\"following\"") == std::string::npos);
  CHECK(end.err.find("msg=\"not following a gateway") != std::string::npos);
}

TEST_CASE("a monitor serves the metrics without the page") {
  followed_process north;
  child_process monitor{north.monitor({"--metrics", "127.0.0.1:0"}), north.folder.path()};
  client::gateway_url url;
  await("it serves", [&] {
    auto log = monitor.err();
    auto found = log.find(" msg=\"serving\" url=");
    auto end = log.find('\n', found);
    if (found == std::string::npos || end == std::string::npos)
      return false;
    url = client::parse_gateway_url(log.substr(found + 19, end - found - 19)).value();
    return true;
  });
  client::http_gateway web{{url, {}, {}, client::tls_trust::verified, patience}};
  await("the mesh is known", [&] {
    auto meshes = web.meshes();
    return meshes && *meshes == words{"north/field"};
  });
  north.root.say(update(5, {{"GPS", "abcdef"}}));
  await("its node is known", [&] {
    auto nodes = web.nodes("north/field", "");
    return nodes && nodes->size() == 1;
  });
  monitor.signal(SIGTERM);
  CHECK(monitor.end().code == 0);
}

TEST_CASE("the example of the library prints what exceeds a value, and that a gateway is lost") {
  followed_process north;
  child_process alarm{{north.pki.path, "office", "GPS", "latitude", "50",
                       "127.0.0.1:" + std::to_string(north.port), "127.0.0.1:1"},
                      north.folder.path(),
                      XYLEM_ALARM};
  await("it follows", [&] { return alarm.out().find("north is following") != std::string::npos; });
  CHECK(alarm.out().find("127.0.0.1:1 is connecting ") != std::string::npos);
  // Longitude and latitude in 1e-5 degrees (wire §2): 49 and 51 degrees north.
  north.root.say(update(5, {{"GPS", byte(0) + word(0) + byte(0x4A) + word(0xC4A0)}}));
  north.root.say(update(6, {{"GPS", byte(0) + word(0) + byte(0x4D) + word(0xD1E0)}}));
  await("the alarm", [&] { return alarm.out().find("north/field node 6: ") != std::string::npos; });
  CHECK(alarm.out().find("latitude=51\n") != std::string::npos);
  CHECK(alarm.out().find("node 5") == std::string::npos);
  north.gateway.end(SIGTERM);
  await("the loss", [&] { return alarm.out().find("north is connecting ") != std::string::npos; });
  alarm.signal(SIGTERM);
  CHECK(alarm.end().code == 0);
}
