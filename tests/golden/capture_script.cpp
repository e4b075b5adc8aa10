#include "tests/golden/capture_script.hpp"

#include <utility>

namespace xylem::testing {

void capture_script::mesh(std::string name) {
  mesh_ = std::move(name);
}

void capture_script::opened(std::string_view port) {
  add(capture_kind::port_opened, view_of(port));
}

void capture_script::lost_port(std::string_view reason) {
  add(capture_kind::port_lost, view_of(reason));
}

void capture_script::root(std::string_view data) {
  add(capture_kind::from_root, view_of(data));
}

void capture_script::gateway(std::string_view data) {
  add(capture_kind::to_root, view_of(data));
}

void capture_script::lost(std::uint64_t records) {
  packets_.push_back({mesh_, make_lost_record(records, now_)});
}

void capture_script::wait(std::chrono::milliseconds span) {
  now_.mono += span;
  now_.wall += span;
}

void capture_script::set_wall(std::chrono::milliseconds by) {
  now_.wall += by;
}

void capture_script::begin() {
  opened();
  wait(1050ms);
  gateway(network_info);
}

void capture_script::add(capture_kind kind, bytes_view data) {
  if (!std::exchange(told_[mesh_], true))
    packets_.push_back({mesh_, {now_, capture_kind::about_mesh, copy_of(view_of("classic"))}});
  packets_.push_back({mesh_, {now_, kind, copy_of(data)}});
}

std::string item(std::string_view type, std::string_view data) {
  return std::string{type} + static_cast<char>(data.size()) + std::string{data};
}

std::string data_frame(std::uint16_t node, const std::vector<std::string>& items,
                       std::string_view end) {
  std::string payload(1, static_cast<char>(items.size()));
  for (const auto& each : items)
    payload += each;
  return root_frame(node, "[D]", payload + std::string{end});
}

std::string message_frame(std::uint16_t node, std::string_view message) {
  return root_frame(node, "[M]",
                    std::string(1, static_cast<char>(message.size())) + std::string{message});
}

std::string uuid_of(std::uint8_t mark) {
  return std::string(16, static_cast<char>(mark));
}

std::string snapshot_frame(std::uint16_t first, std::uint16_t last) {
  std::string payload(1, static_cast<char>(last - first + 1));
  for (auto node = first; node <= last; ++node)
    payload += big16(node) + uuid_of(static_cast<std::uint8_t>(node));
  return root_frame(0, "NET", payload + "[E]");
}

} // namespace xylem::testing
