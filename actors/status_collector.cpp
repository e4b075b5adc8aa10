#include "actors/status_collector.hpp"

namespace xylem {

namespace json = boost::json;

namespace {

constexpr std::string_view followed_prefix = "gateway_link/";

/// Copies members of `from` that exist.
void merge(json::object& into, const json::object& from,
           std::initializer_list<std::string_view> names) {
  for (auto name : names)
    if (auto found = from.if_contains(name))
      into[name] = *found;
}

/// Requests fail at the socket or behind it; a client sees one count a reason.
void add_counts(json::object& into, const json::object& from) {
  for (const auto& [name, count] : from) {
    auto& sum = into[name];
    auto before = sum.is_null() ? std::uint64_t{0} : sum.to_number<std::uint64_t>();
    sum = before + count.to_number<std::uint64_t>();
  }
}

} // namespace

status_collector::status_collector(json::object base, std::vector<std::string> meshes,
                                   done_callback done)
    : base_{std::move(base)}, meshes_{std::move(meshes)}, done_{std::move(done)} {}

status_collector::~status_collector() {
  json::array meshes;
  for (const auto& name : meshes_)
    meshes.push_back(mesh_document(name));
  const auto& web = answers_["web_server"];
  merge(base_, web, {"web"});
  auto events = answers_["event_hub"];
  events["subscribers"] = json::array{};
  merge(events, web, {"subscribers"});
  base_["recorder"] = recorder_document();
  base_["monitor_gate"] = gate_document();
  base_["gateways"] = gateways_document();
  base_["meshes"] = std::move(meshes);
  base_["events"] = std::move(events);
  base_["silent_actors"] = std::move(silent_);
  done_(std::move(base_));
}

/// A gateway that cannot record is degraded; one that shall not is not.
json::object status_collector::recorder_document() {
  auto recorder = answers_["recorder"];
  if (recorder.empty())
    return {{"state", "off"}, {"reason", ""}};
  if (recorder["state"] == "degraded")
    base_["state"] = "degraded";
  return recorder;
}

/// Between two lives of its process only the supervisor knows of it.
json::object status_collector::gate_document() const {
  json::object gate{{"state", "off"}};
  auto actors = base_.if_contains("actors");
  for (const auto& each : actors ? actors->as_array() : json::array{}) {
    const auto& actor = each.as_object();
    if (actor.at("name") != "monitor_gate")
      continue;
    gate["state"] = "waiting";
    gate["restarts"] = actor.at("restarts");
  }
  if (auto told = answers_.find("monitor_gate"); told != answers_.end())
    for (const auto& [name, value] : told->second)
      gate[name] = value;
  return gate;
}

void status_collector::answered(const std::string& actor, json::object body) {
  answers_[actor] = std::move(body);
}

void status_collector::silent(const std::string& actor) {
  silent_.emplace_back(actor);
}

json::array status_collector::gateways_document() const {
  json::array out;
  for (const auto& [actor, body] : answers_)
    if (actor.starts_with(followed_prefix))
      out.push_back(body);
  return out;
}

/// A mesh that is followed has its link told by who follows its gateway.
void status_collector::merge_followed(json::object& into, const std::string& mesh) const {
  for (const auto& [actor, body] : answers_) {
    auto told = body.if_contains("meshes");
    if (!actor.starts_with(followed_prefix) || !told)
      continue;
    for (const auto& each : told->as_array())
      if (each.at("name").as_string() == std::string_view{mesh})
        merge(into, each.as_object(), {"dialect", "link", "data_types"});
  }
}

json::object status_collector::mesh_document(const std::string& mesh) {
  const auto& manager = answers_["network_manager/" + mesh];
  const auto& port = answers_["uart/" + mesh];
  const auto& cache = answers_["node_cache/" + mesh];
  auto clients = answers_["socket_server/" + mesh];
  json::object out{{"name", mesh}};
  merge(out, manager, {"dialect", "link", "uart", "commands", "data_types"});
  merge(out, cache, {"nodes", "cache"});
  merge_followed(out, mesh);
  auto& link = out["link"];
  if (!link.is_object())
    link = json::object{{"state", "down"}, {"reason", "the network manager does not answer"}};
  merge(link.as_object(), port, {"port", "since", "last_frame"});
  auto& uart = out["uart"];
  if (!uart.is_object())
    uart = json::object{};
  merge(uart.as_object(), port, {"transmit_queue", "console"});
  if (auto failures = clients.if_contains("failures"))
    if (auto behind = cache.if_contains("failures"))
      add_counts(failures->as_object(), behind->as_object());
  out["clients"] = std::move(clients);
  if (auto found = answers_.find("capture/" + mesh); found != answers_.end())
    out["capture"] = found->second;
  return out;
}

} // namespace xylem
