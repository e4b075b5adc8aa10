// What outlives the gateway, as those who follow it see it.
#include "gateway_process.hpp"
#include "waiting.hpp"
#include "web_socket_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace xylem;
using namespace xylem::testing;

namespace json = boost::json;

namespace {

/// Gateways one after the other, with the same root and the same folder.
struct lives {
  lives() {
    std::filesystem::create_directories(folder / "journal");
    root.plug();
  }

  std::vector<std::string> arguments() const {
    return {"--serial", root.link(), "--listen", "127.0.0.1:0",
            "--set",    "mesh.transmit=stream",
            "--set",    "state_dir=" + (folder / "state"),
            "--set",    "recorder.journal=" + (folder / "journal")};
  }


  temp_folder folder;
  pty_root root{folder / "root"};
};

/// Follows readings and gaps until it has `count`; its cursor is that of the last message.
struct follower {
  explicit follower(const gateway_process& gateway) : socket{place_of(gateway)} {
    socket.next_of("hello");
  }

  void subscribe(const json::value& from) {
    json::object request{{"type", "subscribe"}, {"id", 1}, {"snapshot", false},
                         {"kinds", json::array{"reading", "gap"}}};
    if (from.is_object())
      request["cursor"] = from;
    socket.ask(request);
  }

  std::vector<std::string> take(std::size_t count) {
    std::vector<std::string> said;
    while (said.size() < count) {
      auto message = socket.next_of("events");
      for (const auto& event : message.at("events").as_array())
        said.emplace_back(event.at("kind") == "gap" ? "gap" : event.at("data").as_string().c_str());
      cursor = message.at("cursor");
    }
    return said;
  }

  web_socket_client socket;
  json::value cursor;
};

std::string number(unsigned value) { return word(0) + word(value); }

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("who follows goes on where it was after a kill and a start, each reading once") {
  lives all;
  json::value cursor;
  {
    gateway_process gateway{all.folder, all.arguments()};
    follower who{gateway};
    who.subscribe({});
    for (unsigned i = 1; i <= 3; ++i)
      all.root.say(update(5, {{"NUM", number(i)}}));
    CHECK(who.take(3) == texts{"00000001", "00000002", "00000003"});
    cursor = who.cursor;
    who.socket.drop();
    all.root.say(update(5, {{"NUM", number(4)}}));
    auto last = [&] {
      auto found = gateway.web().latest("default", {5}, type_code{std::string_view{"NUM"}});
      return found && found->at("data") == "00000004";
    };
    REQUIRE(eventually(last));
    gateway.end(SIGKILL);
  }
  gateway_process next{all.folder, all.arguments()};
  all.root.await_command(ninfo, 2);
  all.root.say(update(5, {{"NUM", number(5)}}));
  follower who{next};
  who.subscribe(cursor);
  CHECK(who.take(2) == texts{"00000004", "00000005"});
}

TEST_CASE("a stop in order and a start are no gap for who follows") {
  lives all;
  json::value cursor;
  {
    gateway_process gateway{all.folder, all.arguments()};
    follower who{gateway};
    who.subscribe({});
    all.root.say(update(5, {{"NUM", number(1)}}));
    CHECK(who.take(1) == texts{"00000001"});
    cursor = who.cursor;
  }
  gateway_process next{all.folder, all.arguments()};
  all.root.await_command(ninfo, 2);
  all.root.say(update(5, {{"NUM", number(2)}}));
  follower who{next};
  who.subscribe(cursor);
  CHECK(who.take(1) == texts{"00000002"});
}

TEST_CASE("nodes of before a restart are known and not heard, with their first and last time") {
  lives all;
  std::string first;
  {
    gateway_process gateway{all.folder, all.arguments()};
    all.root.say(update(5, {{"NUM", number(1)}}));
    auto is_known = [&] {
      auto nodes = gateway.web().nodes("default");
      if (nodes && !nodes->empty())
        first = nodes->at(0).at("first_heard").as_string();
      return !first.empty();
    };
    REQUIRE(eventually(is_known));
    gateway.end(SIGKILL);
  }
  gateway_process next{all.folder, all.arguments()};
  auto nodes = next.web().nodes("default");
  REQUIRE(nodes);
  REQUIRE(nodes->size() == 1);
  const auto& node = nodes->front();
  CHECK(node.at("heard") == false);
  CHECK(node.at("status") == "disconnected");
  CHECK(node.at("first_heard") == first.c_str());
  auto latest = next.web().latest("default", {5}, type_code{std::string_view{"NUM"}});
  REQUIRE(latest);
  CHECK(latest->at("data") == "00000001");
}

TEST_CASE("a second gateway on the same folder says who has it, and ends") {
  lives all;
  gateway_process gateway{all.folder, all.arguments()};
  auto arguments = all.arguments();
  arguments.insert(arguments.begin(), {"run", "--web", "127.0.0.1:0"});
  auto second = run_xylem(arguments, all.folder.path());
  CHECK(second.code == 1);
  CHECK(second.err.find("in use by process " + std::to_string(gateway.pid())) != std::string::npos);
}
