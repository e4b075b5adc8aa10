#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "service_manager.hpp"
#include "waiting.hpp"
#include "web_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

using words = std::vector<std::string>;

constexpr std::uint64_t watchdog = 600'000; // microseconds

/// `xylem run` as a service, with a port that is not there and free addresses.
struct service {
  explicit service(const words& more = {}, std::uint64_t watchdog_time = 0,
                   const std::vector<std::string>& sockets = {}) {
    for (const auto& each : sockets)
      ports[each] = manager.open(each);
    start(more, watchdog_time);
  }

  void start(const words& more, std::uint64_t watchdog_time = 0) {
    words arguments{"run", "--set", "mesh.serial=" + folder.path() + "/no-port", "--set",
                    "mesh.name=field", "--set", "mesh.listen=127.0.0.1:0", "--set",
                    "web.listen=127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    process.emplace(manager.start(arguments, watchdog_time), folder.path(), "/bin/bash");
  }

  bool has_logged(const std::string& text) const {
    return process->err().find(text) != std::string::npos;
  }

  process_end end() {
    process->signal(SIGTERM);
    return process->end();
  }

  temp_folder folder;
  service_manager manager;
  std::map<std::string, std::uint16_t> ports;
  std::optional<child_process> process;
};

words with_file(const std::string& path) {
  return {"--config", path};
}

/// Stops one thread of a process, as a disk that does not answer would, until this ends.
class stopped_thread {
public:
  explicit stopped_thread(pid_t thread) : thread_{thread} {
    stopped_ = ::ptrace(PTRACE_SEIZE, thread_, nullptr, nullptr) == 0
               && ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr) == 0
               && ::waitpid(thread_, nullptr, __WALL) == thread_;
  }

  ~stopped_thread() {
    if (stopped_)
      ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr);
  }

  bool is_stopped() const noexcept { return stopped_; }

private:
  pid_t thread_;
  bool stopped_ = false;
};

/// Threads with this name; CAF gives an actor that has one of its own `caf.actor`.
std::vector<pid_t> threads_of(pid_t process, const std::string& name) {
  std::vector<pid_t> found;
  for (const auto& each :
       std::filesystem::directory_iterator{"/proc/" + std::to_string(process) + "/task"}) {
    std::string told;
    std::getline(std::ifstream{each.path() / "comm"}, told);
    if (told == name)
      found.push_back(std::stoi(each.path().filename()));
  }
  return found;
}

} // namespace

TEST_CASE("a service says that it is ready, how it is, and that it stops, also without its port") {
  service it;
  it.manager.await_line("READY=1");
  it.manager.await_status("field: down (");
  it.manager.await_status("); 0 clients");
  CHECK(it.has_logged("msg=\"listening\""));
  CHECK(it.has_logged("msg=\"serving\""));
  CHECK(it.end().code == 0);
  it.manager.await_line("STOPPING=1");
  CHECK(it.manager.times("READY=1") == 1);
}

TEST_CASE("a service without a watchdog does not ping, one with a watchdog goes on to ping") {
  service quiet;
  quiet.manager.await_line("READY=1");
  CHECK(quiet.end().code == 0);
  CHECK(quiet.manager.times("WATCHDOG=1") == 0);
  service it{{}, watchdog};
  await("ten pings", [&] { return it.manager.times("WATCHDOG=1") >= 10; });
  CHECK_FALSE(it.has_logged("the watchdog is not told"));
  CHECK(it.end().code == 0);
}

TEST_CASE("while its disk holds up the recorder the gateway serves, says so, and is not started anew") {
  temp_folder state;
  service it{{"--set", "state_dir=" + state.path()}, watchdog, {"field"}};
  it.manager.await_line("READY=1");
  {
    std::vector<std::unique_ptr<stopped_thread>> stopped;
    for (auto each : threads_of(it.process->pid(), "caf.actor"))
      stopped.push_back(std::make_unique<stopped_thread>(each));
    REQUIRE_FALSE(stopped.empty());
    REQUIRE_MESSAGE(std::ranges::all_of(stopped, &stopped_thread::is_stopped),
                    "this test must be allowed to stop threads of its child (ptrace)");
    it.manager.await_status("recorder: does not answer");
    it.manager.forget();
    await("pings", [&] { return it.manager.times("WATCHDOG=1") >= 3; });
    raw_client client{it.ports.at("field")};
    CHECK(client.ask("ACT-C", 3) == "S" + word(0));
  }
  CHECK_FALSE(it.has_logged("the watchdog is not told"));
  CHECK(it.end().code == 0);
}

TEST_CASE("SIGHUP changes the level of the log and who may follow, and says what needs a restart") {
  temp_folder files;
  auto write = [&](const std::string& text) {
    return files.write("xylem.toml", "[[mesh]]\nserial = \"/dev/nothing\"\n" + text);
  };
  service it{with_file(write("")), 0, {"web"}};
  it.manager.await_line("READY=1");
  it.manager.forget();
  write("[log]\nlevel = \"debug\"\n[web]\nconnections = 7\n");
  it.process->signal(SIGHUP);
  it.manager.await_line("RELOADING=1");
  it.manager.await_line("READY=1");
  it.manager.await_status("; restart needed for: web.connections");
  await("the level is told", [&] { return it.has_logged("from=info to=debug"); });
  auto shown = web_client{{it.ports.at("web")}}.get("/api/v1/configuration").body;
  CHECK(shown.find("level = \"debug\"") != std::string::npos);
  CHECK(shown.find("connections = 7") == std::string::npos); // not before a restart
  it.manager.forget();
  write("[log\n");
  it.process->signal(SIGHUP);
  it.manager.await_line("READY=1");
  it.manager.await_status("; the configuration file has mistakes");
  CHECK(it.end().code == 0);
}

TEST_CASE("SIGHUP does not end a gateway without a file, which says that there is none") {
  service it;
  it.manager.await_line("READY=1");
  it.process->signal(SIGHUP);
  await("it says so", [&] { return it.has_logged("there is no configuration file"); });
  CHECK(it.end().code == 0);
}

// -- sockets of the service manager

TEST_CASE("who connects before a service starts, or while it restarts, waits and is served") {
  service_manager manager;
  auto clients = manager.open("clients");
  auto web = manager.open("web");
  raw_client early{clients};
  early.write("ACT-C");
  temp_folder folder;
  words arguments{"run", "--set", "mesh.serial=" + folder.path() + "/no-port"};
  auto start = [&] {
    return std::make_unique<child_process>(manager.start(arguments), folder.path(), "/bin/bash");
  };
  auto first = start();
  CHECK(early.read(3) == "S" + word(0));
  manager.await_line("READY=1");
  CHECK(first->err().find("address=127.0.0.1:" + std::to_string(clients)) != std::string::npos);
  CHECK(first->err().find("url=http://127.0.0.1:" + std::to_string(web) + "/")
        != std::string::npos);
  first->signal(SIGTERM);
  REQUIRE(first->end().code == 0);
  raw_client between{clients};
  between.write("ACT-C");
  raw_client browser{web};
  browser.write("GET /livez HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(web)
                + "\r\nConnection: close\r\n\r\n");
  auto second = start();
  CHECK(between.read(3) == "S" + word(0));
  CHECK(browser.read_to_end().starts_with("HTTP/1.1 200"));
  second->signal(SIGTERM);
  CHECK(second->end().code == 0);
}

TEST_CASE("meshes get sockets by their names") {
  service_manager manager;
  auto yard = manager.open("yard");
  auto field = manager.open("field");
  temp_folder folder;
  auto file = folder.write("xylem.toml", "[[mesh]]\nname = \"field\"\nserial = \"/no/a\"\n"
                                         "[[mesh]]\nname = \"yard\"\nserial = \"/no/b\"\n"
                                         "listen = \"127.0.0.1:5002\"\n[web]\nenabled = false\n");
  child_process process{manager.start({"run", "--config", file}), folder.path(), "/bin/bash"};
  manager.await_line("READY=1");
  auto log = process.err();
  CHECK(log.find("mesh=yard msg=\"listening\" address=127.0.0.1:" + std::to_string(yard))
        != std::string::npos);
  CHECK(log.find("mesh=field msg=\"listening\" address=127.0.0.1:" + std::to_string(field))
        != std::string::npos);
  process.signal(SIGTERM);
  CHECK(process.end().code == 0);
}

TEST_CASE("a socket that nothing listens on is named and closed") {
  service_manager manager;
  auto unused = manager.open("wbe");
  manager.hand("web", file_descriptor{::socket(AF_INET, SOCK_DGRAM, 0)});
  temp_folder folder;
  child_process process{
      manager.start({"run", "--set", "mesh.serial=/no/port", "--set", "mesh.listen=127.0.0.1:0",
                     "--set", "web.listen=127.0.0.1:0"}),
      folder.path(), "/bin/bash"};
  manager.await_line("READY=1");
  auto log = process.err();
  CHECK(log.find("name=wbe") != std::string::npos);
  CHECK(log.find("name=web") != std::string::npos);
  CHECK(log.find("url=http://127.0.0.1:" + std::to_string(unused) + "/") == std::string::npos);
  process.signal(SIGTERM);
  CHECK(process.end().code == 0);
}

TEST_CASE("an inherited socket that other machines reach needs what a configured address needs") {
  for (const std::string name : {"web", "clients"}) {
    CAPTURE(name);
    service_manager manager;
    auto port = manager.open(name, "0.0.0.0");
    temp_folder folder;
    words arguments{"run", "--set", "mesh.serial=/no/port"};
    child_process refused{manager.start(arguments), folder.path(), "/bin/bash"};
    auto over = refused.end();
    CHECK(over.code == 2);
    CHECK(over.err.find("\"0.0.0.0:" + std::to_string(port)
                        + "\" can be reached from other machines")
          != std::string::npos);
    CHECK(over.err.find("the service manager's socket") != std::string::npos);
    arguments.insert(arguments.end(), {"--set", name == "web" ? "web.insecure=true"
                                                              : "mesh.insecure=true"});
    auto other = name == "web" ? "mesh.listen=127.0.0.1:0" : "web.listen=127.0.0.1:0";
    arguments.insert(arguments.end(), {"--set", other});
    child_process allowed{manager.start(arguments), folder.path(), "/bin/bash"};
    manager.await_line("READY=1");
    allowed.signal(SIGTERM);
    CHECK(allowed.end().code == 0);
  }
}
