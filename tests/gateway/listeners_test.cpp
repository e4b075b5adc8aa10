#include "event_log.hpp"
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include <sys/resource.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

void raise_descriptor_limit() {
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

/// Listening connections that all should get the same.
class listeners {
public:
  listeners(const gateway_process& gateway, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      clients_.push_back(std::make_unique<raw_client>(gateway.port()));
    for (auto& client : clients_)
      client->write(listen_request);
    for (auto& client : clients_)
      REQUIRE(client->read(listen_accepted.size()) == listen_accepted);
    got_.resize(count);
  }

  /// Reads until each has `size` bytes.
  void read_until(std::size_t size) {
    std::vector<pollfd> waiting;
    for (;;) {
      waiting.clear();
      for (std::size_t i = 0; i < clients_.size(); ++i)
        if (got_[i].size() < size && !clients_[i]->has_ended())
          waiting.push_back({clients_[i]->descriptor(), POLLIN, 0});
      if (waiting.empty())
        return;
      auto timeout = static_cast<int>(std::chrono::milliseconds{patience}.count());
      REQUIRE(poll(waiting.data(), waiting.size(), timeout) > 0);
      for (std::size_t i = 0; i < clients_.size(); ++i)
        if (got_[i].size() < size)
          got_[i] += clients_[i]->read_waiting();
    }
  }

  std::size_t that_got(const std::string& wanted) const {
    return static_cast<std::size_t>(std::ranges::count(got_, wanted));
  }

private:
  std::vector<std::unique_ptr<raw_client>> clients_;
  std::vector<std::string> got_;
};

} // namespace

TEST_CASE("each of 1,000 listeners gets each of 500 messages once and in order") {
  raise_descriptor_limit();
  one_mesh mesh;
  listeners all{mesh.gateway, 1000};
  std::string wanted;
  for (unsigned i = 0; i < 500; ++i) {
    auto text = "message " + std::to_string(i);
    mesh.root.say(message(i + 1, text));
    wanted += pushed_message(i + 1, text);
  }
  all.read_until(wanted.size());
  CHECK(all.that_got(wanted) == 1000);
  CHECK(mesh.gateway.number("clients/listeners") == 1000);
  CHECK(mesh.gateway.number("clients/pushes") == 500'000);
  CHECK(mesh.gateway.number("clients/listeners_cut") == 0);
}

TEST_CASE("a listener that never reads is cut off, and the others lose nothing") {
  one_mesh mesh{{"mesh.listener_queue=64"}};
  raw_client deaf{mesh.gateway.port(), 4096};
  REQUIRE(deaf.ask(listen_request, listen_accepted.size()) == listen_accepted);
  listeners others{mesh.gateway, 2};
  std::string wanted;
  auto text = std::string(4000, 'x');
  auto is_cut = [&] { return mesh.gateway.number("clients/listeners_cut") == 1; };
  // Its kernel and ours take some megabytes before the queue of the gateway begins to grow.
  for (unsigned i = 0; i < 20'000 && (i % 50 != 0 || !is_cut()); ++i) {
    mesh.root.say(word(i + 1) + "big" + text);
    wanted += "[big]" + word(i + 1) + text;
    others.read_until(wanted.size());
  }
  CHECK(is_cut());
  CHECK(mesh.gateway.number("clients/listeners") == 2);
  CHECK(others.that_got(wanted) == 2);
  mesh.gateway.await_log("client cut off");
  // What it was sent before is whole; then the connection ends.
  auto late = deaf.read_to_end();
  CHECK(wanted.starts_with(late));
}

TEST_CASE("listeners get messages, requests and whatever nobody knows, but no state") {
  one_mesh mesh;
  listeners one{mesh.gateway, 1};
  mesh.root.say(update(0x0102, {{"ONE", "1"}}));
  mesh.root.say(snapshot({0x0102}));
  mesh.root.say(word(0x0102) + "NOD" + std::string(16, 'u'));
  mesh.root.say(message(0x0102, "hello\xFF"));
  mesh.root.say(node_request(0x0102, "what?"));
  mesh.root.say(word(0x0102) + "new" + "\xFA\xFB" + std::string(2, '\0'));
  mesh.root.say(word(0) + "RST");
  // The address of a request alone is little-endian (wire §4).
  auto wanted = pushed_message(0x0102, "hello\xFF") + "[REQ]\x02\x01what?" + "[new]" + word(0x0102)
                + "\xFA\xFB" + std::string(2, '\0') + "[RST]" + word(0);
  one.read_until(wanted.size());
  CHECK(one.that_got(wanted) == 1);
}

TEST_CASE("clients that begin and end to watch do not double or hide a push") {
  constexpr unsigned messages = 3000;
  one_mesh mesh;
  listeners one{mesh.gateway, 1};
  std::string wanted;
  for (unsigned i = 0; i < messages; ++i)
    wanted += pushed_message(i, "message " + std::to_string(i));
  std::atomic<bool> over = false;
  std::thread speaker{[&] {
    for (unsigned i = 0; i < messages; ++i)
      mesh.root.say(message(i, "message " + std::to_string(i)));
    over = true;
  }};
  while (!over)
    event_log{mesh.gateway};
  speaker.join();
  one.read_until(wanted.size());
  CHECK(one.that_got(wanted) == 1);
}

TEST_CASE("who watches sees what happens from then on, every event once and in order") {
  one_mesh mesh;
  listeners one{mesh.gateway, 1};
  {
    event_log earlier{mesh.gateway};
    mesh.root.say(message(5, "seen by an earlier one"));
    earlier.await("message", is_kind("message"));
  }
  await("nobody watches", [&] { return mesh.gateway.watchers() == 0; });
  mesh.learn(5, {{"OLD", "seen by nobody"}});
  event_log events{mesh.gateway};
  for (unsigned i = 0; i < 100; ++i)
    mesh.root.say(message(5, "message " + std::to_string(i)));
  events.await("message", is_kind("message"), 100);
  REQUIRE(events.all().size() == 100);
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(events.all()[i].text.ends_with("message " + std::to_string(i)));
    CHECK(events.all()[i].seq == events.all()[0].seq + i);
  }
}

TEST_CASE("request_address turns the address of pushed requests around") {
  one_mesh mesh{{"mesh.request_address=big"}};
  listeners one{mesh.gateway, 1};
  mesh.root.say(node_request(0x0102, "what?"));
  auto wanted = "[REQ]" + word(0x0102) + "what?";
  one.read_until(wanted.size());
  CHECK(one.that_got(wanted) == 1);
}

TEST_CASE("a client above the limit is told so, and gets a place when another one leaves") {
  one_mesh mesh{{"mesh.clients=2"}};
  raw_client stays{mesh.gateway.port()};
  CHECK(stays.ask("ACT-C", 3) == "S" + word(0));
  {
    raw_client leaves{mesh.gateway.port()};
    CHECK(leaves.ask("ACT-C", 3) == "S" + word(0));
    raw_client refused{mesh.gateway.port()};
    CHECK(refused.read_to_end() == refusal("Too Many Clients"));
  }
  CHECK(eventually([&] {
    raw_client next{mesh.gateway.port()};
    next.write("ACT-C");
    return next.read(1) == "S";
  }));
  CHECK(stays.ask("ACT-C", 3) == "S" + word(0));
}
