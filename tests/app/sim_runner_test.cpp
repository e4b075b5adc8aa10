#include "app/commands/sim.hpp"
#include "app/sim/simulator_thread.hpp"
#include "sim_harness.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

namespace fs = std::filesystem;
using steady = std::chrono::steady_clock;

/// Only a test that hangs comes near it.
constexpr auto patience = 30s;

/// A folder for one test.
class test_folder {
public:
  test_folder() {
    auto name = (fs::temp_directory_path() / "xylem-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~test_folder() { fs::remove_all(path_); }

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
  fs::path path_;
};

/// A user of the port.
class port_user {
public:
  explicit port_user(const std::string& path)
      : file_{open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)} {}

  bool is_open() const { return static_cast<bool>(file_); }
  int descriptor() const { return file_.get(); }

  void write(std::string_view payload) {
    bytes frame;
    append_frame(frame, view_of(payload));
    REQUIRE(::write(file_.get(), frame.data(), frame.size()) == static_cast<ssize_t>(frame.size()));
  }

  void write_some(bytes_view data) {
    auto written = ::write(file_.get(), data.data(), data.size());
    CHECK((written > 0 || errno == EAGAIN));
  }

  bool takes_more() const {
    pollfd state{file_.get(), POLLOUT, 0};
    return poll(&state, 1, 250) > 0;
  }

  /// Reads until `wanted` is in what came, or the port is gone.
  bool wait_for(std::string_view wanted) {
    return read_until([&] { return text_of(heard).find(wanted) != std::string_view::npos; });
  }

  template <class Condition>
  bool read_until(Condition holds) {
    for (auto deadline = steady::now() + patience; !holds(); read_some())
      if (gone || steady::now() > deadline)
        return false;
    return true;
  }

  bytes heard;
  bool gone = false;

private:
  void read_some() {
    pollfd state{file_.get(), POLLIN, 0};
    poll(&state, 1, 1000);
    std::array<std::byte, 4096> buffer;
    auto count = ::read(file_.get(), buffer.data(), buffer.size());
    gone = count == 0 || (count < 0 && errno != EAGAIN);
    if (count > 0)
      append(heard, bytes_view{buffer}.first(static_cast<std::size_t>(count)));
  }

  file_descriptor file_;
};

/// Opens the port as soon as it is there.
port_user open_when_there(const std::string& path) {
  for (auto deadline = steady::now() + patience; steady::now() < deadline; poll(nullptr, 0, 1))
    if (port_user user{path}; user.is_open())
      return user;
  return port_user{path};
}

sim_options quiet_simulator(std::size_t nodes) {
  sim_options options;
  options.root = quiet_mesh(nodes);
  return options;
}

/// Runs `xylem sim` with these arguments in this process.
int run_command(std::vector<std::string> arguments) {
  CLI::App app;
  int exit_code = -1;
  add_sim(app, exit_code);
  std::reverse(arguments.begin(), arguments.end());
  arguments.emplace_back("sim");
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError&) {
    return 2;
  }
  return exit_code;
}

} // namespace

TEST_CASE("sim: whoever opens the port sees the root boot and its nodes join") {
  simulator_thread simulator{quiet_simulator(3)};
  port_user user{simulator.port_path()};
  REQUIRE(user.is_open());
  CHECK(user.wait_for("\xFF" + std::string(2, '\0') + "RST\xFE"));
  CHECK(user.wait_for(std::string_view{"\0\3NOD", 5}));
  CHECK(text_of(user.heard).starts_with("ets"));
}

TEST_CASE("sim: a command that is written to the port is answered on it") {
  simulator_thread simulator{quiet_simulator(3)};
  port_user user{simulator.port_path()};
  REQUIRE(user.wait_for(std::string_view{"\0\3NOD", 5}));
  user.write(std::string_view{"SEND-\0\2\5hello\n", 14});
  CHECK(user.wait_for("echo: hello"));
  CHECK(count_of(simulator.stop(), sim_command_kind::send) == 1);
}

TEST_CASE("sim: a port knows whether somebody has it open") {
  pty_port port{""};
  CHECK_FALSE(port.is_open());
  {
    port_user user{port.path()};
    CHECK(port.is_open());
  }
  CHECK_FALSE(port.is_open());
  port.unplug();
  CHECK_FALSE(port.is_open());
}

TEST_CASE("sim: what somebody wrote before he closed the port is still read") {
  pty_port port{""};
  { port_user{port.path()}.write("NINFO\n"); }
  CHECK(port.is_open());
  std::array<std::byte, 64> buffer;
  CHECK(text_of(port.read(buffer)) == "\xFFNINFO\n\xFE");
  CHECK_FALSE(port.is_open());
}

TEST_CASE("sim: the last user's unread bytes are not the next one's") {
  pty_port port{""};
  {
    port_user first{port.path()};
    REQUIRE(port.write(bytes(10'000, std::byte{'x'})) > 0);
    REQUIRE(first.read_until([&] { return !first.heard.empty(); }));
  }
  port.renew();
  port_user second{port.path()};
  port.write(view_of("fresh"));
  REQUIRE(second.wait_for("fresh"));
  CHECK(text_of(second.heard) == "fresh");
}

TEST_CASE("sim: the last user's exclusive mode does not lock the next one out") {
  pty_port port{""};
  {
    port_user first{port.path()};
    REQUIRE(ioctl(first.descriptor(), TIOCEXCL) == 0);
  }
  port.renew();
  port_user second{port.path()};
  REQUIRE(second.is_open());
  int exclusive = -1; // a privileged user is never locked out: the mode itself tells
  REQUIRE(ioctl(second.descriptor(), TIOCGEXCL, &exclusive) == 0);
  CHECK(exclusive == 0);
}

TEST_CASE("sim: an unplugged port ends its user's reads, and its link is gone until it is back") {
  test_folder folder;
  auto options = quiet_simulator(2);
  options.link = folder / "root";
  options.root.steps = {once(sim_action::unplug, 400ms, 300ms)};
  simulator_thread simulator{options};
  CHECK(simulator.port_path() == options.link);
  port_user first{options.link};
  CHECK_FALSE(first.read_until([] { return false; }));
  CHECK(first.gone);
  auto second = open_when_there(options.link);
  REQUIRE(second.is_open());
  // Power stayed on: no boot, only what is asked for.
  auto asked = steady::now();
  while (text_of(second.heard).find("NET") == std::string_view::npos
         && steady::now() - asked < patience) {
    second.write("NINFO\n");
    second.read_until([n = 0]() mutable { return n++ > 0; });
  }
  CHECK(text_of(second.heard).find("NET") != std::string_view::npos);
  CHECK(text_of(second.heard).find("ets") == std::string_view::npos);
  auto statistics = simulator.stop();
  CHECK(count_of(statistics.faults, sim_action::unplug) == 1);
  CHECK(statistics.reopen_times.size() == 1);
  CHECK(statistics.opens == 2);
}

TEST_CASE("sim: fifty unplugs in a row end fifty ports, and each time there is a new one") {
  auto options = quiet_simulator(2);
  auto step = once(sim_action::unplug, 10ms, 5ms);
  step.every = 10ms;
  options.root.steps = {step};
  options.root.rate = 0;
  simulator_thread simulator{options};
  for (int i = 0; i < 50; ++i) {
    auto user = open_when_there(simulator.port_path());
    REQUIRE(user.is_open());
    CHECK_FALSE(user.read_until([] { return false; }));
    CHECK(user.gone);
  }
  // An unplug that nobody noticed, because it came before the port was opened, adds to these.
  CHECK(count_of(simulator.stop().faults, sim_action::unplug) >= 50);
}

TEST_CASE("sim: as fast as the port takes it, nothing is lost or reordered") {
  auto options = quiet_simulator(7);
  options.root.rate = 0;
  options.root.types = parse_sim_types("abc:10");
  options.root.count = 100'000;
  simulator_thread simulator{options};
  port_user user{simulator.port_path()};
  frame_decoder decoder;
  std::size_t updates = 0;
  std::size_t misplaced = 0;
  REQUIRE(user.read_until([&] {
    decoder.feed(user.heard);
    for (auto found = decoder.next(); !std::holds_alternative<need_more>(found);
         found = decoder.next())
      if (auto* frame = std::get_if<frame_view>(&found);
          frame && frame->payload.size() > 5 && text_of(frame->payload).substr(2, 3) == "[D]") {
        misplaced += read_big(frame->payload.first(2)) == updates % 7 + 1 ? 0 : 1;
        ++updates;
      }
    user.heard.clear();
    return updates >= 100'000;
  }));
  CHECK(updates == 100'000);
  CHECK(misplaced == 0);
  CHECK(count_of(simulator.stop(), sim_frame::update) == 100'000);
}

TEST_CASE("sim: a stalled root has missed nothing of what was written to the port") {
  auto options = quiet_simulator(1);
  options.root.steps = {once(sim_action::stall, 350ms, 300ms)};
  simulator_thread simulator{options};
  port_user user{simulator.port_path()};
  REQUIRE(user.wait_for(std::string_view{"\0\1NOD", 5}));
  for (int i = 0; i < 50; ++i)
    user.write(std::string_view{"SEND-\0\0\1x\n", 10});
  CHECK(user.read_until([&] {
    auto text = std::string{text_of(user.heard)};
    std::size_t echoes = 0;
    for (auto at = text.find("echo: x"); at != std::string::npos; at = text.find("echo: x", at + 1))
      ++echoes;
    return echoes == 50;
  }));
}

TEST_CASE("sim: a stalled root takes nothing from the port") {
  auto options = quiet_simulator(1);
  options.root.steps = {once(sim_action::stall, 350ms, 1h)};
  simulator_thread simulator{options};
  port_user user{simulator.port_path()};
  REQUIRE(user.wait_for(std::string_view{"\0\1NOD", 5}));
  // Sooner or later the port is full and stays so; a root that reads would make room at once.
  auto deadline = steady::now() + patience;
  while (user.takes_more() && steady::now() < deadline)
    user.write_some(bytes(1000, std::byte{0}));
  CHECK_FALSE(user.takes_more());
}

TEST_CASE("sim: stopping takes the link and its folder away") {
  std::string path;
  {
    simulator_thread simulator{quiet_simulator(1)};
    path = simulator.port_path();
    CHECK(fs::is_symlink(path));
  }
  CHECK_FALSE(fs::exists(fs::symlink_status(path)));
  CHECK_FALSE(fs::exists(fs::path{path}.parent_path()));
}

TEST_CASE("sim: a simulator stops while nobody listens, and while somebody does not read") {
  auto options = quiet_simulator(1);
  options.root.rate = 0;
  { simulator_thread never_opened{options}; }
  simulator_thread simulator{options};
  port_user user{simulator.port_path()};
  REQUIRE(user.wait_for("[D]"));
  simulator.stop();
}

TEST_CASE("sim: a stale link is replaced, a file is not") {
  test_folder folder;
  auto link = folder / "root";
  fs::create_symlink("/nonexistent", link);
  {
    pty_port port{link};
    CHECK(fs::read_symlink(link) == port.device());
  }
  std::ofstream{link} << "precious";
  CHECK_THROWS_AS(pty_port{link}, std::system_error);
  CHECK(fs::file_size(link) == 8);
}

TEST_CASE("sim: a link that belongs to somebody else by now stays") {
  test_folder folder;
  auto link = folder / "root";
  {
    pty_port port{link};
    fs::remove(link);
    fs::create_symlink("/elsewhere", link);
  }
  CHECK(fs::read_symlink(link) == "/elsewhere");
}

TEST_CASE("sim: a link that cannot be made is an error") {
  CHECK_THROWS_AS(pty_port{"/nonexistent/folder/root"}, std::system_error);
  CHECK(run_command({"--link", "/nonexistent/folder/root", "--duration", "1ms"}) == 1);
}

TEST_CASE("sim: the command tells where its port is, and its statistics at the end") {
  test_folder folder;
  sim_command_options options;
  options.sim = quiet_simulator(1);
  options.sim.link = folder / "root";
  options.sim.duration = 20ms;
  options.as_json = true;
  std::ostringstream out, err;
  CHECK(run_sim(options, out, err) == 0);
  CHECK(err.str().starts_with("port: /dev/pts/"));
  CHECK(err.str().ends_with("link: " + options.sim.link + "\n"));
  auto statistics = boost::json::parse(out.str()).as_object();
  CHECK(statistics.at("frames").at("update") == 0);
  CHECK(statistics.at("opens") == 0);
  CHECK_FALSE(fs::exists(fs::symlink_status(options.sim.link)));
}

TEST_CASE("sim: SIGTERM and SIGINT end the command cleanly") {
  for (auto signal : {SIGTERM, SIGINT}) {
    test_folder folder;
    sim_command_options options;
    options.sim = quiet_simulator(1);
    options.sim.link = folder / "root";
    std::thread user{[&, link = options.sim.link] {
      auto there = open_when_there(link);
      there.wait_for("RST"); // the handlers are set before the root runs
      ::kill(::getpid(), signal);
    }};
    std::ostringstream out, err;
    CHECK(run_sim(options, out, err) == 0);
    user.join();
    CHECK(out.str().find("restarted=1") != std::string::npos);
    CHECK_FALSE(fs::exists(fs::symlink_status(options.sim.link)));
  }
}

TEST_CASE("sim: a broken scenario is told by line and ends the command with a usage error") {
  test_folder folder;
  auto file = folder / "broken.toml";
  std::ofstream{file} << "[[step]]\ndo = \"rest\"\n";
  sim_command_options options;
  options.scenario = file;
  std::ostringstream out, err;
  CHECK(run_sim(options, out, err) == 2);
  CHECK(err.str().find(file + ":2:") == 0);
  CHECK(err.str().find("did you mean reset?") != std::string::npos);
}

TEST_CASE("sim: arguments out of bounds are usage errors") {
  CHECK(run_command({"--nodes", "70000"}) == 2);
  CHECK(run_command({"--flip", "2"}) == 2);
  CHECK(run_command({"--duration", "soon"}) == 2);
  CHECK(run_command({"--types", "GP"}) == 2);
  CHECK(run_command({"--reader", "slow"}) == 2);
  CHECK(run_command({"--unplugs", "3"}) == 2);
  CHECK(run_command({"--rate", "-1"}) == 2);
  CHECK(run_command({"--stall-every", "1s", "--stall-for", "2s"}) == 2);
  CHECK(run_command({"--scenario", "/nonexistent"}) == 2);
}
