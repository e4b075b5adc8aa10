#include "folder_law.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace xylem;

namespace {

const std::filesystem::path root{XYLEM_SOURCE_DIR};

std::vector<std::string> breaches_of_folder(std::string_view folder) {
  std::vector<std::string> out;
  for (const auto& path : law_abiding_files(root, folder)) {
    std::ifstream file{root / path, std::ios::binary};
    std::string source{std::istreambuf_iterator<char>{file}, {}};
    REQUIRE_FALSE(source.empty());
    for (auto& breach : breaches(path.generic_string(), source))
      out.push_back(std::move(breach));
  }
  return out;
}

void require_lawful(std::string_view folder) {
  REQUIRE(law_abiding_files(root, folder).size() > 5);
  for (const auto& breach : breaches_of_folder(folder))
    FAIL_CHECK(breach);
}

/// True when `line` alone is a breach in a file at `path`.
bool breaks(std::string_view path, std::string_view line) {
  return !breaches(path, line).empty();
}

} // namespace

TEST_CASE("protocol/ needs only std, Boost without I/O and itself, and reads no clock") {
  require_lawful("protocol");
}

TEST_CASE("actors/ knows neither app/ nor tests/") {
  require_lawful("actors");
}

TEST_CASE("app/ knows no tests, and app/client/ neither actors/ nor what others build on") {
  require_lawful("app");
  REQUIRE(law_abiding_files(root, "app/client").size() > 5); // it was among them
}

TEST_CASE("the law sees what protocol/ must not include") {
  for (auto header : {"<thread>",
                      "<mutex>",
                      "<condition_variable>",
                      "<future>",
                      "<atomic>",
                      "<iostream>",
                      "<fstream>",
                      "<filesystem>",
                      "<boost/asio.hpp>",
                      "<boost/asio/io_context.hpp>",
                      "<boost/beast/core.hpp>",
                      "<boost/thread/mutex.hpp>",
                      "<spdlog/spdlog.h>",
                      "<caf/all.hpp>",
                      "<toml++/toml.h>",
                      "<unistd.h>",
                      "<sys/socket.h>",
                      "<pthread.h>",
                      "<time.h>",
                      "\"actors/uart.hpp\"",
                      "\"app/gateway.hpp\"",
                      "\"tests/fuzz/require.hpp\"",
                      "<app/gateway.hpp>",
                      "\"frame.hpp\"",
                      "\"../app/gateway.hpp\"",
                      "\"protocol/../app/gateway.hpp\""}) {
    INFO(header);
    CHECK(breaks("protocol/node.cpp", std::string{"#include "} + header));
  }
}

TEST_CASE("the law lets protocol/ include what it may") {
  for (auto header : {"<vector>", "<cstdint>", "<chrono>", "<boost/json.hpp>",
                      "<boost/circular_buffer.hpp>", "\"protocol/bytes.hpp\""}) {
    INFO(header);
    CHECK_FALSE(breaks("protocol/node.cpp", std::string{"#include "} + header));
  }
}

TEST_CASE("the law sees a clock that protocol/ reads, whatever it is called") {
  for (auto line : {"auto now = std::chrono::steady_clock::now();", "x = clock::now ();",
                    "x = mono_time::clock:: now();", "gettimeofday(&tv, nullptr);",
                    "clock_gettime(CLOCK_MONOTONIC, &ts);", "auto t = std::time(nullptr);"}) {
    INFO(line);
    CHECK(breaks("protocol/node.cpp", line));
    CHECK_FALSE(breaks("actors/uart.cpp", line));
  }
  CHECK_FALSE(breaks("protocol/node.cpp", "table.sweep(now, out);"));
  CHECK_FALSE(breaks("protocol/node.cpp", "auto due = wake_at(now());"));
}

TEST_CASE("the law sees what actors/ must not include") {
  for (auto header : {"\"app/gateway.hpp\"", "<app/gateway.hpp>", "\"tests/actors/x.hpp\"",
                      "\"../app/gateway.hpp\""})
    CHECK(breaks("actors/uart.cpp", std::string{"#include "} + header));
  for (auto header : {"<caf/all.hpp>", "<boost/asio.hpp>", "<thread>", "\"protocol/node.hpp\""})
    CHECK_FALSE(breaks("actors/uart.cpp", std::string{"#include "} + header));
}

TEST_CASE("the law sees what app/ must not include") {
  CHECK(breaks("app/main.cpp", "#include \"tests/app/harness.hpp\""));
  CHECK(breaks("app/sim/sim_runner.hpp", "#include \"../tests/app/harness.hpp\""));
  for (auto header : {"<caf/all.hpp>", "\"actors/uart.hpp\"", "\"app/sim/scenario.hpp\""})
    CHECK_FALSE(breaks("app/main.cpp", std::string{"#include "} + header));
}

TEST_CASE("the law sees what app/client/ must not include") {
  for (auto header : {"\"app/gateway.hpp\"", "\"actors/uart.hpp\"", "<caf/all.hpp>",
                      "<boost/process.hpp>", "<spdlog/spdlog.h>", "<CLI/CLI.hpp>",
                      "\"connection.hpp\"", "\"tests/app/harness.hpp\"", "<toml++/toml.h>"}) {
    INFO(header);
    CHECK(breaks("app/client/connection.cpp", std::string{"#include "} + header));
    CHECK(breaks("app/client/example/follow_node.cpp", std::string{"#include "} + header));
  }
  for (auto header :
       {"<thread>", "<poll.h>", "<sys/socket.h>", "<netinet/tcp.h>", "<boost/json.hpp>",
        "<boost/asio/io_context.hpp>", "<boost/beast/http/read.hpp>", "<openssl/x509v3.h>",
        "\"protocol/node.hpp\"", "\"app/client/result.hpp\""})
    CHECK_FALSE(breaks("app/client/connection.cpp", std::string{"#include "} + header));
}

TEST_CASE("the law sees an include however it is written, and none in a comment") {
  for (auto line :
       {"#include<thread>", "  #include <thread>", "# include <thread>", "#\tinclude\t<thread>",
        "#include <thread> // for later", "#include <thread>\r", "#include THREAD_HEADER"}) {
    INFO(line);
    CHECK(breaks("protocol/node.cpp", line));
  }
  CHECK_FALSE(breaks("protocol/node.cpp", "// #include <thread>"));
  CHECK_FALSE(breaks("protocol/node.cpp", "int x = 1; // not steady_clock::now()"));
}

TEST_CASE("a breach names its file, its line and the reason") {
  CHECK(breaches("protocol/node.cpp", "#pragma once\n\n#include <vector>\n#include <thread>\n")
        == std::vector<std::string>{"protocol/node.cpp:4: <thread>: protocol/ has no threads"});
}
