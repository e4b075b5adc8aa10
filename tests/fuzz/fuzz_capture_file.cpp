// A capture as somebody may hand it over (record §4): packets, then the end or a mistake that is
// told. The input is also taken as one packet; what is read can be written, and is the same.
#include "app/capture/pcap_file.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <span>

namespace {

using namespace xylem;

void require_bounded(const capture_packet& packet) {
  require(!packet.mesh.empty() && packet.mesh.size() <= longest_mesh_name);
  require(packet.what.data.size() <= limits::captured_at_once);
  require(capture_kind_of(to_string(packet.what.kind)) == packet.what.kind);
}

void read_file(bytes& content) {
  auto file = fmemopen(content.data(), content.size(), "rb");
  if (!file)
    return; // an empty one
  try {
    pcap_reader reader{file};
    while (auto packet = reader.next())
      require_bounded(*packet);
  } catch (const capture_error& error) {
    require(std::string_view{error.what()}.size() < 1024);
  }
}

void read_packet(bytes_view content) {
  auto parsed = parse_packet(content, {});
  auto packet = std::get_if<capture_packet>(&parsed);
  if (!packet)
    return;
  require_bounded(*packet);
  bytes again;
  append_packet(again, packet->mesh, packet->what);
  require(std::ranges::equal(again, content));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto copy = copy_of(std::as_bytes(std::span{data, size})); // its end is that of what may be read
  read_packet(copy);
  read_file(copy);
  return 0;
}
