#include "actors/serial_port.hpp"

#include "actors/file_descriptor.hpp"

#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

/// The other end of a pseudo terminal.
struct far_end {
  far_end() {
    REQUIRE(master);
    REQUIRE(grantpt(master.get()) == 0);
    REQUIRE(unlockpt(master.get()) == 0);
    std::array<char, 64> name{};
    REQUIRE(ptsname_r(master.get(), name.data(), name.size()) == 0);
    device = name.data();
  }

  /// As much as the line takes now.
  std::size_t write(std::string_view text) const {
    auto count = ::write(master.get(), text.data(), text.size());
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

  file_descriptor master{posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)};
  std::string device;
};

/// A ser2net.
struct far_server {
  std::string address() const {
    return "tcp://127.0.0.1:" + std::to_string(door.local_endpoint().port());
  }

  boost::asio::ip::tcp::socket accept() { return door.accept(); }

  boost::asio::io_context io{1};
  boost::asio::ip::tcp::acceptor door{
    io, {boost::asio::ip::make_address("127.0.0.1"), 0}};
};

/// What a real port said.
struct port_bench {
  explicit port_bench(const std::string& device) {
    mesh_settings settings;
    settings.serial = device;
    make_port_opener(io)(settings, [this](open_result result) { opened = std::move(result); });
    run_until([&] { return opened.has_value(); });
  }

  ~port_bench() {
    if (opened->port)
      opened->port->close();
  }

  void start() {
    REQUIRE_MESSAGE(opened->port, opened->error);
    opened->port->start({.received =
                           [this](bytes_view data) {
                             received += std::string{reinterpret_cast<const char*>(data.data()),
                                                     data.size()};
                             longest = std::max(longest, data.size());
                             if (closes_at_once)
                               opened->port->close();
                           },
                         .written = [](std::size_t) {},
                         .lost = [this](std::string why) { losses.push_back(std::move(why)); }});
  }

  /// Whatever it would still say.
  void run_all() {
    io.restart();
    io.poll();
  }

  template <class Condition>
  void run_until(Condition is_so) {
    auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!is_so()) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      io.restart();
      io.run_one_for(50ms);
    }
  }

  boost::asio::io_context io{1};
  std::optional<open_result> opened;
  std::string received;
  std::size_t longest = 0;
  bool closes_at_once = false;
  std::vector<std::string> losses;
};

/// Bytes that tell which of them are missing.
std::string numbered(std::size_t size) {
  std::string text;
  for (auto number = 10'000; text.size() < size; ++number)
    text += std::to_string(number);
  text.resize(size);
  return text;
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
}

/// The process gets no descriptor beyond the next `more`.
class descriptor_limit {
public:
  explicit descriptor_limit(int more) {
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    auto limit = before_;
    file_descriptor next{dup(STDIN_FILENO)};
    limit.rlim_cur = static_cast<rlim_t>(next.get() + more);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  }

  ~descriptor_limit() { setrlimit(RLIMIT_NOFILE, &before_); }

private:
  struct ::rlimit before_ {};
};

} // namespace

TEST_CASE("each byte of a port is told as soon as it is there, though nothing follows") {
  far_end root;
  port_bench bench{root.device};
  bench.start();
  auto text = numbered(500);
  for (std::size_t i = 0; i < text.size(); ++i) {
    REQUIRE(root.write(std::string_view{text}.substr(i, 1)) == 1);
    bench.run_until([&] { return bench.received.size() == i + 1; });
  }
  CHECK(bench.received == text);
}

TEST_CASE("what came between opening a port and listening to it is told") {
  far_end root;
  port_bench bench{root.device};
  auto text = numbered(300);
  REQUIRE(root.write(text) == text.size());
  bench.start();
  bench.run_until([&] { return bench.received.size() == text.size(); });
  CHECK(bench.received == text);
}

TEST_CASE("all of a burst is told, in order and in bounded pieces, though nothing follows") {
  far_end root;
  port_bench bench{root.device};
  bench.start();
  auto text = numbered(300'000);
  std::size_t sent = 0;
  bench.run_until([&] {
    sent += root.write(std::string_view{text}.substr(sent));
    return sent == text.size();
  });
  bench.run_until([&] { return bench.received.size() == text.size(); });
  CHECK(bench.received == text);
  CHECK(bench.longest <= 8192);
}

TEST_CASE("a port whose other end hangs up is lost, once and with a reason") {
  far_end root;
  port_bench bench{root.device};
  bench.start();
  REQUIRE(root.write("last words") == 10);
  bench.run_until([&] { return bench.received == "last words"; });
  root.master.close();
  bench.run_until([&] { return !bench.losses.empty(); });
  bench.run_all();
  REQUIRE(bench.losses.size() == 1);
  CHECK_FALSE(bench.losses.front().empty());
  CHECK(bench.received == "last words");
}

TEST_CASE("a ser2net that says much at once and then hangs up is told whole, then lost once") {
  far_server root;
  port_bench bench{root.address()};
  auto connection = root.accept();
  auto text = numbered(20'000); // more than one turn takes; nothing follows
  boost::asio::write(connection, boost::asio::buffer(text));
  bench.start();
  bench.run_until([&] { return bench.received.size() == text.size(); });
  CHECK(bench.longest == 8192);
  CHECK(bench.losses.empty());
  boost::asio::write(connection, boost::asio::buffer(text));
  connection.close();
  bench.run_until([&] { return !bench.losses.empty(); });
  bench.run_all();
  CHECK(bench.losses == std::vector<std::string>{"hang-up"});
  CHECK(bench.received == text + text);
}

TEST_CASE("a port that is closed while it tells something tells nothing more") {
  far_server root;
  port_bench bench{root.address()};
  auto connection = root.accept();
  boost::asio::write(connection, boost::asio::buffer(numbered(20'000)));
  bench.closes_at_once = true;
  bench.start();
  bench.run_until([&] { return !bench.received.empty(); });
  bench.run_all();
  CHECK(bench.received.size() == 8192);
  CHECK(bench.losses.empty());
}

TEST_CASE("a port that lacks a descriptor for anything it needs says so, and is free again") {
  far_end root;
  mesh_settings settings;
  settings.serial = root.device;
  std::vector<bool> opens;
  auto before = open_descriptors();
  for (auto more = 0; more < 4; ++more) {
    boost::asio::io_context io{1};
    boost::asio::steady_timer reactor{io}; // has its descriptors
    open_result result;
    make_port_opener(io)(settings, [&](open_result found) { result = std::move(found); });
    descriptor_limit limit{more};
    io.run();
    CAPTURE(more);
    if (!result.port)
      CHECK(result.error.ends_with("Too many open files"));
    opens.push_back(!!result.port);
  }
  CHECK(opens == std::vector{false, false, true, true}); // itself, and what it is waited for with
  CHECK(open_descriptors() == before);
}
