#include "actors/serial_port.hpp"

#include "actors/file_descriptor.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

/// The other end of the line.
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
                           },
                         .written = [](std::size_t) {},
                         .lost = [this](std::string why) { lost = std::move(why); }});
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
  std::optional<std::string> lost;
};

/// Bytes that tell which of them are missing.
std::string numbered(std::size_t size) {
  std::string text;
  for (auto number = 10'000; text.size() < size; ++number)
    text += std::to_string(number);
  text.resize(size);
  return text;
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

TEST_CASE("what came before a port is opened is told when it is") {
  far_end root;
  port_bench bench{root.device}; // opened: what came before that is not ours
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
  bench.run_until([&] { return bench.lost.has_value(); });
  CHECK_FALSE(bench.lost->empty());
}

TEST_CASE("a port that lacks a descriptor for anything it needs says so, and is free again") {
  far_end root;
  mesh_settings settings;
  settings.serial = root.device;
  std::size_t refused = 0;
  for (auto more = 0; more < 6; ++more) {
    boost::asio::io_context io{1};
    open_result result;
    make_port_opener(io)(settings, [&](open_result found) { result = std::move(found); });
    descriptor_limit limit{more};
    io.run();
    CAPTURE(more);
    CAPTURE(result.error);
    if (!result.port)
      CHECK(result.error.find("Too many open files") != std::string::npos);
    refused += !result.port;
  }
  CHECK(refused >= 2); // its own, and that of its wait
  port_bench bench{root.device};
  CHECK_MESSAGE(bench.opened->port, bench.opened->error);
}
