#include "tests/bench/micro/one_thread_gateway.hpp"
#include "tests/bench/micro/workload.hpp"

#include <memory>

namespace xylem::bench {

namespace {

constexpr std::size_t nodes = 1000;
constexpr std::size_t depth = 4; // readings of a node: its history is full soon
const std::string gps(6, '\x2A');

/// `FF addr(2) [D] n(1) GPS length(1) data(6) FE`
std::string update_of(std::size_t node) {
  return testing::root_frame(static_cast<std::uint16_t>(node), "[D]", "\1GPS\6" + gps);
}

mesh_settings short_history(std::size_t capture_bytes) {
  mesh_settings settings;
  settings.capture_bytes = capture_bytes;
  settings.history_depth = depth;
  return settings;
}

/// A gateway that knows a thousand nodes, each with all the readings that it keeps.
struct full_gateway : one_thread_gateway {
  explicit full_gateway(std::size_t capture_bytes = 64 * 1024) // full soon
      : one_thread_gateway{short_history(capture_bytes)} {
    for (std::size_t round = 0; round < depth; ++round) {
      std::string wire;
      for (std::size_t node = 1; node <= nodes; ++node)
        wire += update_of(node);
      hear(wire);
      run();
    }
  }

  void ask(std::string_view request, std::size_t reply_size) {
    for (auto& client : clients)
      client.send(request);
    until_all(reply_size);
  }

  fixed_random random{};
};

/// Each client sends its requests in one write; a turn is over when all have their replies.
workload asking(std::size_t clients, std::size_t pipelined, const std::string& one_request,
                std::size_t one_reply) {
  auto all = std::make_shared<full_gateway>();
  for (std::size_t i = 0; i < clients; ++i)
    all->connect();
  std::string requests;
  for (std::size_t i = 0; i < pipelined; ++i)
    requests += one_request;
  auto replies = pipelined * one_reply;
  return {[=] { all->ask(requests, replies); }, clients * pipelined,
          clients * (requests.size() + replies)};
}

workload getting(std::size_t clients, std::size_t pipelined) {
  return asking(clients, pipelined, testing::get_request(5, "GPS"), 8 + gps.size());
}

workload commanding() {
  return asking(1, 1, testing::send_request(5, "hello"), 1);
}

/// One message of a node reaches every listener.
workload pushing(std::size_t listeners) {
  auto all = std::make_shared<full_gateway>();
  for (std::size_t i = 0; i < listeners; ++i)
    all->listen();
  auto wire = testing::root_frame(5, "[M]", "\5hello");
  auto operation = [all, wire] {
    all->hear(wire);
    all->until_all(13); // [MSG] 00 05 05 hello
  };
  return {operation, listeners, listeners * 13};
}

/// Updates arrive, 16 a read, and nobody listens; they are captured, or not.
workload ingesting(std::size_t capture_bytes) {
  constexpr std::size_t updates = 16;
  auto all = std::make_shared<full_gateway>(capture_bytes);
  std::string wire;
  for (std::size_t i = 0; i < updates; ++i)
    wire += update_of(1 + all->random.below(nodes));
  auto operation = [all, wire] {
    all->hear(wire);
    all->run();
  };
  return {operation, updates, wire.size()};
}

} // namespace

void add_actors(workload_table& table) {
  table.push_back({"actors_get/1x1", [] { return getting(1, 1); }});
  table.push_back({"actors_get/8x1", [] { return getting(8, 1); }});
  table.push_back({"actors_get/8x16", [] { return getting(8, 16); }});
  table.push_back({"actors_command/1", commanding});
  table.push_back({"actors_push/1", [] { return pushing(1); }});
  table.push_back({"actors_push/100", [] { return pushing(100); }});
  table.push_back({"actors_ingest/16", [] { return ingesting(64 * 1024); }});
  table.push_back({"actors_ingest_uncaptured/16", [] { return ingesting(0); }});
}

} // namespace xylem::bench
