// kill -9 at any moment: what was acknowledged is there, nothing is there twice, and it starts
// again.
#include "gateway_process.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include "app/client/json_view.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <csignal>
#include <mutex>
#include <random>
#include <set>
#include <thread>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// XYLEM_KILLS says otherwise.
unsigned kills() {
  auto wanted = std::getenv("XYLEM_KILLS");
  return wanted ? static_cast<unsigned>(std::stoul(wanted)) : 20;
}

struct accepted_command {
  std::uint64_t id;
  std::string text;
};

/// Sends commands until the gateway is gone; remembers those that were accepted.
class commander {
public:
  commander(const gateway_process& gateway, std::string name)
      : thread_{[this, web = gateway.web(), name = std::move(name)]() mutable { send(web, name); }} {}

  std::vector<accepted_command> join() {
    stopped_ = true;
    thread_.join();
    return std::move(accepted_);
  }

private:
  void send(client::http_gateway& web, const std::string& name) {
    for (unsigned number = 0; !stopped_; ++number) {
      auto text = name + "-" + std::to_string(number);
      auto answer = web.submit("default", {{"kind", "send"}, {"node", 5}, {"text", text}});
      if (answer)
        accepted_.push_back({answer->at("id").to_number<std::uint64_t>(), text});
      poll(nullptr, 0, 3);
    }
  }

  std::atomic<bool> stopped_ = false;
  std::vector<accepted_command> accepted_;
  std::thread thread_;
};

/// One root, one folder, and gateways that are killed.
class campaign {
public:
  campaign() {
    std::filesystem::create_directories(folder_ / "journal");
    root_.plug();
  }

  void round(unsigned number) {
    gateway_process gateway{folder_, arguments()};
    check_what_was(gateway);
    auto name = "r" + std::to_string(number);
    commander one{gateway, name + "a"};
    commander other{gateway, name + "b"};
    make_traffic(gateway);
    gateway.end(SIGKILL);
    for (auto client : {&one, &other})
      std::ranges::move(client->join(), std::back_inserter(fresh_));
  }

  void end() {
    gateway_process gateway{folder_, arguments()};
    check_what_was(gateway);
    await("everything is recorded", [&] { return number_of(gateway, "waiting") == 0; });
    check_sums(gateway);
    check_root();
    check_nothing_twice();
    MESSAGE(accepted_, " commands accepted, ", unknown_, " of them unknown, ", expired_,
            " expired; ", said_, " readings said");
  }

private:
  std::vector<std::string> arguments() const {
    return {"--serial", root_.link(), "--listen", "127.0.0.1:0",
            "--set", "mesh.transmit=stream",
            "--set", "state_dir=" + (folder_ / "state"),
            "--set", "recorder.journal=" + (folder_ / "journal"),
            "--set", "recorder.snapshot_period=150ms"};
  }

  static std::uint64_t number_of(const gateway_process& gateway, const std::string& name) {
    return gateway.status().at_pointer("/recorder/events/" + name).to_number<std::uint64_t>();
  }

  static void check_sums(const gateway_process& gateway) {
    auto state = gateway.status();
    auto number = [&](const std::string& name) {
      return state.at_pointer("/recorder/events/" + name).to_number<std::uint64_t>();
    };
    CHECK(number("received") == number("recorded") + number("not_recorded") + number("waiting"));
    CHECK(number("not_recorded") == 0);
  }

  /// For a while of random length; asks now and then what is on the disk.
  void make_traffic(const gateway_process& gateway) {
    auto length = std::chrono::milliseconds{10 + random_() % 400};
    for (auto end = std::chrono::steady_clock::now() + length;
         std::chrono::steady_clock::now() < end;) {
      for (auto i = 0; i < 5; ++i)
        root_.say(update(1 + said_ % 7, {{"CNT", byte(0) + std::to_string(said_)}})), ++said_;
      root_.heard();
      if (random_() % 8 == 0)
        note_acknowledged(gateway);
      poll(nullptr, 0, 1);
    }
  }

  void note_acknowledged(const gateway_process& gateway) {
    auto state = gateway.status();
    epoch_ = state.at_pointer("/recorder/position/epoch").to_number<std::uint64_t>();
    seq_ = state.at_pointer("/recorder/position/seq").to_number<std::uint64_t>();
    auto latest = gateway.web().latest("default", {1}, type_code{std::string_view{"CNT"}});
    if (latest)
      seen_ = client::to_text(latest->at("data"));
  }

  /// After a start: what the one before had acknowledged.
  void check_what_was(const gateway_process& gateway) {
    SQLite::Database database{folder_ / "state/history.db", SQLite::OPEN_READONLY};
    if (epoch_ != 0) {
      SQLite::Statement base{database, "SELECT base FROM life WHERE epoch = ?"};
      base.bind(1, static_cast<std::int64_t>(epoch_));
      REQUIRE(base.executeStep());
      SQLite::Statement count{database, "SELECT count(*) FROM event WHERE id > ?1 AND id <= ?1 + ?2"};
      count.bind(1, base.getColumn(0).getInt64());
      count.bind(2, static_cast<std::int64_t>(seq_));
      REQUIRE(count.executeStep());
      CHECK(static_cast<std::uint64_t>(count.getColumn(0).getInt64()) == seq_);
    }
    if (!seen_.empty()) {
      auto hex = seen_.substr(1, seen_.size() - 2);
      SQLite::Statement find{database, "SELECT count(*) FROM event WHERE hex(data) = upper(?)"};
      find.bind(1, hex);
      REQUIRE(find.executeStep());
      CHECK(find.getColumn(0).getInt() == 1);
    }
    check_commands(gateway);
    epoch_ = 0;
    seen_.clear();
  }

  /// Every command that was accepted is known, and waits, or has ended somehow.
  void check_commands(const gateway_process& gateway) {
    auto web = gateway.web();
    for (const auto& each : std::exchange(fresh_, {})) {
      ++accepted_;
      std::string state;
      auto is_over = [&] {
        root_.heard();
        auto found = web.command(each.id);
        REQUIRE_MESSAGE(found, each.text, " ", each.id, ": ", found.error().text);
        state = found->at("state").as_string();
        return state != "accepted";
      };
      REQUIRE(eventually(is_over));
      unknown_ += state == "unknown";
      expired_ += state == "expired";
      if (state == "written")
        written_.insert(as_command(send_request(5, each.text)));
    }
  }

  /// No command went out twice, and those that are told as written went out.
  void check_root() {
    std::map<std::string, unsigned> heard;
    for (const auto& each : root_.heard())
      if (each != ninfo)
        ++heard[each];
    for (const auto& [command, times] : heard)
      CHECK_MESSAGE(times == 1, command);
    for (const auto& command : written_)
      CHECK_MESSAGE(heard.contains(command), command);
  }

  void check_nothing_twice() {
    SQLite::Database database{folder_ / "state/history.db", SQLite::OPEN_READONLY};
    for (auto twice : {"SELECT count(*) FROM (SELECT 1 FROM event WHERE kind = 0 GROUP BY data"
                       " HAVING count(*) > 1)",
                       "SELECT count(*) FROM (SELECT 1 FROM reading GROUP BY data"
                       " HAVING count(*) > 1)"})
      CHECK(database.execAndGet(twice).getInt() == 0);
  }

  temp_folder folder_;
  pty_root root_{folder_ / "root"};
  std::minstd_rand random_{std::random_device{}()};
  std::uint64_t epoch_ = 0; // acknowledged
  std::uint64_t seq_ = 0;
  std::string seen_; // a reading that a client was given
  std::vector<accepted_command> fresh_;
  std::set<std::string> written_;
  unsigned said_ = 0;
  unsigned accepted_ = 0, unknown_ = 0, expired_ = 0;
};

} // namespace

TEST_CASE("whenever a gateway is killed, what it acknowledged is there, and nothing twice") {
  campaign all;
  for (unsigned number = 0; number < kills(); ++number)
    all.round(number);
  all.end();
}
