// Who loses its WebSocket again and again misses nothing.
#include "gateway_process.hpp"
#include "waiting.hpp"
#include "web_socket_client.hpp"
#include "wire.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <thread>

using namespace xylem;
using namespace xylem::testing;

namespace json = boost::json;

namespace {

constexpr unsigned events_a_second = 1000;
constexpr unsigned nodes = 20;

/// How long it goes on; XYLEM_RESUME_SECONDS says otherwise.
std::chrono::seconds duration() {
  const auto* wanted = std::getenv("XYLEM_RESUME_SECONDS");
  return std::chrono::seconds{wanted == nullptr ? 10 : std::atoi(wanted)};
}

/// Says numbered readings at a steady pace, a hundredth of a second's at a time.
void say_readings(scripted_root& root, unsigned count) {
  constexpr auto burst = events_a_second / 100;
  boost::asio::io_context io;
  boost::asio::steady_timer pace{io, std::chrono::milliseconds{0}};
  for (unsigned i = 0; i < count; ++i) {
    root.say(update(1 + i % nodes, {{"NUM", word(i >> 16U) + word(i & 0xFFFFU)}}));
    if (i % burst != burst - 1)
      continue;
    pace.expires_at(pace.expiry() + std::chrono::milliseconds{10});
    pace.wait();
  }
}

/// Reads numbered readings; whatever is missing, double or a gap is an error.
struct numbered_reader {
  void take(const json::object& message) {
    for (const auto& event : message.at("events").as_array()) {
      if (event.at("kind") == "gap")
        ++gaps;
      if (event.at("kind") != "reading")
        continue;
      auto number = std::stoul(std::string{event.at("data").as_string()}, nullptr, 16);
      wrong += number == expected ? 0 : 1;
      expected = number + 1;
    }
    place = message.at("cursor").as_object();
  }

  std::uint64_t expected = 0;
  int wrong = 0;
  int gaps = 0;
  json::object place;
};

} // namespace

TEST_CASE("a subscriber that reconnects each second gets each of 1,000 events a second once") {
  one_mesh mesh;
  auto count = static_cast<unsigned>(duration().count()) * events_a_second;
  auto open = [&] { return std::make_unique<web_socket_client>(place_of(mesh.gateway)); };
  numbered_reader reader;
  auto socket = open();
  auto result = socket->ask({{"type", "subscribe"}, {"kinds", {"reading"}}, {"snapshot", false}});
  reader.place = {{"epoch", result.at("epoch")}, {"seq", result.at("seq")}};
  std::jthread speaker{[&] { say_readings(mesh.root, count); }};
  auto reconnects = 0;
  auto next_end = std::chrono::steady_clock::now() + std::chrono::seconds{1};
  while (reader.expected < count) {
    reader.take(socket->next_of("events"));
    if (std::chrono::steady_clock::now() < next_end)
      continue;
    next_end += std::chrono::seconds{1};
    if (++reconnects % 2 == 0)
      socket->close();
    socket = open();
    socket->send({{"type", "subscribe"}, {"kinds", {"reading"}}, {"cursor", reader.place}});
  }
  MESSAGE(reconnects << " reconnects, " << reader.expected << " events");
  CHECK(reader.wrong == 0);
  CHECK(reader.gaps == 0);
  CHECK(reader.expected == count);
  CHECK(reconnects >= duration().count() - 1);
}
