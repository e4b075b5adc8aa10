#include "tests/golden/golden_files.hpp"

#include "app/capture/pcap_file.hpp"
#include "app/config/configuration.hpp"
#include "app/replay/capture_outline.hpp"
#include "app/replay/replay_run.hpp"
#include "protocol/iso_time.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>

namespace xylem::testing {

namespace {

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out{file, std::ios::binary};
  out << text;
  if (!out.flush())
    throw std::runtime_error{file.string() + " cannot be written"};
}

gateway_settings settings_of(const std::string& toml) {
  if (toml.empty())
    return {};
  return std::get<gateway_settings>(load_configuration({"settings", toml, {}, {}}));
}

capture_outline outline_of(const std::vector<capture_packet>& capture) {
  capture_outline out;
  for (const auto& packet : capture)
    if (std::ranges::find(out.meshes, packet.mesh, &capture_outline::mesh::name)
        == out.meshes.end())
      out.meshes.push_back({packet.mesh, "classic"});
  return out;
}

std::string time_text(wall_time when) {
  return when == wall_time{} ? "never" : iso_time(when);
}

void append(std::ostream& out, const saved_node& node) {
  const auto& counted = node.counters;
  out << "  node " << node.address.value << " uuid=" << (node.uuid ? to_hex(*node.uuid) : "none")
      << " first=" << time_text(node.first_heard) << " last=" << time_text(node.last_heard)
      << " frames=" << counted.frames << " readings=" << counted.readings
      << " messages=" << counted.messages << " requests=" << counted.requests
      << " malformed=" << counted.malformed << '\n';
  for (const auto& series : node.series) {
    const auto& latest = series.readings.back();
    out << "    " << to_string(series.code) << " kept=" << series.readings.size()
        << " seq=" << series.readings.front().seq << ".." << latest.seq
        << " latest=" << time_text(latest.time) << ' ' << to_hex(latest.data.view()) << '\n';
  }
}

} // namespace

void write_capture(const golden& what, const std::filesystem::path& folder) {
  pcap_writer out{folder / (what.name + ".pcap")};
  for (const auto& packet : what.script.packets())
    out.write(packet);
  out.flush();
  if (!what.settings.empty())
    write_text(folder / (what.name + ".toml"), what.settings);
}

void write_expected(const golden& what, const std::filesystem::path& folder) {
  auto made = replay(what.script.packets(), what.settings);
  write_text(folder / (what.name + ".state"), text_of(made.state));
  if (what.is_long)
    write_text(folder / (what.name + ".jsonl.sha256"), sha256_of(made.events) + '\n');
  else
    write_text(folder / (what.name + ".jsonl"), made.events);
}

replayed replay(const std::vector<capture_packet>& capture, const std::string& settings) {
  replayed out;
  replay_run run{replay_settings(outline_of(capture), settings_of(settings)),
                 {.event = [&](std::string_view line) { out.events.append(line).push_back('\n'); }}};
  for (const auto& packet : capture)
    run.feed(packet);
  out.state = run.state();
  return out;
}

std::string text_of(const saved_state& state) {
  std::ostringstream out;
  out << "taken " << iso_time(state.taken) << ", events up to " << state.reached.seq << " of "
      << state.reached.epoch << '\n';
  for (const auto& mesh : state.meshes) {
    out << "mesh " << mesh.name << " readings=" << mesh.last_reading
        << " commands=" << mesh.last_command << " nodes=" << mesh.nodes.size() << '\n';
    for (const auto& node : mesh.nodes)
      append(out, node);
    for (const auto& command : mesh.commands)
      out << "  command " << command.id.value << ' ' << to_string(command.what.kind) << ' '
          << to_string(command.state) << " accepted=" << iso_time(command.accepted) << '\n';
  }
  return out.str();
}

std::string sha256_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return to_hex(std::as_bytes(std::span{digest}.first(size)));
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    throw std::runtime_error{file.string() + " cannot be read"};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace xylem::testing
