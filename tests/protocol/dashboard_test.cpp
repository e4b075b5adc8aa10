#include "protocol/dashboard.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

using list = std::vector<std::string>;

constexpr mono_time start{24h};

event change(std::uint16_t node, node_status status, std::uint16_t mesh = 0,
             event_kind kind = event_kind::node_changed) {
  return {.mesh = mesh_index{mesh},
          .node = node_address{node},
          .kind = kind,
          .state = static_cast<std::uint8_t>(status)};
}

event link(link_state state, std::uint16_t mesh = 0) {
  return {.mesh = mesh_index{mesh},
          .kind = event_kind::link_changed,
          .state = static_cast<std::uint8_t>(state)};
}

event gps(std::uint16_t node = 5, std::uint16_t mesh = 0) {
  return {.mesh = mesh_index{mesh},
          .node = node_address{node},
          .code = type_code{"GPS"},
          .kind = event_kind::reading,
          .data = small_bytes{*from_hex("0cd3541ac9d1")}};
}

std::string connection(bool socket, bool uart) {
  auto word = [](bool value) { return std::string{value ? "true" : "false"}; };
  return R"({"type":"networkStatus","status":"connectionStatus","socket":)" + word(socket)
         + R"(,"uart":)" + word(uart) + "}";
}

/// `{"Node-5", "normal"}`: what is told of nodes.
std::string status(const std::vector<std::pair<std::string, std::string>>& nodes) {
  std::string items;
  for (const auto& [name, status] : nodes)
    items += (items.empty() ? "" : ",") + (R"({"name":")" + name) + R"(","status":")" + status
             + "\"}";
  return R"({"type":"networkStatus","status":"nodeStatus","nodes":[)" + items + "]}";
}

std::string log(const std::string& message) {
  return R"({"type":"trafficLog","message":")" + message + "\"}";
}

class told_dashboard {
public:
  explicit told_dashboard(list meshes = {"default"})
      : board{meshes, std::vector<const data_type_registry*>(meshes.size(), &types)} {}

  list tell(const std::vector<event>& events) {
    list out;
    board.tell(events, now, out);
    return out;
  }

  list tell_suppressed() {
    list out;
    board.tell_suppressed(now, out);
    return out;
  }

  data_type_registry types;
  dashboard board;
  mono_time now = start;
};

const auto gps_of_5 = log("Node-5 GPS longitude=8.40532 latitude=17.55601");

} // namespace

TEST_CASE("a reading is a line of the traffic log, as in web section 3.1") {
  CHECK(told_dashboard{}.tell({gps()}) == list{gps_of_5});
}

TEST_CASE("the traffic log tells messages, requests, and what the root prints") {
  told_dashboard told;
  auto what = gps();
  what.code = type_code{"[M]"};
  what.data = small_bytes{view_of("\x03h\"i")};
  what.kind = event_kind::message;
  CHECK(told.tell({what}) == list{log(R"(Node-5 message h\"i)")});
  what.code = type_code{"<Q>"};
  what.data = small_bytes{view_of("h\"i")};
  what.kind = event_kind::request;
  CHECK(told.tell({what}) == list{log(R"(Node-5 request h\"i)")});
  what.node = root_address;
  what.kind = event_kind::root_log;
  CHECK(told.tell({what}) == list{log(R"(Root h\"i)")});
  what.kind = event_kind::root_restarted;
  CHECK(told.tell({what}) == list{log(R"(Root root_restarted h\"i)")});
}

TEST_CASE("other events are not for the dashboard") {
  told_dashboard told;
  for (auto kind : {event_kind::command, event_kind::incident, event_kind::gap,
                    event_kind::node_heard})
    CHECK(told.tell({{.kind = kind}}).empty());
  auto of_no_mesh = gps();
  of_no_mesh.mesh = mesh_index{1};
  CHECK(told.tell({of_no_mesh}).empty());
}

TEST_CASE("an active node is normal, and any other one an error") {
  told_dashboard told;
  CHECK(told.tell({change(5, node_status::active)}) == list{status({{"Node-5", "normal"}})});
  CHECK(told.tell({change(5, node_status::idle)}) == list{status({{"Node-5", "error"}})});
  CHECK(told.tell({change(5, node_status::disconnected)}).empty()); // still an error
  CHECK(told.tell({change(5, node_status::active, 0, event_kind::node_joined)})
        == list{status({{"Node-5", "normal"}})});
}

TEST_CASE("nodes that change together are told together, in order with the traffic") {
  told_dashboard told;
  auto joined = change(5, node_status::disconnected, 0, event_kind::node_joined);
  CHECK(told.tell({joined, change(5, node_status::active), gps(), change(6, node_status::idle),
                   change(5, node_status::idle)})
        == list{status({{"Node-5", "normal"}}), gps_of_5,
                status({{"Node-6", "error"}, {"Node-5", "error"}})});
}

TEST_CASE("a message about nodes is bounded") {
  told_dashboard told;
  std::vector<event> many;
  for (std::uint16_t node = 1; node <= 1001; ++node)
    many.push_back(change(node, node_status::active));
  auto out = told.tell(many);
  REQUIRE(out.size() == 2);
  CHECK(out[1] == status({{"Node-1001", "normal"}}));
  CHECK(told.board.current().size() == 3); // the connection, and these two
}

TEST_CASE("the connection is told when it changes") {
  told_dashboard told;
  CHECK(told.tell({link(link_state::up)}) == list{connection(false, true)});
  CHECK(told.tell({link(link_state::silent), link(link_state::noisy)}).empty()); // still a link
  CHECK(told.tell({link(link_state::down)}) == list{connection(false, false)});
  told.board.set_socket(true);
  CHECK(told.tell({}) == list{connection(true, false)});
  CHECK(told.tell({}).empty());
}

TEST_CASE("with several meshes names have theirs, and uart means every link") {
  told_dashboard told{{"north", "south"}};
  CHECK(told.tell({link(link_state::up, 1)}).empty());
  CHECK(told.tell({link(link_state::up, 0)}) == list{connection(false, true)});
  CHECK(told.tell({change(5, node_status::active, 1)})
        == list{status({{"south/Node-5", "normal"}})});
  CHECK(told.tell({gps(5, 0)})
        == list{log("north/Node-5 GPS longitude=8.40532 latitude=17.55601")});
}

TEST_CASE("who has just come is told the state of everything") {
  told_dashboard told{{"north", "south"}};
  CHECK(told.board.current() == list{connection(false, false), status({})});
  told.board.set_socket(true);
  told.tell({link(link_state::up, 0), link(link_state::up, 1), change(7, node_status::idle, 1),
             change(5, node_status::active, 0)});
  CHECK(told.board.current()
        == list{connection(true, true),
                status({{"north/Node-5", "normal"}, {"south/Node-7", "error"}})});
}

TEST_CASE("at most 20 lines of traffic are told a second, and the rest is summed up") {
  told_dashboard told;
  CHECK(told.tell(std::vector<event>(500, gps())) == list(20, gps_of_5));
  CHECK(told.board.suppressed() == 480);
  told.now += 999ms;
  CHECK(told.tell_suppressed().empty());
  told.now += 1ms;
  CHECK(told.tell_suppressed() == list{log("… and 480 more")});
  CHECK(told.tell_suppressed().empty());
  CHECK(told.tell(std::vector<event>(20, gps())) == list(19, gps_of_5)); // the sum is one of 20
  CHECK(told.board.suppressed() == 481);
}

TEST_CASE("the sum is told before the next line also when nobody asks for it") {
  told_dashboard told;
  told.tell(std::vector<event>(21, gps()));
  told.now += 5s;
  CHECK(told.tell({gps()}) == list{log("… and 1 more"), gps_of_5});
}

TEST_CASE("what changes is told however much traffic there is") {
  told_dashboard told;
  told.tell(std::vector<event>(500, gps()));
  CHECK(told.tell({gps(), change(5, node_status::active), link(link_state::up)})
        == list{status({{"Node-5", "normal"}}), connection(false, true)});
}

TEST_CASE("whatever an event carries, what is told is JSON") {
  told_dashboard told;
  for (auto kind = 0; kind <= static_cast<int>(event_kind::gap); ++kind)
    for (unsigned state = 0; state < 256; ++state) {
      told.now += 1s;
      auto what = gps();
      what.kind = static_cast<event_kind>(kind);
      what.state = static_cast<std::uint8_t>(state);
      what.data = small_bytes{*from_hex("00ff225c80")};
      for (const auto& text : told.tell({what}))
        REQUIRE(boost::json::parse(text).is_object());
    }
}
