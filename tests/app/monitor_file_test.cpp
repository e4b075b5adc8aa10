#include "app/commands/monitor_file.hpp"
#include "app/commands/monitor_file_end.hpp"
#include "app/commands/monitor_outputs.hpp"

#include "monitor_fixture.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/null_sink.h>

#include <csignal>

#include <sys/resource.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

const std::string north_5 = "{\"gateway\":\"north\",\"epoch\":7,\"seq\":5,\"kind\":\"x\"}\n";
const std::string north_6 = "{\"gateway\":\"north\",\"epoch\":7,\"seq\":6,\"kind\":\"x\"}\n";
const std::string south_9 = "{\"gateway\":\"south\",\"epoch\":3,\"seq\":9,\"kind\":\"x\"}\n";
const std::string state = "{\"gateway\":\"north\",\"kind\":\"gateway\",\"state\":\"following\"}\n";

using positions = std::map<std::string, cursor>;

instant at(std::chrono::seconds since) {
  return {mono_time{} + 1h + since, monitor_time + since};
}

std::string content_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto found = text.find(part); found != std::string::npos; found = text.find(part, found + 1))
    ++count;
  return count;
}

std::string why_not(const std::string& path) {
  try {
    monitor_file{path};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

/// No file of this process grows beyond so many bytes: a disk that is full, with writes cut short.
class full_disk {
public:
  explicit full_disk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    signal_ = std::signal(SIGXFSZ, SIG_IGN);
    rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  ~full_disk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

private:
  rlimit before_{};
  void (*signal_)(int) = SIG_DFL;
};

} // namespace

TEST_CASE("the end of a file tells where each gateway goes on") {
  auto whole = north_5 + south_9 + state + north_6;
  auto read = std::get<monitor_file_end>(read_file_end(whole, file_part::all));
  CHECK(read.size == whole.size());
  CHECK(read.positions.at("north").reached == cursor{7, 6});
  CHECK(read.positions.at("north").at == whole.size() - north_6.size());
  CHECK(read.positions.at("south").reached == cursor{3, 9});
  CHECK(std::get<monitor_file_end>(read_file_end("", file_part::all)).size == 0);
}

TEST_CASE("a line that was cut at any byte is not a line, and what is before it counts") {
  auto whole = south_9 + north_5;
  for (std::size_t cut = 0; cut < north_6.size(); ++cut) {
    auto read = read_file_end(whole + north_6.substr(0, cut), file_part::all);
    CHECK(std::get<monitor_file_end>(read).size == whole.size());
    CHECK(std::get<monitor_file_end>(read).positions.at("north").reached == cursor{7, 5});
  }
  auto zeros = whole + north_6.substr(0, 20) + std::string(100, '\0');
  CHECK(std::get<monitor_file_end>(read_file_end(zeros, file_part::all)).size == whole.size());
}

TEST_CASE("the last bytes of a long file may begin within a line") {
  auto read = read_file_end(north_5.substr(7) + south_9, file_part::last);
  CHECK(std::get<monitor_file_end>(read).positions.size() == 1);
  CHECK(std::holds_alternative<std::string>(read_file_end(north_5.substr(7), file_part::all)));
  CHECK(std::holds_alternative<std::string>(read_file_end("no line", file_part::last)));
}

TEST_CASE("a file with anything else is not such a file, and is left as it is") {
  temp_folder folder;
  for (const auto& text :
       {std::string{"dear diary\n"}, std::string{"dear diary"}, north_5 + "{}\n",
        north_5 + "{\"gateway\":\"\",\"epoch\":7,\"seq\":6}\n",
        north_5 + "{\"gateway\":\"north\"\n", north_5 + "x", std::string{"\n"}}) {
    auto path = folder.write("file", text);
    CHECK(why_not(path).find("is not a file of xylem monitor --append") != std::string::npos);
    CHECK(content_of(path) == text);
  }
  CHECK(why_not(folder.path()).find("cannot be opened") != std::string::npos);
  CHECK(why_not("/dev/null") == "/dev/null is no regular file");
}

TEST_CASE("a file goes on behind its last whole line") {
  temp_folder folder;
  auto path = folder.write("file", north_5 + south_9 + north_6.substr(0, 30));
  {
    monitor_file file{path};
    CHECK(file.positions() == positions{{"north", {7, 5}}, {"south", {3, 9}}});
    file.add("north", {7, 6}, north_6);
    file.progress("north", {7, 6}, at(0s));
  }
  CHECK(content_of(path) == north_5 + south_9 + north_6);
  CHECK(monitor_file{path}.positions() == positions{{"north", {7, 6}}, {"south", {3, 9}}});
}

TEST_CASE("two processes cannot write one file") {
  temp_folder folder;
  monitor_file first{folder / "file"};
  CHECK(why_not(folder / "file").ends_with("is written by another process"));
}

TEST_CASE("a gateway that has told nothing yet has a position from the beginning on") {
  temp_folder folder;
  monitor_file{folder / "file"}.progress("north", {7, 100}, at(0s));
  CHECK(content_of(folder / "file")
        == "{\"gateway\":\"north\",\"epoch\":7,\"seq\":100,"
           "\"time\":\"2023-11-14T22:13:20.000Z\",\"kind\":\"position\"}\n");
  CHECK(monitor_file{folder / "file"}.positions() == positions{{"north", {7, 100}}});
}

TEST_CASE("events without lines move the position in the file once a minute, and at the end") {
  temp_folder folder;
  auto path = folder / "file";
  monitor_file file{path};
  file.progress("north", {7, 100}, at(0s));
  file.progress("north", {7, 101}, at(1s));
  file.progress("north", {7, 102}, at(60s));
  CHECK(count_of(content_of(path), "position") == 1);
  file.tick(at(61s));
  CHECK(count_of(content_of(path), "position") == 2);
  CHECK(content_of(path).find("\"seq\":102,") != std::string::npos);
  file.tick(at(500s)); // nothing has changed
  CHECK(count_of(content_of(path), "position") == 2);
  file.progress("north", {7, 103}, at(501s));
  CHECK(file.finish(at(502s)));
  CHECK(count_of(content_of(path), "position") == 3);
  CHECK(content_of(path).find("\"seq\":103,") != std::string::npos);
}

TEST_CASE("the position of a quiet gateway is found however much others have told since") {
  temp_folder folder;
  auto path = folder / "file";
  std::string line = north_6;
  line.insert(line.size() - 3, std::string(60'000, 'x'));
  {
    monitor_file file{path};
    file.progress("south", {3, 9}, at(0s));
    for (auto i = 0; i < 200; ++i) { // 12 MB
      file.add("north", {7, 6}, line);
      file.progress("north", {7, 6}, at(0s));
    }
  }
  CHECK(content_of(path).size() > monitor_file::window);
  CHECK(monitor_file{path}.positions() == positions{{"north", {7, 6}}, {"south", {3, 9}}});
}

TEST_CASE("a file that somebody has emptied tells all positions again") {
  temp_folder folder;
  auto path = folder / "file";
  monitor_file file{path};
  file.add("north", {7, 5}, north_5);
  file.add("south", {3, 9}, south_9);
  file.progress("north", {7, 5}, at(0s));
  std::filesystem::resize_file(path, 0);
  file.tick(at(1s));
  CHECK(count_of(content_of(path), "position") == 2);
}

TEST_CASE("a full disk loses and repeats nothing, and takes nothing more until it has room") {
  temp_folder folder;
  auto path = folder / "file";
  monitor_file file{path};
  auto fits = north_5.size() + 20; // and a part of the next line
  {
    full_disk disk{fits};
    file.add("north", {7, 5}, north_5);
    file.add("north", {7, 6}, north_6);
    CHECK_THROWS_AS(file.progress("north", {7, 6}, at(0s)), std::runtime_error);
    CHECK(file.problem().find("cannot be written") != std::string::npos);
    CHECK_THROWS_AS(file.add("south", {3, 9}, south_9), std::runtime_error);
    file.add(state); // is no event, and left out
    CHECK_FALSE(file.tick(at(1s)));
    CHECK(content_of(path) == (north_5 + north_6).substr(0, fits));
  }
  CHECK(file.positions() == positions{{"north", {7, 6}}});
  CHECK(file.tick(at(2s)));
  file.add("south", {3, 9}, south_9);
  file.progress("south", {3, 9}, at(2s));
  CHECK(content_of(path) == north_5 + north_6 + south_9);
  CHECK(file.problem().empty());
}

TEST_CASE("events reach the file exactly once through any number of kills and full disks") {
  temp_folder folder;
  auto path = folder / "file";
  logger log{{{}, std::make_shared<spdlog::sinks::null_sink_mt>(), system_now, false}};
  told_gateway north;
  std::uint64_t last = 1000;
  for (auto life = 0; life < 40; ++life) {
    file_output out{path, {}, actor_log{log, "monitor"}, [] { return at(0s); }};
    monitor_callbacks callbacks;
    callbacks.event = [&](const followed_event& which) { out.event(which); };
    callbacks.progress = [&](const gateway_progress& how) { out.progress(how); };
    gateway_teller teller{callbacks};
    for (const auto& [name, from] : out.positions())
      teller.start_at(name, from);
    auto size = std::filesystem::file_size(path);
    {
      full_disk disk{size + static_cast<rlim_t>(life) * 37};
      auto from = teller.starts_at("north").value_or(cursor{7, 0}).seq;
      try {
        teller.told(north.status, told_gateway::page(from + 1, from + 3));
        teller.told(north.status, told_gateway::page(from + 4, from + 5));
      } catch (const std::runtime_error&) {
        // The link would begin anew at teller.starts_at(); here the process is killed.
      }
    }
    last = teller.starts_at("north").value_or(cursor{}).seq;
  }
  auto text = content_of(path);
  auto written = std::get<monitor_file_end>(read_file_end(text, file_part::all));
  auto reached = written.positions.at("north").reached.seq;
  CHECK(reached <= last);
  for (std::uint64_t seq = 1; seq <= reached; ++seq)
    CHECK(count_of(text, "\"seq\":" + std::to_string(seq)
                             + ",\"time\":\"2023-11-14T22:13:20.000Z\","
                               "\"mesh\"")
          == 1);
}

TEST_CASE("positions are kept for events that a filter hides") {
  temp_folder folder;
  auto path = folder / "file";
  logger log{{{}, std::make_shared<spdlog::sinks::null_sink_mt>(), system_now, false}};
  told_gateway north;
  {
    file_output out{
        path, {.kinds = {event_kind::incident}}, actor_log{log, "monitor"}, [] { return at(0s); }};
    monitor_callbacks callbacks;
    callbacks.event = [&](const followed_event& which) { out.event(which); };
    callbacks.progress = [&](const gateway_progress& how) { out.progress(how); };
    gateway_teller teller{callbacks};
    auto page = told_gateway::page(1, 3);
    page.events[1] = told_gateway::incident(2, "killed");
    teller.told(north.status, page);
    CHECK(out.finish().empty());
  }
  auto text = content_of(path);
  CHECK(count_of(text, "\"kind\":\"reading\"") == 0);
  CHECK(count_of(text, "\"kind\":\"incident\"") == 1);
  CHECK(monitor_file{path}.positions() == positions{{"north", {7, 3}}});
}
