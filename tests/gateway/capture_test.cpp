// What goes over the serial line is kept, told over HTTP, and written by `xylem capture`.
#include "app/capture/pcap_file.hpp"
#include "gateway_process.hpp"
#include "shell.hpp"
#include "waiting.hpp"
#include "web_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string capture_path = "/api/v1/meshes/default/capture";

/// All bytes of one kind, in order.
std::string bytes_of(const std::vector<capture_packet>& packets, capture_kind kind) {
  std::string out;
  for (const auto& each : packets)
    if (each.what.kind == kind)
      out += text_of(each.what.data);
  return out;
}

/// The whole packets that are in the file now.
std::vector<capture_packet> packets_in(const std::string& file) {
  std::vector<capture_packet> out;
  try {
    pcap_reader reader{file};
    while (auto packet = reader.next())
      out.push_back(*std::move(packet));
  } catch (const capture_error&) { // it is being written
  }
  return out;
}

std::vector<std::string> capture_command(const one_mesh& mesh, const std::string& file) {
  return {"capture", "--url", to_string(mesh.gateway.url()), "--out", file};
}

} // namespace

TEST_CASE("what the root says and hears is in the capture, byte for byte") {
  one_mesh mesh;
  mesh.root.print("boot\r\n");
  mesh.learn(5, {{"GPS", "\x0C\xD3\x54\x1A\xC9\xD1"}});
  auto file = mesh.folder / "mesh.pcap";
  auto over = run_xylem(capture_command(mesh, file), mesh.folder.path());
  REQUIRE_MESSAGE(over.code == 0, over.err);
  auto packets = packets_in(file);
  REQUIRE(packets.size() >= 4);
  CHECK(packets[0].what.kind == capture_kind::about_mesh);
  CHECK(text_of(packets[0].what.data) == "classic");
  CHECK(packets[1].what.kind == capture_kind::port_opened);
  CHECK(text_of(packets[1].what.data) == mesh.root.device());
  CHECK(bytes_of(packets, capture_kind::to_root) == "\xFFNINFO\n\xFE");
  auto said = bytes_of(packets, capture_kind::from_root);
  CHECK(said.size() == mesh.root.bytes_said());
  CHECK(said.starts_with("boot\r\n\xFF"));
  for (const auto& each : packets)
    CHECK(each.mesh == "default");
}

TEST_CASE("a capture that follows has what comes, also a pulled cable, and ends with Ctrl-C") {
  one_mesh mesh;
  auto file = mesh.folder / "mesh.pcap";
  auto arguments = capture_command(mesh, file);
  arguments.push_back("--follow");
  child_process following{arguments, mesh.folder.path()};
  await("it follows", [&] { return !packets_in(file).empty(); });
  mesh.root.say(message(5, "hello"));
  CHECK(eventually([&] {
    return bytes_of(packets_in(file), capture_kind::from_root).find("hello") != std::string::npos;
  }));
  mesh.root.unplug();
  CHECK(eventually([&] { return packets_in(file).back().what.kind == capture_kind::port_lost; }));
  mesh.root.plug();
  CHECK(eventually([&] {
    return packets_in(file).back().what.kind != capture_kind::port_lost;
  }));
  following.signal(SIGINT);
  auto over = following.end();
  CHECK(over.code == 0);
  CHECK(over.err.find("records") != std::string::npos);
}

TEST_CASE("captured traffic is told in pages, and what is overwritten is counted") {
  one_mesh mesh{{"mesh.capture_bytes=1 KiB"}};
  web_client web{place_of(mesh.gateway)};
  auto first = web.document(capture_path + "?limit=1");
  CHECK(first.at("records").as_array().size() == 1);
  CHECK(first.at("records").at(0).at("kind") == "port_opened");
  mesh.root.print(std::string(3000, 'x'));
  CHECK(eventually([&] {
    return web.document(capture_path + "?cursor=1").at("lost").to_number<int>() > 0;
  }));
  CHECK(problem_of(web.get("/api/v1/meshes/nowhere/capture")) == "mesh-not-found");
}

TEST_CASE("without captures there is nothing to be had, and the problem says why") {
  one_mesh mesh{{"mesh.capture_bytes=0"}};
  web_client web{place_of(mesh.gateway)};
  auto answer = web.get(capture_path);
  CHECK(answer.status == 404);
  CHECK(problem_of(answer) == "nothing-captured");
  auto file = mesh.folder / "mesh.pcap";
  auto over = run_xylem(capture_command(mesh, file), mesh.folder.path());
  CHECK(over.code == 1);
  CHECK(over.err.find("capture_bytes") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(file));
}
