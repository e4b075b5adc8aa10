// What the recorder lives through: its own end, databases that come late, go, or cannot be read.
#include "tests/actors/file_size_limit.hpp"
#include "tests/actors/recorder_bench.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// The one that runs ends, as by an exception, and another one takes over.
void restart_recorder(recorder_bench& bench) {
  caf::anon_send_exit(bench.it, caf::exit_reason::kill);
  bench.world.run();
  auto parent = bench.world.system.spawn(supervisor_probe, &bench.told);
  bench.it = bench.world.system.spawn(recorder, &bench.settings, &bench.world.env, parent);
  bench.recorder_end = bench.world.end_of(bench.it);
  bench.wire();
}

bool has_journal(const recorder_bench& bench, std::uint64_t life) {
  return std::filesystem::exists(bench.journal.folder() / ("events-" + std::to_string(life)));
}

bool sums_hold(recorder_bench& bench) {
  return bench.count("received")
         == bench.count("recorded") + bench.count("not_recorded") + bench.count("waiting");
}

void remove_snapshots(const temp_folder& folder) {
  for (const auto& name : snapshot_files::names())
    std::filesystem::remove(folder / ("state/" + std::string{name}));
}

constexpr auto flood_pages = 50;

/// A hub that is a thousand events ahead of who reads it, for some time.
event_hub_actor::behavior_type flooded_hub(event_hub_actor::pointer, int* pages) {
  return {
    [](event_batch&) {},
    [](subscribe_atom, const subscriber_actor&, const subscriber_filter&) {},
    [](subscribe_atom, const subscriber_actor&, const subscriber_filter&, cursor) {},
    [pages](const replay_query& asked) {
      auto is_last = ++*pages == flood_pages;
      replay_page page{.reached = {100, asked.from->seq}, .complete = is_last};
      while (page.events.size() < limits::recorded_at_once)
        page.events.push_back({.seq = ++page.reached.seq, .kind = event_kind::root_log});
      page.newest = {100, page.reached.seq + (is_last ? 0 : limits::recorded_at_once)};
      return page;
    },
    [](news_atom, const replay_query&) { return replay_page{}; },
    [](news_atom, const news_reader_actor&, cursor) {},
    [](status_atom) { return actor_status{}; },
  };
}

/// A hub whose events up to `last` are of 4,000 bytes.
event_hub_actor::behavior_type hub_of_large_events(event_hub_actor::pointer,
                                                   const std::uint64_t* last) {
  return {
    [](event_batch&) {},
    [](subscribe_atom, const subscriber_actor&, const subscriber_filter&) {},
    [](subscribe_atom, const subscriber_actor&, const subscriber_filter&, cursor) {},
    [last](const replay_query& asked) {
      replay_page page{.reached = {100, asked.from->seq}, .newest = {100, *last}};
      while (page.reached.seq < *last && page.events.size() < 200)
        page.events.push_back({.seq = ++page.reached.seq,
                               .kind = event_kind::root_log,
                               .data = small_bytes{view_of(std::string(4000, 'x'))}});
      page.complete = page.reached.seq == *last;
      return page;
    },
    [](news_atom, const replay_query&) { return replay_page{}; },
    [](news_atom, const news_reader_actor&, cursor) {},
    [](status_atom) { return actor_status{}; },
  };
}

} // namespace

TEST_CASE("a recorder that crashed goes on where it was, and the hub's journal stays") {
  temp_folder folder;
  recorder_bench bench{folder};
  bench.hear(5, "one");
  bench.world.advance(1s);
  bench.hear(5, "two");
  restart_recorder(bench);
  bench.hear(5, "three");
  bench.world.advance(1s);
  CHECK(sums_hold(bench));
  CHECK(has_journal(bench, 100));
  auto page = bench.replay({100, 0});
  CHECK_FALSE(page.gap);
  CHECK(std::ranges::count(page.events, event_kind::reading, &event::kind) == 3);
}

TEST_CASE("a database whose file was removed is not written on, a new one is begun") {
  temp_folder folder;
  recorder_bench bench{folder};
  bench.hear(5, "one");
  bench.world.advance(1s);
  for (auto name : {"history.db", "history.db-wal", "history.db-shm"})
    std::filesystem::remove(folder / ("state/" + std::string{name}));
  bench.hear(5, "two");
  bench.world.advance(210ms);
  CHECK(bench.status()["state"] == "degraded");
  bench.world.advance(2s);
  CHECK(bench.status()["state"] == "recording");
  CHECK(std::filesystem::exists(folder / "state/history.db"));
  CHECK(has_journal(bench, 100));
  CHECK(sums_hold(bench));
  CHECK(bench.count("not_recorded") == 0);
}

TEST_CASE("numbers of readings are not given out again while the database cannot be read") {
  temp_folder folder;
  for (auto life : {100U, 200U}) {
    recorder_bench bench{folder, 10'000, life};
    for (auto text : {"one", "two", "three"})
      bench.hear(5, text);
    bench.world.advance(1s);
    bench.stop();
  }
  remove_snapshots(folder);
  SQLite::Database other{folder / "state/history.db", SQLite::OPEN_READWRITE};
  other.exec("PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE");
  recorder_bench bench{folder, 10'000, 300};
  REQUIRE(bench.status()["state"] == "degraded");
  for (auto text : {"four", "five"})
    bench.hear(5, text);
  other.exec("COMMIT");
  bench.world.advance(3s);
  REQUIRE(bench.status()["state"] == "recording");
  SQLite::Statement repeated{other, "SELECT count(*) FROM event WHERE kind = 0"
                                    " GROUP BY number HAVING count(*) > 1"};
  CHECK_FALSE(repeated.executeStep());
}

TEST_CASE("a hub whose epoch was used before does not end the recorder, and the supervisor is told") {
  temp_folder folder;
  {
    recorder_bench bench{folder, 10'000, 100};
    bench.hear(5, "one");
    bench.stop();
  }
  recorder_bench bench{folder, 10'000, 50};
  bench.hear(5, "two");
  bench.world.advance(3s);
  CHECK_FALSE(bench.recorder_end->has_value());
  CHECK(bench.status()["state"] == "degraded");
  bench.hub = bench.world.system.spawn(event_hub, bench.settings.events, 101, &bench.world.env);
  bench.wire();
  bench.hear(5, "three");
  bench.world.advance(3s);
  CHECK(bench.status()["state"] == "recording");
  CHECK(sums_hold(bench));
}

TEST_CASE("a history is answered under a flood of events") {
  temp_folder folder;
  recorder_bench bench{folder};
  auto pages = 0, pages_before_answer = 0;
  bench.hub = bench.world.system.spawn(flooded_hub, &pages);
  auto all = std::make_shared<gateway_wiring>();
  all->event_hub = bench.hub;
  caf::anon_send(bench.it, gateway_wiring_ptr{all});
  auto asking = [&](caf::event_based_actor* self, const recorder_actor& it) {
    history_query asked{.node = {5}, .code = type_code{std::string_view{"GPS"}}};
    self->request(it, caf::infinite, series_query{{}, asked})
      .then([&](const series_part&) { pages_before_answer = pages; });
  };
  bench.world.system.spawn(asking, bench.it);
  bench.world.advance(1s);
  REQUIRE(pages == flood_pages);
  CHECK(pages_before_answer < 5);
}

TEST_CASE("on a full disk events are recorded while the database's log has room, and none twice") {
  temp_folder folder;
  recorder_bench bench{folder};
  std::uint64_t last = 0;
  bench.hub = bench.world.system.spawn(hub_of_large_events, &last);
  bench.wire();
  auto tell = [&](std::uint64_t events) {
    last += events;
    caf::anon_send(bench.it, news_atom::value);
    bench.world.advance(2s);
  };
  auto size = [&] { return std::filesystem::file_size(folder / "state/history.db"); };
  tell(2300); // the log has been written back once, and has little
  auto before = size();
  {
    file_size_limit limit{before + 50'000};
    tell(1500);
    CHECK_FALSE(bench.recorder_end->has_value());
    CHECK(bench.status()["state"] == "recording");
    CHECK(bench.count("recorded") == last);
    CHECK(size() <= before + 50'000);
  }
  tell(1);
  CHECK(size() > before + 4'000'000);
  CHECK(bench.count("recorded") == last);
  CHECK(sums_hold(bench));
}

TEST_CASE("a database that cannot be read while nothing happens is opened again") {
  temp_folder folder;
  recorder_bench bench{folder};
  bench.hear(5, "one");
  bench.world.advance(1s);
  SQLite::Database{folder / "state/history.db", SQLite::OPEN_READWRITE}.exec(
    "ALTER TABLE series RENAME TO other");
  history_query asked{.node = {5}, .code = type_code{std::string_view{"GPS"}}};
  bench.ask<series_part>(bench.it, series_query{{}, asked});
  bench.world.advance(3s);
  CHECK(bench.status()["state"] == "recording");
}

TEST_CASE("a status of a database that cannot be read does not end the recorder") {
  temp_folder folder;
  recorder_bench bench{folder};
  bench.hear(5, "one");
  bench.world.advance(1s);
  SQLite::Database{folder / "state/history.db", SQLite::OPEN_READWRITE}.exec(
    "ALTER TABLE event RENAME TO other");
  CHECK(bench.status()["state"] == "degraded");
  CHECK_FALSE(bench.recorder_end->has_value());
}

TEST_CASE("a crash journal that cannot be right is dropped, and the gateway starts") {
  temp_folder folder;
  {
    recorder_bench bench{folder};
    auto memory = bench.journal.events(90);
    journal_writer broken{memory.memory(), {90, bench.journal.meshes()}};
    event of_no_mesh{.seq = 1, .mesh = {7}};
    broken.append(of_no_mesh);
  }
  recorder_bench next{folder, 10'000, 200};
  CHECK_FALSE(next.recorder_end->has_value());
  CHECK(next.status()["state"] == "recording");
  CHECK_FALSE(has_journal(next, 90));
}

TEST_CASE("a node cache that learns nothing of what was gives no number of a reading out again") {
  temp_folder folder;
  recorder_bench bench{folder};
  for (auto text : {"one", "two", "three"})
    bench.hear(5, text);
  auto last = bench.history(5).front().seq;
  for (auto end : {caf::actor_cast<caf::actor>(bench.it), caf::actor_cast<caf::actor>(bench.cache)})
    caf::anon_send_exit(end, caf::exit_reason::kill);
  bench.world.run();
  std::shared_ptr<const dialect> speech = make_dialect("classic", {});
  bench.cache = bench.world.system.spawn(node_cache, mesh_index{}, &bench.settings.meshes[0],
                                         speech, &bench.world.env);
  bench.wire();
  bench.hear(5, "four");
  CHECK(bench.history(5).front().seq > last);
}
