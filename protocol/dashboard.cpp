#include "protocol/dashboard.hpp"

#include "protocol/json_writer.hpp"

namespace xylem {

namespace {

constexpr std::size_t traffic_a_second = 20;

/// Nodes in one message: some 45 KB.
constexpr std::size_t nodes_a_message = 1000;

std::string traffic_log(std::string_view message) {
  std::string out = "{\"type\":\"trafficLog\",\"message\":";
  append_json_text(out, message);
  return out + '}';
}

} // namespace

dashboard::dashboard(std::vector<std::string> meshes, std::vector<const data_type_registry*> types)
    : meshes_{std::move(meshes)}, types_{std::move(types)},
      links_(meshes_.size(), link_state::down),
      connection_{connection_text()} {}

void dashboard::tell(std::span<const event> events, mono_time now, std::vector<std::string>& out) {
  tell_suppressed(now, out);
  for (const auto& what : events) {
    if (what.mesh.value >= meshes_.size())
      continue;
    switch (what.kind) {
    case event_kind::node_joined:
    case event_kind::node_changed: note_node(what); break;
    case event_kind::link_changed:
      tell_nodes(out);
      links_[what.mesh.value] = static_cast<link_state>(what.state);
      tell_connection(out);
      break;
    case event_kind::reading:
    case event_kind::message:
    case event_kind::request:
    case event_kind::root_restarted:
    case event_kind::root_log:
      tell_nodes(out);
      tell_traffic(what, out);
      break;
    default: break;
    }
  }
  tell_nodes(out);
  tell_connection(out);
}

/// The sum is one of those that may be told in the second that begins.
void dashboard::tell_suppressed(mono_time now, std::vector<std::string>& out) {
  if (now - second_ < std::chrono::seconds{1})
    return;
  second_ = now;
  told_ = 0;
  if (left_out_ == 0)
    return;
  out.push_back(traffic_log("… and " + std::to_string(std::exchange(left_out_, 0)) + " more"));
  ++told_;
}

std::vector<std::string> dashboard::current() const {
  std::vector<std::string> out{connection_text()};
  std::vector<node_key> page;
  for (const auto& [key, is_normal] : normal_) {
    if (page.size() == nodes_a_message) {
      out.push_back(nodes_text(page));
      page.clear();
    }
    page.push_back(key);
  }
  out.push_back(nodes_text(page));
  return out;
}

void dashboard::note_node(const event& what) {
  node_key key{what.mesh, what.node};
  auto is_normal = static_cast<node_status>(what.state) == node_status::active;
  auto [known, is_new] = normal_.try_emplace(key, is_normal);
  if (!is_new && std::exchange(known->second, is_normal) == is_normal)
    return;
  if (changed_.empty() || changed_.back() != key) // joined, and then active: told once
    changed_.push_back(key);
}

void dashboard::tell_nodes(std::vector<std::string>& out) {
  for (auto rest = std::span<const node_key>{changed_}; !rest.empty();) {
    auto page = rest.first(std::min(rest.size(), nodes_a_message));
    out.push_back(nodes_text(page));
    rest = rest.subspan(page.size());
  }
  changed_.clear();
}

void dashboard::tell_connection(std::vector<std::string>& out) {
  auto now = connection_text();
  if (now != connection_)
    out.push_back(connection_ = std::move(now));
}

void dashboard::tell_traffic(const event& what, std::vector<std::string>& out) {
  if (told_ < traffic_a_second) {
    out.push_back(traffic_log(traffic(what)));
    ++told_;
  } else {
    ++left_out_;
    ++suppressed_;
  }
}

std::string dashboard::name_of(node_key key) const {
  auto name = key.node == root_address ? "Root" : "Node-" + std::to_string(key.node.value);
  return meshes_.size() > 1 ? meshes_[key.mesh.value] + '/' + name : name;
}

std::string dashboard::connection_text() const {
  auto works = std::ranges::none_of(links_, [](auto link) { return link == link_state::down; });
  std::string out = "{\"type\":\"networkStatus\",\"status\":\"connectionStatus\",\"socket\":";
  out += socket_ ? "true" : "false";
  out += ",\"uart\":";
  out += works ? "true" : "false";
  return out + '}';
}

std::string dashboard::nodes_text(std::span<const node_key> nodes) const {
  std::string out = "{\"type\":\"networkStatus\",\"status\":\"nodeStatus\",\"nodes\":[";
  for (const auto& key : nodes) {
    out += out.back() == '[' ? "{\"name\":" : ",{\"name\":";
    append_json_text(out, name_of(key));
    out += normal_.at(key) ? ",\"status\":\"normal\"}" : ",\"status\":\"error\"}";
  }
  return out + "]}";
}

std::string dashboard::traffic(const event& what) const {
  auto name = name_of({what.mesh, what.node});
  auto data = what.data.view();
  switch (what.kind) {
  case event_kind::reading:
    return name + ' ' + to_string(what.code) + ' '
           + describe(types_[what.mesh.value]->decode(what.code, data), data);
  case event_kind::root_log: return name_of({what.mesh, root_address}) + ' ' + escaped_text(data);
  default:
    return name + ' ' + std::string{to_string(what.kind)} + ' ' + escaped_text(readable_part(what));
  }
}

} // namespace xylem
