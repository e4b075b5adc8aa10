#include "tests/actors/recorder_bench.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <unistd.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// The data of readings, the newest first.
std::vector<std::string> texts(const std::vector<reading>& readings) {
  std::vector<std::string> all;
  for (const auto& each : readings)
    all.emplace_back(text_of(each.data.view()));
  return all;
}

using words = std::vector<std::string>;

} // namespace

TEST_CASE("events are written together, 200 ms after the first of them") {
  temp_folder folder;
  recorder_bench bench{folder};
  bench.world.advance(1s);
  auto before = bench.count("recorded");
  bench.hear(5, "one");
  bench.world.advance(100ms);
  bench.hear(5, "two");
  CHECK(bench.count("recorded") == before);
  bench.world.advance(150ms);
  CHECK(bench.count("recorded") == before + 4); // joined, active, and two readings
  CHECK(bench.count("waiting") == 0);
}

TEST_CASE("a recorder that has nothing to write is not woken by the hub again and again") {
  temp_folder folder;
  recorder_bench bench{folder};
  bench.hear(5, "one");
  bench.world.advance(1s);
  auto written = bench.status()["written_today"];
  bench.world.advance(20s);
  CHECK(bench.status()["written_today"] == written);
}

TEST_CASE("readings are there after a stop in order, of nodes that were not heard yet") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    for (auto word : {"one", "two", "three"})
      bench.hear(5, word);
    bench.stop();
  }
  recorder_bench next{folder, 10'000, 200};
  CHECK(texts(next.history(5)) == words{"three", "two", "one"});
  auto nodes = status_of(next.world, next.cache)["nodes"].as_object();
  CHECK(nodes["total"] == 1);
  CHECK(nodes["disconnected"] == 1);
  next.hear(5, "four");
  CHECK(texts(next.history(5)) == words{"four", "three", "two", "one"});
}

TEST_CASE("readings are there after a crash, also those that were not written yet") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    bench.hear(5, "written");
    bench.world.advance(1s);
    bench.hear(5, "journalled");
  }
  recorder_bench next{folder, 10'000, 200};
  CHECK(texts(next.history(5)) == words{"journalled", "written"});
  CHECK(next.count("recovered") == 1);
}

TEST_CASE("a folder that was removed begins anew: the crash journal of the one before is another's") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    bench.hear(5, "one");
  }
  std::filesystem::remove_all(folder / "state");
  recorder_bench next{folder, 10'000, 200};
  CHECK(next.history(5).empty());
  CHECK(next.count("recovered") == 0);
}

TEST_CASE("numbers of readings ascend over a crash") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    bench.hear(5, "one");
    bench.world.advance(1s);
  }
  recorder_bench next{folder, 10'000, 200};
  next.hear(5, "two");
  auto all = next.history(5);
  REQUIRE(all.size() == 2);
  CHECK(all[0].seq > all[1].seq);
}

TEST_CASE("a snapshot and what came after it are one account, without a repeat") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    for (auto i = 0; i < 20; ++i)
      bench.hear(5, std::to_string(i));
    bench.world.advance(61s);
    CHECK(bench.status()["snapshot"].as_object()["taken"] == 1);
    for (auto i = 20; i < 40; ++i)
      bench.hear(5, std::to_string(i));
    bench.world.advance(1s);
  }
  recorder_bench next{folder, 10'000, 200};
  auto all = texts(next.history(5));
  REQUIRE(all.size() == 40);
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(all[i] == std::to_string(39 - i));
}

TEST_CASE("a snapshot that could not be written is told, and tried again though nothing happens") {
  temp_folder folder;
  recorder_bench bench{folder};
  auto in_its_way = folder / "state/snapshot.new";
  std::filesystem::create_directories(in_its_way + "/folder");
  bench.hear(5, "one");
  bench.world.advance(61s);
  auto told = [&] { return bench.status()["snapshot"].as_object(); };
  CHECK(told()["taken"] == 0);
  CHECK(told()["time"].is_null());
  CHECK_FALSE(told()["failure"].as_string().empty());
  std::filesystem::remove_all(in_its_way);
  bench.world.advance(60s);
  CHECK(told()["taken"] == 1);
  CHECK(told()["failure"] == "");
}

TEST_CASE("a cursor of before a restart goes on from the record, exactly") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    for (auto word : {"one", "two", "three"})
      bench.hear(5, word);
    bench.world.advance(1s);
  }
  recorder_bench next{folder, 10'000, 200};
  next.hear(6, "after");
  auto page = next.replay({100, 3}); // joined, active and one were seen
  CHECK_FALSE(page.gap);
  REQUIRE(page.events.size() == 2);
  CHECK(text_of(page.events[0].data.view()) == "two");
  CHECK(page.reached == cursor{100, 5});
  page = next.replay(page.reached);
  CHECK_FALSE(page.gap);
  REQUIRE(page.events.size() == 3);
  CHECK(page.reached.epoch == 200);
}

TEST_CASE("a command that was accepted and not written is sent after the restart") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    caf::anon_send(bench.manager, link_report{link_state::silent, "", true});
    bench.world.run();
    bench.send(5, "hello");
    REQUIRE(bench.told.transmitted.size() == 2); // NINFO before it
  }
  recorder_bench next{folder, 10'000, 200};
  caf::anon_send(next.manager, link_report{link_state::silent, "", true});
  next.world.run();
  CHECK(next.told.wire.find("hello") != std::string::npos);
  CHECK(next.told.transmitted.front() == command_id{2});
}

TEST_CASE("a command whose deadline has passed in between is told as expired and not sent") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    caf::anon_send(bench.manager, link_report{link_state::silent, "", true});
    bench.world.run();
    bench.send(5, "hello");
  }
  recorder_bench next{folder, 10'000, 200};
  next.world.advance(11s);
  caf::anon_send(next.manager, link_report{link_state::silent, "", true});
  next.world.run();
  CHECK(next.told.wire.find("hello") == std::string::npos);
  auto found = next.ask<command_answer>(next.manager, command_id{2});
  REQUIRE(found);
  CHECK(std::get<command_record>(found->result).state == command_state::expired);
}

TEST_CASE("a command that was handed to the port and not told as written is not sent again") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    caf::anon_send(bench.manager, link_report{link_state::silent, "", true});
    bench.world.run();
    bench.send(5, "hello");
    auto memory = bench.journal.handovers("default");
    handover_writer{memory.memory()}.mark({2});
  }
  recorder_bench next{folder, 10'000, 200};
  caf::anon_send(next.manager, link_report{link_state::silent, "", true});
  next.world.run();
  CHECK(next.told.wire.find("hello") == std::string::npos);
  auto found = next.ask<command_answer>(next.manager, command_id{2});
  REQUIRE(found);
  CHECK(std::get<command_record>(found->result).state == command_state::unknown);
  next.send(5, "more");
  CHECK(next.told.transmitted.back().value > 2);
}

TEST_CASE("a node cache that crashed has its readings again, also the latest") {
  temp_folder folder;
  recorder_bench bench{folder};
  bench.hear(5, "one");
  bench.world.advance(1s);
  bench.hear(5, "two");
  caf::anon_send_exit(bench.cache, caf::exit_reason::kill);
  bench.world.run();
  std::shared_ptr<const dialect> speech = make_dialect("classic", {});
  bench.cache = bench.world.system.spawn(node_cache, mesh_index{}, &bench.settings.meshes[0],
                                         speech, &bench.world.env);
  bench.wire();
  CHECK(texts(bench.history(5)) == words{"two", "one"});
}

TEST_CASE("what a hub that crashed had told is recorded, and the next one's events follow") {
  temp_folder folder;
  recorder_bench bench{folder};
  bench.hear(5, "one");
  bench.world.advance(1s);
  bench.hear(5, "two");
  caf::anon_send_exit(bench.hub, caf::exit_reason::kill);
  bench.world.run();
  bench.hub = bench.world.system.spawn(event_hub, bench.settings.events, 150, &bench.world.env);
  bench.wire();
  bench.hear(5, "three");
  bench.world.advance(1s);
  CHECK(bench.count("received") == bench.count("recorded"));
  CHECK(bench.count("not_recorded") == 0);
  auto page = bench.replay({100, 3});
  REQUIRE(page.events.size() == 1);
  CHECK(text_of(page.events[0].data.view()) == "two");
  page = bench.replay(page.reached);
  CHECK_FALSE(page.gap);
  REQUIRE(page.events.size() == 1);
  CHECK(text_of(page.events[0].data.view()) == "three");
}

TEST_CASE("while the database cannot be written live data goes on, and what the ring keeps is recorded late") {
  temp_folder folder;
  recorder_bench bench{folder, 50};
  bench.hear(5, "one");
  bench.world.advance(1s);
  SQLite::Database other{folder / "state/history.db", SQLite::OPEN_READWRITE};
  other.exec("BEGIN IMMEDIATE");
  for (auto i = 0; i < 100; ++i)
    bench.hear(5, std::to_string(i));
  bench.world.advance(3s);
  auto status = bench.status();
  CHECK(status["state"] == "degraded");
  CHECK(status["reason"].as_string().find("locked") != std::string::npos);
  CHECK(texts(bench.history(5)).front() == "99");
  CHECK(bench.count("waiting") == 50);
  CHECK(bench.count("not_recorded") == 50);
  other.exec("ROLLBACK");
  bench.world.advance(2s);
  CHECK(bench.status()["state"] == "recording");
  CHECK(bench.count("waiting") == 0);
  CHECK(bench.count("received") == bench.count("recorded") + bench.count("not_recorded"));
  auto page = bench.replay({100, 3});
  REQUIRE(page.gap);
  CHECK(gap_of(*page.gap)->count == 50);
}

TEST_CASE("a database that is broken is set aside and a new one begun") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    bench.hear(5, "one");
    bench.stop();
  }
  auto file = folder / "state/history.db";
  std::filesystem::resize_file(file, 5000);
  std::fstream{file, std::ios::in | std::ios::out} << "no database any more";
  recorder_bench next{folder, 10'000, 200};
  auto status = next.status();
  CHECK(status["state"] == "recording");
  CHECK(status["database"].as_object()["set_aside"] == 1);
  auto aside = 0;
  for (const auto& each : std::filesystem::directory_iterator{folder / "state"})
    aside += each.path().filename().string().starts_with("history.db.corrupt-");
  CHECK(aside >= 1);
  next.hear(5, "two");
  CHECK(texts(next.history(5)) == words{"two", "one"}); // the snapshot is another file
}

TEST_CASE("a folder that another process uses is an error that names it") {
  temp_folder folder;
  recorder_bench bench{folder};
  CHECK_THROWS_WITH_AS(state_folder{folder / "state"},
                       doctest::Contains(std::to_string(getpid()).c_str()), std::runtime_error);
}

TEST_CASE("a day's budget that is used up is told, and the next day goes on") {
  temp_folder folder;
  recorder_bench bench{folder, 100, 100, 20'000};
  for (auto i = 0; bench.status()["state"] == "recording" && i < 1000; ++i) {
    bench.hear(5, std::to_string(i));
    bench.world.advance(11s);
  }
  auto status = bench.status();
  REQUIRE(status["state"] == "degraded");
  CHECK(status["reason"] == "the write budget of the day is used up");
  bench.hear(5, "last");
  bench.world.advance(25h);
  CHECK(bench.status()["state"] == "recording");
  CHECK(bench.count("received") == bench.count("recorded") + bench.count("not_recorded"));
}
