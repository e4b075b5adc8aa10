// `xylem monitor` beside a gateway, each a process of its own, over TLS: what it is told is in its
// file exactly once, whatever is killed.
#include "gateway_process.hpp"
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

using words = std::vector<std::string>;

void run_well(const words& arguments, const temp_folder& folder) {
  auto end = run_xylem(arguments, folder.path());
  REQUIRE_MESSAGE(end.code == 0, end.err);
}

/// An authority with certificates for a gateway and for who follows it.
struct authority {
  explicit authority(const temp_folder& in) : path{in / "pki"} {
    run_well({"pki", "init", "--dir", path}, in);
    for (auto name : {"north", "office"})
      run_well({"pki", "issue", "--dir", path, name}, in);
  }

  std::string path;
};

/// A gateway with a record, that `office` may follow.
struct followed_process {
  followed_process()
      : gateway{folder,
                {"--serial", plugged(), "--listen", "127.0.0.1:0", "--set", "mesh.transmit=stream",
                 "--set", "mesh.name=field", "--set", "monitor.listen=127.0.0.1:0", "--set",
                 "monitor.authority=" + pki.path + "/ca.pem", "--set",
                 "monitor.certificate=" + pki.path + "/north.pem", "--set",
                 "monitor.key=" + pki.path + "/north.key", "--set",
                 R"(monitor.allow=[{name="office", scopes=["command"]}])"},
                {"field"}} {
    root.await_command(ninfo);
    await("the gate listens", [this] { return reads_port(); });
  }

  std::string plugged() {
    root.plug();
    return root.link();
  }

  /// `… msg="listening for monitors" host=127.0.0.1 port=40001`, once its line is complete.
  bool reads_port() {
    auto text = gateway.log();
    auto found = text.find("msg=\"listening for monitors\"");
    auto mark = text.find(" port=", found);
    if (found == std::string::npos || text.find('\n', found) == std::string::npos)
      return false;
    port = std::stoul(text.substr(mark + 6));
    return true;
  }

  words monitor(const words& more) const {
    words all{"monitor", "127.0.0.1:" + std::to_string(port), "--pki", pki.path, "--name",
              "office"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  temp_folder folder;
  authority pki{folder};
  pty_root root{folder / "root"};
  gateway_process gateway;
  unsigned long port = 0;
};

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
  CHECK(end.err.find("msg=\"not following\"") != std::string::npos);
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
