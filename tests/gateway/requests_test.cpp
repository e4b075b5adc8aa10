#include "event_log.hpp"
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "wire.hpp"

#include "app/client/json_view.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// 840444 = 0x0CD2FC, 4901409 = 0x4ACA21: 8.40444°, 49.01409° (wire §2).
const std::string karlsruhe = "\x0C\xD2\xFC\x4A\xCA\x21";
const std::string elsewhere = "\x0C\xD2\xFD\x4A\xCA\x22";

/// Nodes 1 to 300, of which the first 255 have A55 and the first 256 have A56, too.
void learn_many(one_mesh& mesh) {
  for (unsigned node = 1; node <= 300; ++node) {
    readings items;
    if (node <= 255)
      items.emplace_back("A55", word(node));
    if (node <= 256)
      items.emplace_back("A56", word(node));
    items.emplace_back("ALL", word(node));
    if (node < 300)
      mesh.root.say(update(node, items));
    else
      mesh.learn(node, items);
  }
}

/// The blocks for nodes 1 to `count`, each with its own address as its reading.
std::string blocks(std::string_view type, unsigned count) {
  std::string out;
  unsigned node = 0;
  for (auto full = true; full;) {
    std::vector<node_data> data;
    while (node < count && data.size() < 255) {
      ++node;
      data.emplace_back(node, word(node));
    }
    full = data.size() == 255;
    out += block(type, data.empty() && count == 0 ? 0 : 2, data);
  }
  return out;
}

} // namespace

TEST_CASE("clients that connect, ask, read and close get what nodes measured last") {
  one_mesh mesh;
  mesh.learn(5, {{"GPS", elsewhere}, {"GPS", karlsruhe}});
  mesh.learn(0x0102, {{"GPS", elsewhere}});
  auto one_shot = [&](const std::string& request) {
    raw_client client{mesh.gateway.port()};
    client.write(request);
    client.end_writing();
    return client.read_to_end();
  };
  auto both = block("GPS", 6, {{5, karlsruhe}, {0x0102, elsewhere}});
  CHECK(one_shot(get_request(5, "GPS")) == block("GPS", 6, {{5, karlsruhe}}));
  CHECK(one_shot(get_request(0, "GPS")) == both);
  CHECK(one_shot(get_request(0xFFFF, "GPS")) == both);
  CHECK(one_shot(get_request(6, "GPS")) == refusal("Node Not Found"));
  CHECK(one_shot(get_request(5, "TMP")) == refusal("Data Type Not Found"));
}

TEST_CASE("pipelined requests are answered in their order, with or without newlines between") {
  one_mesh mesh;
  mesh.learn(5, {{"GPS", karlsruhe}});
  mesh.learn(6, {{"ONE", "1"}});
  raw_client client{mesh.gateway.port()};
  std::string requests;
  std::string replies;
  for (int i = 0; i < 500; ++i) {
    auto newline = i % 2 == 0 ? "\n" : "";
    requests += get_request(5, "GPS") + newline + get_request(9, "GPS") + newline + "ACT-C"
                + newline + get_request(0, "ONE") + newline + get_request(6, "ONE") + newline;
    replies += block("GPS", 6, {{5, karlsruhe}}) + refusal("Node Not Found") + "S" + word(2)
               + block("ONE", 1, {{6, "1"}}) + block("ONE", 1, {{6, "1"}});
  }
  client.write(requests);
  CHECK(client.read(replies.size()) == replies);
  client.end_writing();
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a request that comes byte by byte is answered, and others are served in between") {
  one_mesh mesh;
  mesh.learn(5, {{"GPS", karlsruhe}});
  raw_client slow{mesh.gateway.port()};
  raw_client other{mesh.gateway.port()};
  auto request = get_request(5, "GPS");
  auto reply = block("GPS", 6, {{5, karlsruhe}});
  for (char c : request) {
    CHECK(slow.read_waiting().empty());
    slow.write({&c, 1});
    CHECK(other.ask(request, reply.size()) == reply);
  }
  CHECK(slow.read(reply.size()) == reply);
}

TEST_CASE(
    "a client that takes no replies is not served on, others are, and later it gets them all") {
  one_mesh mesh;
  learn_many(mesh);
  constexpr std::size_t requests = 10'000;
  auto reply = blocks("ALL", 300);
  std::string many;
  for (std::size_t i = 0; i < requests; ++i)
    many += get_request(0, "ALL");
  auto others = mesh.gateway.number("clients/requests");
  raw_client lazy{mesh.gateway.port(), 4096};
  lazy.write(many);
  raw_client other{mesh.gateway.port()};
  std::uint64_t served = 0;
  // Served on, it would have something more between any two of our questions.
  for (int unchanged = 0; unchanged < 50;) {
    CHECK(other.ask(get_request(0, "ALL"), reply.size()) == reply);
    ++others; // this one
    auto now = mesh.gateway.number("clients/requests") - others;
    unchanged = now == served ? unchanged + 1 : 0;
    served = now;
  }
  // 12 MB are more than a kernel takes for somebody who does not read.
  CHECK(served > 0);
  CHECK(served < requests);
  auto all_are_right = true;
  for (std::size_t i = 0; i < requests; ++i)
    all_are_right = all_are_right && lazy.read(reply.size()) == reply;
  CHECK(all_are_right);
}

TEST_CASE("a request that is never finished ends its connection alone, with Timeout") {
  one_mesh mesh{{"mesh.request_timeout=50ms"}};
  raw_client unfinished{mesh.gateway.port()};
  raw_client other{mesh.gateway.port()};
  unfinished.write("[GET]");
  CHECK(unfinished.read_to_end() == refusal("Timeout"));
  CHECK(other.ask("ACT-C", 3) == "S" + word(0));
}

TEST_CASE("nothing that follows an unknown command is executed") {
  one_mesh mesh;
  raw_client client{mesh.gateway.port()};
  client.write("ACT-C" + std::string{"HELLO"} + send_request(5, "never"));
  CHECK(client.read_to_end() == "S" + word(0) + refusal("Unknown Command"));
  raw_client other{mesh.gateway.port()};
  CHECK(other.ask(send_request(5, "later"), 1) == "S");
  mesh.root.await_command(as_command(send_request(5, "later")));
  CHECK(mesh.root.count(as_command(send_request(5, "never"))) == 0);
}

TEST_CASE("history comes newest first, with times that do not rise") {
  one_mesh mesh;
  for (unsigned value = 1; value <= 5; ++value)
    mesh.learn(5, {{"NUM", byte(value)}});
  auto client = mesh.gateway.connect();
  auto three = client.history(node_address{5}, type_code{"NUM"}, 3);
  REQUIRE(three);
  REQUIRE(three->size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(text_of((*three)[i].data) == byte(static_cast<unsigned>(5 - i)));
  CHECK((*three)[0].time >= (*three)[1].time);
  CHECK((*three)[1].time >= (*three)[2].time);
  auto all = client.history(node_address{5}, type_code{"NUM"}, 255);
  REQUIRE(all);
  CHECK(all->size() == 5);
  raw_client raw{mesh.gateway.port()};
  CHECK(raw.ask(history_request(5, "NUM", 0), 5) == "SNUM" + byte(0));
  auto missing = refusal("Data Type Not Found");
  CHECK(raw.ask(history_request(5, "GPS", 9), missing.size()) == missing);
}

TEST_CASE("NSTAT and ACT-C tell which nodes are active, and a snapshot makes none so") {
  one_mesh mesh;
  mesh.root.say(snapshot({4, 5, 70}));
  mesh.learn(5, {{"ONE", "1"}});
  raw_client client{mesh.gateway.port()};
  CHECK(client.ask("ACT-C", 3) == "S" + word(1));
  auto head = client.ask("NSTAT", 5);
  REQUIRE(head.substr(0, 3) == "S" + word(0));
  auto size = static_cast<unsigned char>(head[3]) * 256U + static_cast<unsigned char>(head[4]);
  auto document = client::parse_json(client.read(size));
  REQUIRE(document);
  CHECK(*document
        == boost::json::value{
            {"node_amount", 3}, {"node_addr_list", {4, 5, 70}}, {"node_status_list", {0, 1, 0}}});
}

TEST_CASE("a batch of 0, 255, 256 or 300 nodes is complete, in order, and says where it ends") {
  one_mesh mesh;
  learn_many(mesh);
  raw_client client{mesh.gateway.port()};
  for (auto node : {0x0000U, 0xFFFFU}) {
    for (auto [type, count] : {std::pair{"NON", 0U}, {"A55", 255U}, {"A56", 256U}, {"ALL", 300U}}) {
      CAPTURE(type);
      auto reply = blocks(type, count);
      CHECK(client.ask(get_request(node, type), reply.size()) == reply);
    }
  }
  CHECK(client.ask("ACT-C", 3) == "S" + word(300));
}

TEST_CASE("a batch of readings of different lengths is refused, each of them is not") {
  one_mesh mesh;
  mesh.learn(5, {{"MIX", "one"}});
  mesh.learn(6, {{"MIX", "three"}});
  raw_client client{mesh.gateway.port()};
  auto mixed = refusal("Mixed Data Lengths");
  CHECK(client.ask(get_request(0, "MIX"), mixed.size()) == mixed);
  auto one = block("MIX", 3, {{5, "one"}});
  CHECK(client.ask(get_request(5, "MIX"), one.size()) == one);
}

TEST_CASE("every client command reaches the root as the wire has it") {
  one_mesh mesh;
  raw_client client{mesh.gateway.port()};
  auto longest = std::string(255, '\xFE');
  auto requests =
      std::vector{send_request(0xFAFF, longest), send_request(0, ""), broadcast_request("to all\n"),
                  std::string{"RST-R"}, std::string{"CLEAN"}};
  for (const auto& request : requests)
    CHECK(client.ask(request, 1) == "S");
  for (const auto& request : requests)
    mesh.root.await_command(as_command(request));
  CHECK(mesh.root.heard().size() == 1 + requests.size()); // NINFO came first
}

TEST_CASE("an answer to a node's request goes out when its sender is silent, ends or goes away") {
  one_mesh mesh;
  auto answer = [](unsigned node, const std::string& text) { return "[REQ]" + word(node) + text; };
  auto sent = [](unsigned node, const std::string& text) {
    return as_command(send_request(node, "<R>" + text));
  };
  raw_client silent{mesh.gateway.port()};
  CHECK(silent.ask(answer(7, "silence"), 1) == "S");
  raw_client half_closed{mesh.gateway.port()};
  half_closed.write(answer(8, "half-close"));
  half_closed.end_writing();
  CHECK(half_closed.read_to_end() == "S");
  {
    raw_client gone{mesh.gateway.port()};
    gone.write(answer(9, "close"));
  }
  mesh.root.await_command(sent(7, "silence"));
  mesh.root.await_command(sent(8, "half-close"));
  mesh.root.await_command(sent(9, "close"));
}
