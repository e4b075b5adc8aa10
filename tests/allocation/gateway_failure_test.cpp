// A whole gateway whose memory is missing at one place, at every place in its turn.
#include "tests/allocation/allocation_failure.hpp"
#include "tests/bench/micro/one_thread_gateway.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <iostream>

#include <sys/wait.h>
#include <unistd.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string update = root_frame(5, "[D]", "\1GPS\6abcdef");
const std::string message = root_frame(5, "[M]", "\5hello");
constexpr std::size_t answer_size = 14; // S GPS 06 01 00 05 abcdef
constexpr std::size_t push_size = 13;   // [MSG] 00 05 05 hello

struct shaken_gateway : bench::one_thread_gateway {
  shaken_gateway() {
    ports_.last().written.reserve(4096);
    look();
  }

  /// As gateway::run() does it.
  void run_through() {
    io_.restart();
    for (;;)
      try {
        while (io_.poll() > 0) {
        }
        return;
      } catch (const std::exception&) {
        ++thrown;
      }
  }

  /// Lets timers of actors be over.
  void pass(std::chrono::seconds time) {
    auto& timers = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
    for (; time.count() > 0; --time) {
      timers.clock().advance_time(std::chrono::seconds{1});
      run_through();
    }
  }

  /// A server that was started anew has another port.
  void look() {
    port_ = 0;
    restarts = 0;
    spawn([](caf::event_based_actor* self, shaken_gateway* all) {
      self->request(all->root_, caf::infinite, status_atom::value)
        .then([all](actor_status& status) { all->look_at(status.body); });
    }, this);
    until([&] { return port_ != 0; });
  }

  std::size_t thrown = 0; ///< out of callbacks
  std::uint64_t restarts = 0;
  std::uint64_t seats = 0; ///< that clients and browsers have
  std::uint16_t web_port = 0;

private:
  void look_at(const boost::json::object& status) {
    port_ = port_in(status);
    const auto& web = status.at("web").as_object();
    auto address = std::string{web.at("address").as_string()};
    web_port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    seats = web.at("connections").to_number<std::uint64_t>()
            + status.at("meshes").at(0).at("clients").at("connected").to_number<std::uint64_t>();
    for (const auto& [name, times] : status.at("restarts").as_object())
      restarts += times.at("count").to_number<std::uint64_t>();
  }
};

std::string http(const std::string& path, const std::string& more = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more + "\r\n";
}

struct traffic {
  std::string heard = update + message;
  std::string asked = get_request(5, "GPS") + send_request(5, "hello");
  std::string page = http("/api/v1/nodes");
  std::string socket = http("/ws", "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                   "Sec-WebSocket-Version: 13\r\n");
};

/// What a client wants of it: each step needs other actors. Needs no memory itself.
void use(shaken_gateway& world, bench::loopback_client& client, const traffic& all) {
  world.hear(all.heard);
  world.run_through();
  client.send(all.asked);
  world.run_through();
  bench::loopback_client fresh{world.port()}, browser{world.web_port}, page{world.web_port};
  world.run_through();
  browser.send(all.page);
  page.send(all.socket);
  world.run_through();
  world.hear(all.heard);
  world.run_through();
}

/// Whatever was missing: nobody has the seat of a client that is gone, a new client is served, and
/// hears what a node says from now on.
void require_health(shaken_gateway& world, const traffic& all) {
  world.pass(std::chrono::seconds{7}); // also who waits for an answer that will not come
  world.look();
  for (auto tries = 0; world.seats > 0; world.look())
    if (++tries == 100)
      throw std::runtime_error{"a seat is lost"};
  auto& browser = world.clients.emplace_back(world.web_port);
  browser.send(http("/livez"));
  world.until([&] { return browser.take(std::string_view{"HTTP/1.1 200"}.size()); });
  auto& listener = world.listen();
  world.hear(all.heard);
  world.until([&] { return listener.take(push_size); });
  auto& client = world.connect();
  client.send(get_request(5, "GPS"));
  world.until([&] { return client.take(answer_size); });
}

/// The exit codes of a process in which memory was missing.
enum outcome : int { unnoticed, error_in_callback, actor_restarted, through, broken };

outcome outcome_of(std::size_t nth, std::size_t warm_ups) try {
  shaken_gateway world;
  traffic all;
  world.listen();
  auto& client = world.connect();
  for (; warm_ups > 0; --warm_ups)
    use(world, client, all);
  auto happened = false;
  {
    allocation_failure missing{nth};
    try {
      use(world, client, all);
    } catch (const std::system_error&) {
      // A client that is cut off: its server was started anew.
    }
    happened = missing.has_happened();
  }
  world.clients.clear();
  require_health(world, all);
  if (!happened)
    return through;
  if (world.restarts > 0)
    return actor_restarted;
  return world.thrown > 0 ? error_in_callback : unnoticed;
} catch (const std::exception& error) {
  std::fprintf(stderr, "place %zu: %s\n", nth, error.what());
  return broken;
}

/// In a process of its own: it may end.
int status_of(std::size_t nth, std::size_t warm_ups) {
  std::cout.flush();
  auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    ::alarm(60);
    std::exit(outcome_of(nth, warm_ups));
  }
  auto status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

struct outcomes {
  std::array<std::size_t, 5> codes{};
  std::size_t ended = 0; ///< by themselves: there was no memory even for telling a supervisor
  std::vector<std::size_t> wrong{};
};

/// Of every place, or of every `step`-th: each takes a process.
outcomes of_places(std::size_t step, std::size_t warm_ups) {
  outcomes all;
  fail_everywhere([&](std::size_t attempt) {
    auto nth = attempt * step;
    auto status = status_of(nth, warm_ups);
    if (WIFEXITED(status) && WEXITSTATUS(status) < broken) {
      ++all.codes[static_cast<std::size_t>(WEXITSTATUS(status))];
      return WEXITSTATUS(status) != through;
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
      ++all.ended;
    } else {
      all.wrong.push_back(nth);
      MESSAGE("place ", nth, ": status ", status);
    }
    return true;
  });
  MESSAGE("unnoticed ", all.codes[unnoticed], ", an error in a callback ",
          all.codes[error_in_callback], ", an actor restarted ", all.codes[actor_restarted],
          ", the process ended ", all.ended);
  return all;
}

} // namespace

TEST_CASE("A handler that there is no memory for is refused as all else is, by new") {
  boost::asio::io_context io;
  allocation_failure missing{0};
  CHECK_THROWS_AS(boost::asio::post(io, [] {}), std::bad_alloc);
}

TEST_CASE("A gateway that misses memory once serves again, wherever that was") {
  auto all = of_places(5, 1);
  CHECK(all.wrong.empty());
  CHECK(all.codes[actor_restarted] > 0);
}

TEST_CASE("A gateway that misses memory when its first clients come serves the next ones") {
  CHECK(of_places(15, 0).wrong.empty());
}
