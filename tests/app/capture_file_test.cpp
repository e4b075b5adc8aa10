#include "app/capture/pcap_file.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace xylem;
using xylem::testing::temp_folder;
using namespace std::chrono_literals;

namespace {

const instant some_time{mono_time{123'456'789ns}, wall_time{1'700'000'000'123ms}};

capture_packet packet(capture_kind kind, std::string_view data) {
  return {"attic", {some_time, kind, copy_of(view_of(data))}};
}

const std::vector<capture_packet> conversation{
  packet(capture_kind::about_mesh, "classic"), packet(capture_kind::port_opened, "/dev/ttyUSB0"),
  packet(capture_kind::to_root, "\xFFNINFO\n\xFE"), packet(capture_kind::from_root, "boot"),
  {"cellar", make_lost_record(7, some_time)},
};

/// A folder with a capture of the conversation.
struct capture_file {
  temp_folder folder{};
  std::filesystem::path path = folder / "mesh.pcap";

  capture_file() {
    pcap_writer writer{path};
    for (const auto& what : conversation)
      writer.write(what);
    writer.flush();
  }

  std::string content() const {
    std::ostringstream out;
    out << std::ifstream{path, std::ios::binary}.rdbuf();
    return out.str();
  }

  void replace(std::string_view content) const {
    std::ofstream{path, std::ios::binary} << content;
  }
};

std::vector<capture_packet> read_all(const std::filesystem::path& path) {
  pcap_reader reader{path};
  std::vector<capture_packet> out;
  while (auto found = reader.next())
    out.push_back(*std::move(found));
  return out;
}

/// Why the file cannot be read, without the folder's name.
std::string mistake(const capture_file& file) {
  try {
    read_all(file.path);
  } catch (const capture_error& error) {
    return std::string{error.what()}.substr(file.folder.path().size() + 1);
  }
  return "";
}

constexpr std::size_t file_header = 24;
constexpr std::size_t packet_header = 16;

} // namespace

TEST_CASE("a capture is read as it was written") {
  capture_file file;
  CHECK(read_all(file.path) == conversation);
}

TEST_CASE("a capture is pcap with microseconds and link type 147") {
  auto content = capture_file{}.content();
  auto head = to_hex(view_of(content).first(file_header + packet_header));
  CHECK(head.substr(0, 16) == "d4c3b2a1" "0200" "0400"); // magic, 2.4
  CHECK(head.substr(40, 8) == "93000000");               // 147
  CHECK(head.substr(48, 16) == "00f15365" "78e00100");   // 1,700,000,000 s and 123,000 µs
}

TEST_CASE("what was flushed is there for others before the writer is done") {
  temp_folder folder;
  auto path = std::filesystem::path{folder / "growing.pcap"};
  pcap_writer writer{path};
  writer.write(conversation[0]);
  writer.flush();
  CHECK(read_all(path).size() == 1);
}

TEST_CASE("a capture that ends within a packet gives what is whole, then says so") {
  capture_file file;
  file.replace(file.content().substr(0, file.content().size() - 1));
  pcap_reader reader{file.path};
  for (std::size_t whole = 1; whole < conversation.size(); ++whole)
    CHECK(reader.next() == conversation[whole - 1]);
  CHECK_THROWS_WITH_AS(reader.next(), doctest::Contains("packet 5: truncated dump file"),
                       capture_error);
}

TEST_CASE("a capture of something else is told by its link type") {
  capture_file file;
  auto content = file.content();
  content[20] = 1; // Ethernet
  file.replace(content);
  CHECK(mistake(file) == "mesh.pcap: no capture of a mesh: its link type is 1, not 147");
}

TEST_CASE("what is no capture at all is told as that") {
  capture_file file;
  file.replace("this is a text of more than twenty-four bytes");
  CHECK(mistake(file) == "mesh.pcap: no capture that can be read: unknown file format");
  file.replace("");
  CHECK(mistake(file).starts_with("mesh.pcap: no capture that can be read: "));
}

TEST_CASE("a packet that nobody wrote like this is told with its number and why") {
  capture_file file;
  auto content = file.content();
  content[file_header + packet_header] = 9; // the version of the first one
  file.replace(content);
  CHECK(mistake(file) == "mesh.pcap: packet 1: the packet's version is 9, not 1");
}

TEST_CASE("a packet that is too long for a capture is told, not read") {
  capture_file file;
  auto content = file.content();
  content[file_header + 8 + 3] = 0x7F; // the length of the first one, at least 2,130,706,432
  file.replace(content);
  CHECK(mistake(file).starts_with("mesh.pcap: packet 1: "));
}

TEST_CASE("a packet of which only a part was captured is told") {
  capture_file file;
  auto content = file.content();
  content[file_header + 12] = 0x7F;
  file.replace(content);
  CHECK(mistake(file) == "mesh.pcap: packet 1: only 23 of its 127 bytes were captured");
}

TEST_CASE("a capture that is not there, or cannot be written, is told with the system's words") {
  CHECK_THROWS_WITH_AS(pcap_reader{"/nowhere/mesh.pcap"},
                       "/nowhere/mesh.pcap: No such file or directory", capture_error);
  CHECK_THROWS_WITH_AS(pcap_writer{"/nowhere/mesh.pcap"},
                       "/nowhere/mesh.pcap: No such file or directory", capture_error);
}

TEST_CASE("a full disk is told") {
  pcap_writer writer{"/dev/full"};
  writer.write(conversation[0]);
  CHECK_THROWS_WITH_AS(writer.flush(), "/dev/full: No space left on device", capture_error);
}
