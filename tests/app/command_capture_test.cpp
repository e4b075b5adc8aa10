#include "app/capture/pcap_file.hpp"
#include "app/commands/capture.hpp"
#include "tests/gateway/temp_folder.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string since = "2023-11-14T22:00:00.000Z";

std::string target(std::uint64_t position) {
  return "GET /api/v1/meshes/field/capture?limit=1000&cursor=" + std::to_string(position);
}

std::string record(const std::string& kind, const std::string& data) {
  return R"({"time":"2023-11-14T22:13:17.000Z","mono_ns":7,"kind":")" + kind + R"(","data":")"
         + data + R"("})";
}

std::string page(const std::string& records, unsigned next, bool complete, unsigned lost = 0,
                 const std::string& begun = since) {
  return R"({"dialect":"classic","since":")" + begun + R"(","records":[)" + records
         + R"(],"next":")" + std::to_string(next) + R"(","complete":)"
         + (complete ? "true" : "false") + R"(,"lost":)" + std::to_string(lost) + "}";
}

struct capture_command {
  int run(const client::gateway_url& url) {
    capture_arguments arguments{
      .client = options_for(url), .file = file, .extent = extent, .pause = {}};
    return run_capture(arguments, to.io, stop);
  }

  /// `KIND DATA` of each packet.
  std::vector<std::string> packets() const {
    std::vector<std::string> out;
    pcap_reader reader{file};
    while (auto packet = reader.next()) {
      CHECK(packet->mesh == "field");
      out.push_back(std::string{to_string(packet->what.kind)} + " " + to_hex(packet->what.data));
    }
    return out;
  }

  temp_folder folder{};
  std::string file = folder / "field.pcap";
  capture_extent extent = capture_extent::what_is_there;
  std::atomic<bool> stop = false;
  recorded_console to{};
};

using packet_list = std::vector<std::string>;

const std::string about = "about_mesh " + to_hex(view_of("classic"));

} // namespace

TEST_CASE("capture writes all pages to a file that begins with the dialect") {
  fake_web_gateway gateway{one_connection(
    {{target(0), page(record("port_opened", "41") + "," + record("to_root", "ff00fe"), 2, false)},
     {target(2), page(record("from_root", "0d"), 3, true)}})};
  capture_command command;
  CHECK(command.run(gateway.url()) == exit_codes::ok);
  CHECK(command.packets()
        == packet_list{about, "port_opened 41", "to_root ff00fe", "from_root 0d"});
  CHECK(command.to.err.str() == "3 records\n");
}

TEST_CASE("capture tells in the file and on the screen what was overwritten") {
  fake_web_gateway gateway{
    one_connection({{target(0), page(record("from_root", "01"), 8, false, 7)},
                    {target(8), page(record("from_root", "02"), 12, true, 3)}})};
  capture_command command;
  CHECK(command.run(gateway.url()) == exit_codes::ok);
  CHECK(command.packets()
        == packet_list{about, "lost 0000000000000007", "from_root 01", "lost 0000000000000003",
                       "from_root 02"});
  CHECK(command.to.err.str() == "2 records; 10 were overwritten before they could be read\n");
}

TEST_CASE("capture of a line on which nothing was said is a file without packets") {
  fake_web_gateway gateway{one_connection({{target(0), page("", 0, true)}})};
  capture_command command;
  CHECK(command.run(gateway.url()) == exit_codes::ok);
  CHECK(command.packets().empty());
}

TEST_CASE("capture that follows asks for what comes until the gateway refuses") {
  fake_web_gateway gateway{one_connection(
    {{target(0), page(record("from_root", "01"), 1, true)},
     {target(1), page("", 1, true)},
     {target(1), page(record("from_root", "02"), 2, true)},
     {target(2), problem_json("token-unknown", "revoked"), 401}})};
  capture_command command;
  command.extent = capture_extent::what_comes_too;
  CHECK(command.run(gateway.url()) == exit_codes::failed);
  CHECK(command.packets() == packet_list{about, "from_root 01", "from_root 02"});
}

TEST_CASE("capture that follows goes on when a capture was started anew, and says that it was") {
  auto later = "2023-11-14T22:20:00.000Z";
  fake_web_gateway gateway{one_connection(
    {{target(0), page(record("from_root", "01"), 9, true)},
     {target(9), problem_json("not-available", "restarted"), 503},
     {target(9), page("", 9, true, 0, later)},
     {target(0), page(record("from_root", "02"), 1, true, 0, later)},
     {target(1), problem_json("token-unknown", "revoked"), 401}})};
  capture_command command;
  command.extent = capture_extent::what_comes_too;
  CHECK(command.run(gateway.url()) == exit_codes::failed);
  CHECK(command.packets()
        == packet_list{about, "from_root 01", "lost 0000000000000000", "from_root 02"});
  CHECK(command.to.err.str().find("the capture was started anew") != std::string::npos);
}

TEST_CASE("capture that is stopped keeps what it has") {
  fake_web_gateway gateway{
    one_connection({{target(0), page(record("from_root", "01"), 1, false)}})};
  capture_command command;
  command.extent = capture_extent::what_comes_too;
  command.stop = true;
  CHECK(command.run(gateway.url()) == exit_codes::ok);
  CHECK(command.packets() == packet_list{about, "from_root 01"});
}

TEST_CASE("capture leaves the file alone when the gateway refuses") {
  fake_web_gateway gateway{one_connection(
    {{target(0), problem_json("nothing-captured", "capture_bytes of this mesh is 0"), 404}})};
  capture_command command;
  command.folder.write("field.pcap", "an older capture");
  CHECK(command.run(gateway.url()) == exit_codes::failed);
  CHECK(std::filesystem::file_size(command.file) == 16);
  CHECK(command.to.err.str().find("capture_bytes of this mesh is 0") != std::string::npos);
}

TEST_CASE("capture takes no answer that is no page") {
  for (const auto& answer :
       {std::string{"{}"}, page(record("to_nobody", "00"), 1, true),
        page(record("from_root", "0"), 1, true),
        page(record("from_root", std::string(2 * limits::captured_at_once + 2, '0')), 1, true)}) {
    fake_web_gateway gateway{one_connection({{target(0), answer}})};
    capture_command command;
    CHECK(command.run(gateway.url()) == exit_codes::failed);
  }
}

TEST_CASE("capture says which file it cannot write") {
  fake_web_gateway gateway{one_connection({{target(0), page("", 0, true)}})};
  capture_command command;
  command.file = "/nowhere/field.pcap";
  CHECK(command.run(gateway.url()) == exit_codes::failed);
  CHECK(command.to.err.str() == "/nowhere/field.pcap: No such file or directory\n");
}
