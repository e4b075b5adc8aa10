// Monitors of monitors, each a process of its own.
#include "followed_process.hpp"
#include "web_client.hpp"

#include "app/client/json_view.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// The port of `field` in the log's line with this message, once that line is complete.
unsigned long port_in(const std::string& log, const std::string& message) {
  auto found = log.find("msg=\"" + message + "\"");
  auto end = found == std::string::npos ? found : log.find('\n', found);
  if (end == std::string::npos)
    return 0;
  auto line = log.substr(found, end - found);
  return std::stoul(line.substr(line.find_last_of(":=") + 1));
}

/// A port that the system gives to nobody else, and where nobody listens until a gate does: it may,
/// as it sets SO_REUSEADDR, too.
struct reserved_port {
  reserved_port() {
    socket.open(boost::asio::ip::tcp::v4());
    socket.set_option(boost::asio::socket_base::reuse_address{true});
    socket.bind({boost::asio::ip::address_v4::loopback(), 0});
  }

  std::string address() const {
    return "127.0.0.1:" + std::to_string(socket.local_endpoint().port());
  }

  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket{io};
};

/// `office` follows the gateway, and `central` may follow it.
struct regional {
  explicit regional(const followed_process& north, const words& more = {})
      : process{arguments(north, more), north.folder.path()} {
    await("its gate listens", [this] {
      gate = port_in(process.err(), "listening for monitors");
      return gate != 0;
    });
  }

  static words arguments(const followed_process& north, const words& more) {
    words all{"--listen", "127.0.0.1:0", "--allow", "central:command", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    return north.monitor(all);
  }

  child_process process;
  unsigned long gate = 0;
};

words central(const followed_process& north, unsigned long gate, const words& more) {
  words all{"monitor", "127.0.0.1:" + std::to_string(gate), "--pki", north.pki.path, "--name",
            "central"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a monitor of a monitor has the meshes of all gateways, with their whole path, and sends commands") {
  followed_process north;
  regional office{north};
  await("office follows north", [&] { return has(office.process.out(), "\"following\""); });
  child_process far{central(north, office.gate, {"--json", "--web=127.0.0.1:0"}),
                    north.folder.path()};
  await("central follows office", [&] { return has(far.out(), "\"following\""); });
  north.root.say(message(5, "hello"));
  await("what the node said has come", [&] {
    return has(far.out(), "\"mesh\":\"office/north/field\"") && has(far.out(), "hello");
  });
  await("its page is there", [&] { return has(far.err(), "msg=\"serving\""); });
  auto from = far.err().find("url=http://127.0.0.1:") + 21;
  web_client page{web_place{static_cast<std::uint16_t>(std::stoul(far.err().substr(from)))}};
  auto meshes = page.get("/api/v1/meshes");
  CHECK(has(meshes.body, "\"office/north/field\""));
  auto sent = page.post("/api/v1/meshes/office%2Fnorth%2Ffield/commands",
                        R"({"kind":"send","node":5,"text":"from afar"})");
  CHECK(sent.status == 202);
  await("the root was sent it", [&] { return has(far.out(), "\"state\":\"written\""); });
}

TEST_CASE("a circle of monitors is refused, and what was followed before goes on") {
  followed_process north;
  reserved_port later;
  regional office{north, {later.address()}};
  await("office follows north", [&] { return has(office.process.out(), "\"following\""); });
  child_process far{central(north, office.gate,
                            {"--json", "--listen", later.address(), "--allow", "office"}),
                    north.folder.path()};
  await("central follows office", [&] { return has(far.out(), "\"following\""); });
  await("office does not follow central", [&] {
    return has(office.process.out(), "\"state\":\"refused\"")
           && has(office.process.out(), "a loop");
  });
  north.root.say(message(5, "hello"));
  await("office hears the gateway", [&] { return has(office.process.out(), "hello"); });
  await("so does central", [&] { return has(far.out(), "hello"); });
  CHECK_FALSE(has(far.out(), "office/central/"));
}
