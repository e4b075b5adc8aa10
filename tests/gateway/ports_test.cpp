#include "event_log.hpp"
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <sys/file.h>
#include <unistd.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

std::vector<std::string> run_on(const std::string& serial) {
  return {"--serial", serial, "--listen", "127.0.0.1:0", "--set", "mesh.transmit=stream"};
}

/// Commands reach the root, and what it says reaches clients.
void check_both_ways(const gateway_process& gateway, scripted_root& root, unsigned number) {
  auto text = "number " + std::to_string(number);
  raw_client client{gateway.port()};
  CHECK(client.ask(send_request(number, text), 1) == "S");
  root.await_command(as_command(send_request(number, text)));
  root.say(update(number, {{"TXT", text}}));
  auto reply = block("TXT", static_cast<unsigned>(text.size()), {{number, text}});
  CHECK(eventually([&] {
    raw_client asker{gateway.port()};
    asker.write(get_request(number, "TXT"));
    asker.end_writing();
    return asker.read_to_end() == reply;
  }));
}

std::string link_of(const gateway_process& gateway, const std::string& member) {
  return gateway.status().at_pointer("/meshes/0/link/" + member).as_string().c_str();
}

} // namespace

TEST_CASE("without its port a gateway serves clients, and uses the port as soon as it appears") {
  temp_folder folder;
  pty_root root{folder / "root"};
  gateway_process gateway{folder, run_on(root.link())};
  gateway.await_log("waiting for the port");
  raw_client client{gateway.port()};
  auto missing = refusal("Node Not Found");
  CHECK(client.ask(get_request(5, "GPS"), missing.size()) == missing);
  auto no_link = refusal("No Serial Connection");
  CHECK(client.ask(send_request(5, "x"), no_link.size()) == no_link);
  CHECK(client.ask("ACT-C", 3) == "S" + word(0));
  CHECK(link_of(gateway, "state") == "down");
  CHECK(link_of(gateway, "reason") == "no such port: " + root.link());
  event_log events{gateway};
  root.plug();
  root.await_command(ninfo);
  events.await("the link is open", is_link("silent"));
  check_both_ways(gateway, root, 5);
  CHECK(link_of(gateway, "state") == "up");
}

TEST_CASE("a port may appear together with its folders") {
  temp_folder folder;
  pty_root root{folder / "serial/by-id/root"};
  gateway_process gateway{folder, run_on(root.link())};
  gateway.await_log("waiting for the port");
  std::filesystem::create_directories(folder / "serial/by-id");
  root.plug();
  root.await_command(ninfo);
  check_both_ways(gateway, root, 5);
}

TEST_CASE("a port is found by a glob, and is shown as the device that it leads to") {
  temp_folder folder;
  pty_root root{folder / "usb-Espressif_7-port0"};
  root.plug();
  gateway_process gateway{folder, run_on(folder / "usb-*-port[0-9]")};
  root.await_command(ninfo);
  check_both_ways(gateway, root, 5);
  CHECK(link_of(gateway, "port") == root.device());
  root.unplug();
  gateway.await_log("waiting for the port");
  root.plug();
  root.await_command(ninfo, 2);
  CHECK(link_of(gateway, "port") == root.device());
}

TEST_CASE("who holds a serial port is named, and the port is used when it is free") {
  temp_folder folder;
  pty_root root{folder / "root"};
  root.plug();
  REQUIRE(flock(root.device_descriptor(), LOCK_EX) == 0);
  gateway_process gateway{folder, run_on(root.link())};
  gateway.await_log("is locked by pid " + std::to_string(getpid()) + " (gateway_tests)");
  CHECK(link_of(gateway, "reason").find(std::to_string(getpid())) != std::string::npos);
  REQUIRE(flock(root.device_descriptor(), LOCK_UN) == 0);
  root.await_command(ninfo);
  check_both_ways(gateway, root, 5);
}

TEST_CASE("two gateways never share a port: the second one waits for the first one's end") {
  temp_folder folder;
  pty_root root{folder / "root"};
  root.plug();
  gateway_process first{folder, run_on(root.link())};
  root.await_command(ninfo);
  gateway_process second{folder, run_on(root.link())};
  second.await_log("waiting for the port");
  check_both_ways(first, root, 5);
  CHECK(link_of(second, "state") == "down");
}

TEST_CASE("a file that is no serial port is said to be none") {
  temp_folder folder;
  auto file = folder.write("root", "text");
  gateway_process gateway{folder, run_on(file)};
  gateway.await_log(file + " is not a serial port");
}

TEST_CASE("a root behind a ser2net is used, and connected to again whenever it is lost") {
  temp_folder folder;
  tcp_root root;
  gateway_process gateway{folder, run_on(root.url())};
  root.accept();
  root.await_command(ninfo);
  check_both_ways(gateway, root, 1);
  CHECK(link_of(gateway, "port") == root.url());
  event_log events{gateway};
  root.hang_up();
  events.await("the link is down", is_link("down"));
  root.accept();
  root.await_command(ninfo, 2);
  check_both_ways(gateway, root, 2);
  root.close_door();
  root.hang_up();
  gateway.await_log("Connection refused");
  root.open_door();
  root.accept();
  root.await_command(ninfo, 3);
  check_both_ways(gateway, root, 3);
}
