// A gateway with its gate, both real processes, and a monitor in the test.
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "remote_monitor.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace xylem;
using namespace xylem::testing;

namespace {

using words = std::vector<std::string>;

constexpr const char* only_office = R"([{name = "office", scopes = ["command"]}])";

/// A gateway that `office` may follow, with commands, and its root.
struct followed_gateway_process {
  followed_gateway_process() : gateway{folder, arguments(), {"field"}} {
    root.await_command(ninfo);
  }

  words arguments() {
    xylem({"pki", "init", "--dir", pki});
    for (auto name : {"north", "office", "roof"})
      xylem({"pki", "issue", "--dir", pki, name});
    configure(only_office);
    root.plug();
    return {"--config", folder / "north.toml"};
  }

  void configure(const std::string& allow) {
    folder.write("north.toml", "[monitor]\nlisten = \"127.0.0.1:0\"\nauthority = \"" + pki
                                 + "/ca.pem\"\ncertificate = \"" + pki + "/north.pem\"\nkey = \""
                                 + pki + "/north.key\"\nallow = " + allow
                                 + "\n[[mesh]]\nname = \"field\"\nserial = \"" + root.link()
                                 + "\"\nlisten = \"127.0.0.1:0\"\ntransmit = \"stream\"\n");
  }

  void xylem(const words& arguments) {
    auto end = run_xylem(arguments, folder.path());
    REQUIRE_MESSAGE(end.code == 0, end.err);
  }

  /// Of the gate, as the status tells; 0 while there is none.
  std::uint64_t number(const std::string& member) const {
    auto told = gateway.status();
    auto found = told.at("monitor_gate").as_object().if_contains(member);
    return found && found->is_number() ? found->to_number<std::uint64_t>() : 0;
  }

  /// Where monitors connect to now.
  std::uint16_t port() const {
    std::uint64_t found = 0;
    await("the gate listens", [&] { return (found = number("port")) > 0; });
    return static_cast<std::uint16_t>(found);
  }

  pid_t gate() const { return static_cast<pid_t>(number("pid")); }

  void say(unsigned first, unsigned last) {
    for (auto i = first; i <= last; ++i)
      root.say(message(5, "text " + std::to_string(i)));
  }

  temp_folder folder;
  std::string pki = folder / "pki";
  pty_root root{folder / "root"};
  gateway_process gateway;
};

monitor_subscription messages_from(std::optional<cursor> from, std::uint32_t credit) {
  return {.serial = 1,
          .filter = {.kinds = {event_kind::message}},
          .from = from,
          .credit = credit};
}

std::string text_of(const event& what) {
  auto text = readable_part(what);
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

/// The texts of all messages, as they came.
words texts_in(const remote_monitor& monitor) {
  words all;
  for (const auto& page : monitor.pages)
    for (const auto& each : page.events)
      all.push_back(text_of(each));
  return all;
}

words texts(unsigned first, unsigned last) {
  words all;
  for (auto i = first; i <= last; ++i)
    all.push_back("text " + std::to_string(i));
  return all;
}

bool has_gap(const remote_monitor& monitor) {
  return std::ranges::any_of(monitor.pages, [](const event_page& page) { return !!page.gap; });
}

} // namespace

TEST_CASE("xylem gate by hand says who starts it, and ends with 2") {
  temp_folder folder;
  auto end = run_xylem({"gate"}, folder.path());
  CHECK(end.code == 2);
  CHECK(end.err.find("started by its gateway") != std::string::npos);
}

TEST_CASE("a monitor gets 10,000 events over TLS, each once, with credit that stops and goes") {
  followed_gateway_process north;
  remote_monitor office{north.pki, "office"};
  auto hello = office.follow(north.port());
  CHECK(hello.name == "north");
  REQUIRE(hello.meshes.size() == 1);
  CHECK(hello.meshes[0].name == "field");
  auto begin = office.ask<subscription_answer>(messages_from(hello.newest, 500));
  CHECK(begin.problem.empty());
  constexpr unsigned all = 10'000;
  unsigned said = 0;
  auto granted = 500U;
  while (office.events() < all) {
    for (auto i = 0; said < all && i < 250; ++i)
      north.root.say(message(5, "text " + std::to_string(++said)));
    office.run_until("its credit is used up", [&] {
      return office.events() >= std::min(granted, said);
    });
    CHECK(office.events() <= granted);
    if (granted - office.events() < 250) {
      office.grant(1, 500);
      granted += 500;
    }
  }
  CHECK(texts_in(office) == texts(1, all));
  CHECK_FALSE(has_gap(office));
}

TEST_CASE("a monitor asks for nodes, status and metrics, and sends commands") {
  followed_gateway_process north;
  north.root.say(update(5, {{"HUM", "\x2A"}}));
  await("the node is known", [&] { return north.gateway.number("nodes/active") == 1; });
  remote_monitor office{north.pki, "office"};
  auto hello = office.follow(north.port());
  auto page = office.ask<nodes_page>(nodes_query{});
  REQUIRE(page.nodes.size() == 1);
  CHECK(page.nodes[0].known.address == node_address{5});
  CHECK(page.nodes[0].status == node_status::active);
  auto status = office.ask<report>(report_query{report_kind::status});
  CHECK(status.content.find("\"monitor_gate\"") != std::string::npos);
  auto metrics = office.ask<report>(report_query{report_kind::metrics});
  CHECK(metrics.content.find("xylem_") != std::string::npos);
  monitor_subscription commands{.serial = 1,
                                .filter = {.kinds = {event_kind::command}},
                                .from = hello.newest,
                                .credit = 100};
  office.ask<subscription_answer>(commands);
  remote_command restart{.what = {.kind = command_kind::reset_root}};
  auto taken = office.ask<remote_command_answer>(restart);
  auto accepted = std::get_if<saved_command>(&taken.result);
  REQUIRE(accepted);
  office.run_until("it is written", [&] { return office.events() >= 2; });
  const auto& last = office.pages.back().events.back();
  CHECK(last.id == accepted->id.value);
  CHECK(last.state == static_cast<std::uint8_t>(command_state::written));
  auto known = office.ask<remote_command_answer>(remote_command_query{accepted->id});
  CHECK(std::get<saved_command>(known.result).state == command_state::written);
}

TEST_CASE("a monitor that is revoked while it is connected is sent away, and not let in again") {
  followed_gateway_process north;
  remote_monitor office{north.pki, "office"};
  office.follow(north.port());
  auto began = std::chrono::steady_clock::now();
  north.xylem({"pki", "revoke", "--dir", north.pki, "office"});
  office.run_until("it is sent away", [&] { return office.is_closed(); });
  MESSAGE("after " << std::chrono::duration_cast<std::chrono::milliseconds>(
                        std::chrono::steady_clock::now() - began).count() << " ms");
  CHECK_FALSE(office.try_once(north.port()).empty());
}

TEST_CASE("the list of who may follow is read again on SIGHUP") {
  followed_gateway_process north;
  remote_monitor office{north.pki, "office"};
  remote_monitor roof{north.pki, "roof"};
  auto port = north.port();
  office.follow(port);
  CHECK_FALSE(roof.try_once(port).empty());
  north.configure(R"([{name = "roof", scopes = ["read"]}])");
  kill(north.gateway.pid(), SIGHUP);
  office.run_until("it is sent away", [&] { return office.is_closed(); });
  CHECK(roof.follow(port).scope == access_scope::read);
}

TEST_CASE("kill -9 of the gate: the gateway goes on, the gate is back, a monitor goes on exactly") {
  followed_gateway_process north;
  raw_client client{north.gateway.port("field")};
  remote_monitor office{north.pki, "office"};
  auto hello = office.follow(north.port());
  office.ask<subscription_answer>(messages_from(hello.newest, 100'000));
  north.say(1, 500);
  office.run_until("the first half", [&] { return office.events() == 500; });
  auto killed = north.gate();
  auto began = std::chrono::steady_clock::now();
  kill(killed, SIGKILL);
  north.say(501, 1000); // while there is no gate
  office.run_until("the monitor sees it", [&] { return office.is_closed(); });
  await("another gate", [&] { return north.gate() != killed && north.gate() > 0; });
  auto port = north.port();
  auto back = std::chrono::steady_clock::now() - began;
  MESSAGE("back after " << std::chrono::duration_cast<std::chrono::milliseconds>(back).count()
                        << " ms");
  office.follow(port);
  office.ask<subscription_answer>(messages_from(office.pages.back().reached, 100'000));
  office.run_until("the second half", [&] { return office.events() >= 1000; });
  CHECK(texts_in(office) == texts(1, 1000));
  CHECK_FALSE(has_gap(office));
  // The client's connection was there all the time.
  CHECK(client.ask(listen_request, listen_accepted.size()) == listen_accepted);
  CHECK(north.number("restarts") == 1);
}
