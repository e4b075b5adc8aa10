// What several threads touch without an actor in between; the thread sanitizer looks at it (preset
// tsan), without CAF, whose library is not instrumented.
#include "actors/crash_journal.hpp"
#include "actors/log.hpp"

#include <doctest/doctest.h>

#include <spdlog/sinks/ostream_sink.h>

#include <sstream>
#include <thread>

#include <stdlib.h>

using namespace xylem;

TEST_CASE("Threads log while others read the log and change its level") {
  std::ostringstream written;
  std::shared_ptr<spdlog::sinks::sink> sink{new spdlog::sinks::ostream_sink_mt{written}};
  {
    logger log{{{}, sink, [] { return instant{}; }}};
    std::vector<std::jthread> threads;
    for (auto i = 0; i < 4; ++i)
      threads.emplace_back([&log, i] {
        actor_log own{log, "actor " + std::to_string(i)};
        for (auto line = 0; line < 500; ++line) {
          own.error("hello", {{"line", line}});
          log.set_least(line % 2 == 0 ? log_level::debug : log_level::info);
          log.recent(10);
          log.tell_repeats();
        }
      });
  }
  for (auto i = 0; i < 4; ++i)
    CHECK(written.str().find("actor=\"actor " + std::to_string(i)) != std::string::npos);
}

TEST_CASE("A hub begins lives while the recorder reads what earlier ones left, and forgets it") {
  auto folder = (std::filesystem::temp_directory_path() / "xylem-threads-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  {
    crash_journal journal{folder, folder + "/state", 1};
    std::jthread hub{[&] {
      for (std::uint64_t epoch = 1; epoch <= 50; ++epoch) {
        auto memory = journal.events(epoch);
        journal_writer writer{memory.memory(), {epoch, 1}};
        for (std::uint64_t seq = 1; seq <= 20; ++seq)
          writer.append({.seq = seq});
      }
    }};
    while (journal.living() < 50)
      for (const auto& left : journal.left_behind())
        if (left.who.epoch < journal.living())
          journal.forget(left.who.epoch);
    hub.join();
    CHECK(!journal.left_behind().empty());
  }
  std::filesystem::remove_all(folder);
}
