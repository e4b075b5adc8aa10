#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include "app/client/json_view.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include <netinet/in.h>
#include <sys/socket.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr auto with_types = R"(
[[mesh]]
listen = "127.0.0.1:0"
transmit = "stream"
[[mesh.data_type]]
name = "TMP"
fields = [{name = "celsius", type = "i16", scale = 0.01}]
[[mesh.data_type]]
name = "LBL"
fields = [{name = "level", type = "u8"}, {name = "label", type = "text"}]
)";

/// A gateway whose node 5 has said something of every kind, and a user at its side.
struct desk {
  desk() {
    root.await_command(ninfo);
    root.say(snapshot({4, 5}));
    root.say(update(5, {{"TMP", word(0x10000 - 150)}})); // -1.50 °C
    root.say(update(5, {{"GPS", "\x0C\xD2\xFC\x4A\xCA\x21"},
                        {"TMP", word(2150)},
                        {"LBL", "\x03high"},
                        {"DYN", "\x01\x02"}}));
    auto asker = gateway.connect();
    await("the readings are known",
          [&] { return asker.latest(node_address{5}, type_code{"DYN"}).operator bool(); });
  }

  process_end run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--url", to_string(gateway.url())});
    return run_xylem(arguments, folder.path());
  }

  /// What the command prints with --json, which must be one document.
  boost::json::value json(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    auto over = run(arguments);
    CHECK_MESSAGE(over.code == 0, over.err);
    auto document = client::parse_json(over.out);
    REQUIRE_MESSAGE(document, over.out);
    return *document;
  }

  std::vector<std::string> arguments() {
    root.plug();
    return {"--config", folder.write("xylem.toml", with_types), "--serial", root.link()};
  }

  temp_folder folder;
  pty_root root{folder / "root"};
  gateway_process gateway{folder, arguments()};
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// An address at which nobody listens, as long as it lives.
class closed_port {
public:
  closed_port() : socket_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(bind(socket_.get(), raw, size) == 0);
    REQUIRE(getsockname(socket_.get(), raw, &size) == 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }

  const std::string& url() const noexcept { return url_; }

private:
  file_descriptor socket_;
  std::string url_;
};

} // namespace

TEST_CASE("get shows readings by their declared types, and says what is not there") {
  desk user;
  auto gps = user.run({"get", "GPS", "5"});
  CHECK(gps.code == 0);
  CHECK(has(gps.out, "longitude=8.40444 latitude=49.01409\n"));
  CHECK(has(user.run({"get", "TMP"}).out, "celsius=21.5\n"));
  CHECK(has(user.run({"get", "5", "LBL"}).out, "level=3 label=high\n"));
  CHECK(has(user.run({"get", "DYN", "0x0005"}).out, " 0102\n"));
  auto readings = user.json({"get", "TMP"}).at("readings").as_array();
  REQUIRE(readings.size() == 1);
  CHECK(readings[0].at("node") == 5);
  CHECK(readings[0].at("data") == "0866"); // 2150
  CHECK(readings[0].at("value").at("celsius") == 21.5);
  auto missing = user.run({"get", "GPS", "6"});
  CHECK(missing.code == 1);
  CHECK(missing.out.empty());
  CHECK(has(missing.err, "node 6"));
  CHECK(user.run({"get", "GPSX"}).code == 2);
  CHECK(user.run({"get"}).code == 2);
}

TEST_CASE("history shows the newest readings first, as many as are asked for") {
  desk user;
  auto text = user.run({"history", "5", "TMP"});
  CHECK(text.code == 0);
  CHECK(text.out.find("celsius=21.5\n") < text.out.find("celsius=-1.5\n"));
  CHECK(has(text.out, "celsius=-1.5\n"));
  auto one = user.json({"history", "5", "TMP", "--limit", "1"});
  REQUIRE(one.at("readings").as_array().size() == 1);
  CHECK(one.at_pointer("/readings/0/node") == 5);
  CHECK(one.at_pointer("/readings/0/value/celsius") == 21.5);
  CHECK(user.run({"history", "5", "OLD"}).code == 1);
}

TEST_CASE("nodes lists every node with its status and types") {
  desk user;
  auto text = user.run({"nodes"});
  CHECK(text.code == 0);
  CHECK(has(text.out, "TMP GPS LBL DYN"));
  auto nodes = user.json({"nodes"}).at("nodes").as_array();
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[0].at("address") == 4);
  CHECK(nodes[0].at("status") == "disconnected");
  CHECK(nodes[0].at("heard") == false);
  CHECK(nodes[0].at("uuid") == "00040004000400040004000400040004");
  CHECK(nodes[1].at("status") == "active");
  CHECK(nodes[1].at_pointer("/counters/frames") == 2);
  CHECK(nodes[1].at_pointer("/counters/readings") == 5);
  auto active = user.json({"nodes", "--status", "active"}).at("nodes").as_array();
  REQUIRE(active.size() == 1);
  CHECK(active[0].at("address") == 5);
}

TEST_CASE("send and broadcast reach the root, and without a link they fail with the reason") {
  desk user;
  auto sent = user.run({"send", "5", "hello", "world"});
  CHECK(sent.code == 0);
  CHECK(has(sent.out, ", 11 bytes for node 5: waits for the root\n"));
  user.root.await_command(as_command(send_request(5, "hello world")));
  CHECK(user.json({"send", "0x0005", "--hex", "fe ff"}).at("state") == "accepted");
  user.root.await_command(as_command(send_request(5, "\xFE\xFF")));
  auto waited = user.run({"broadcast", "to", "all", "--wait"});
  CHECK(waited.code == 0);
  CHECK(has(waited.out, ", 6 bytes for every node: written\n"));
  user.root.await_command(as_command(broadcast_request("to all")));
  CHECK(user.run({"send", "5", std::string(256, 'x')}).code == 2);
  CHECK(user.run({"send", "70000", "x"}).code == 2);
  user.root.unplug();
  user.gateway.await_log("waiting for the port");
  auto refused = user.run({"send", "5", "hello"});
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "the state of the root's link: xylem status"));
}

TEST_CASE("watch shows the events that are wanted and ends after their number, or at a signal") {
  desk user;
  auto url = to_string(user.gateway.url());
  child_process watch{
      {"watch", "--json", "--kind", "reading", "--node", "5", "--count", "2", "--url", url},
      user.folder.path()};
  child_process endless{{"watch", "--url", url}, user.folder.path()};
  await("both watch", [&] { return user.gateway.watchers() == 2; });
  user.root.say(update(6, {{"TMP", word(1)}}));
  user.root.say(update(5, {{"TMP", word(100)}, {"TMP", word(200)}, {"TMP", word(300)}}));
  auto over = watch.end();
  CHECK(over.code == 0);
  auto middle = over.out.find('\n') + 1;
  auto first = client::parse_json(over.out.substr(0, middle));
  auto second = client::parse_json(over.out.substr(middle));
  REQUIRE((first && second));
  CHECK(first->at_pointer("/value/celsius").to_number<double>() == 1.0);
  CHECK(second->at_pointer("/value/celsius").to_number<double>() == 2.0);
  CHECK(second->at("seq").to_number<std::uint64_t>()
        == first->at("seq").to_number<std::uint64_t>() + 1);
  await("the other one shows the last", [&] { return has(endless.out(), "celsius=3"); });
  endless.signal(SIGINT);
  CHECK(endless.end().code == 0);
}

TEST_CASE("status tells the truth about link, nodes and clients") {
  desk user;
  auto text = user.run({"status"});
  CHECK(text.code == 0);
  CHECK(has(text.out, "mesh default (classic)"));
  CHECK(has(text.out, user.root.device()));
  CHECK(has(text.out, "2 total, 1 active, 0 idle, 1 disconnected"));
  auto status = user.json({"status"});
  CHECK(status.at("state") == "ok");
  CHECK(status.at("pid") == user.gateway.pid());
  CHECK(status.at("silent_actors").as_array().empty());
  CHECK(status.at_pointer("/meshes/0/link/state") == "up");
  CHECK(status.at_pointer("/meshes/0/uart/frames") == 3);
  CHECK(status.at_pointer("/meshes/0/commands/written") == 1);
  CHECK(status.at_pointer("/incidents/total") == 0);
}

TEST_CASE("without a gateway every client command ends with 3 and says what to do") {
  closed_port nobody;
  temp_folder folder;
  for (const auto& words : std::vector<std::vector<std::string>>{{"nodes"},
                                                                 {"get", "GPS"},
                                                                 {"history", "5", "GPS"},
                                                                 {"send", "5", "x"},
                                                                 {"broadcast", "x"},
                                                                 {"watch"},
                                                                 {"status"}}) {
    CAPTURE(words.front());
    auto arguments = words;
    arguments.insert(arguments.end(), {"--url", nobody.url()});
    auto over = run_xylem(arguments, folder.path());
    CHECK(over.code == 3);
    CHECK(over.out.empty());
    CHECK(has(over.err, "no gateway answers on " + nobody.url()));
  }
}
