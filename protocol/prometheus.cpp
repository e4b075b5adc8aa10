#include "protocol/prometheus.hpp"

#include "protocol/iso_time.hpp"
#include "protocol/metric_families.hpp"
#include "protocol/prometheus_writer.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace xylem {

namespace {

namespace json = boost::json;

/// One of those whose series a metric has.
struct subject {
  json::value document;
  std::string labels{};
};

const json::object& object_of(const json::value& value) {
  static const json::object none;
  auto found = value.if_object();
  return found ? *found : none;
}

const json::array& array_of(const json::object& from, std::string_view name) {
  static const json::array none;
  auto found = from.if_contains(name);
  return found && found->is_array() ? found->get_array() : none;
}

std::string text_of(const json::object& from, std::string_view name) {
  auto found = from.if_contains(name);
  return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

/// `Node Not Found` → `node_not_found`: what programs like better.
std::string as_word(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// -- who has series

using subjects = std::vector<subject>;

subjects meshes_of(const json::object& status) {
  subjects out;
  for (const auto& mesh : array_of(status, "meshes"))
    out.push_back({mesh, metric_label("mesh", text_of(object_of(mesh), "name"))});
  return out;
}

/// Only the network manager tells its dialect.
subjects links_of(subjects meshes) {
  std::erase_if(meshes, [](const subject& mesh) {
    return !object_of(mesh.document).contains("dialect");
  });
  return meshes;
}

subjects followed_of(const json::object& status) {
  subjects out;
  for (const auto& gateway : array_of(status, "gateways"))
    out.push_back({gateway, metric_label("gateway", text_of(object_of(gateway), "name"))});
  return out;
}

subjects certificates_of(const json::object& status) {
  subjects out;
  auto gate = status.if_contains("monitor_gate");
  if (!gate)
    return out;
  for (const auto& each : array_of(object_of(*gate), "certificates")) {
    const auto& certificate = object_of(each);
    out.push_back({each, joined_labels(metric_label("file", text_of(certificate, "file")),
                                       metric_label("name", text_of(certificate, "name")))});
  }
  return out;
}

/// `event_hub`, `uart/field`, or `gateway_link/north`.
std::string actor_labels(std::string_view name) {
  auto slash = std::min(name.find('/'), name.size());
  auto role = metric_label("actor", name.substr(0, slash));
  if (slash == name.size())
    return role;
  auto whose = name.starts_with("gateway_link/") ? "gateway" : "mesh";
  return joined_labels(role, metric_label(whose, name.substr(slash + 1)));
}

subjects actors_of(const json::object& status) {
  const auto& silent = array_of(status, "silent_actors");
  subjects out;
  for (const auto& each : array_of(status, "actors")) {
    auto actor = object_of(each);
    auto name = text_of(actor, "name");
    actor["answered"] = text_of(actor, "state") == "running"
                        && std::ranges::find(silent, json::value(name)) == silent.end();
    out.push_back({std::move(actor), actor_labels(name)});
  }
  return out;
}

// -- what their series are

/// Calls `found(value, name)` with what the path leads to; `name` is what `*` stands for. One of
/// the source's values that is missing is a count of nothing.
template <class Found>
void follow(const json::value& from, std::string_view path, std::string_view name,
            const metric_source& source, const Found& found) {
  static const json::value nothing(0);
  if (path.empty())
    return found(from, name);
  const auto& members = object_of(from);
  auto head = path.substr(0, path.find('.'));
  auto tail = path.substr(std::min(path.size(), head.size() + 1));
  if (head != "*") {
    if (auto member = members.if_contains(head))
      follow(*member, tail, name, source, found);
  } else if (source.values.empty()) {
    for (const auto& [key, member] : members)
      follow(member, tail, key, source, found);
  } else if (from.is_object()) {
    for (const auto& key : source.values) {
      auto member = members.if_contains(key);
      follow(member ? *member : nothing, member ? tail : "", key, source, found);
    }
  }
}

std::string_view type_of(metric_kind kind) {
  switch (kind) {
    case metric_kind::counter: return "counter";
    case metric_kind::histogram: return "histogram";
    default: return "gauge";
  }
}

/// Empty when the value is not of the kind that is expected: it is left out then.
std::string number_of(metric_kind kind, const json::value& value) {
  auto is_time = kind == metric_kind::time && value.is_string();
  if (auto time = is_time ? parse_iso_time(value.get_string()) : std::nullopt)
    return metric_number(std::chrono::duration<double>(time->time_since_epoch()).count());
  if (kind == metric_kind::flag && value.is_bool())
    return value.get_bool() ? "1" : "0";
  auto counts = kind == metric_kind::counter || kind == metric_kind::gauge;
  return counts && value.is_number() ? metric_number(value) : "";
}

void write_states(prometheus_writer& to, const metric_source& source, const json::value& state,
                  std::string_view labels) {
  for (const auto& each : source.values)
    to.sample(joined_labels(labels, metric_label(source.label, as_word(each))),
              state.get_string() == std::string_view{each} ? "1" : "0");
}

/// In the document a bucket has its own count, in Prometheus also those of the shorter ones.
void write_histogram(prometheus_writer& to, const json::object& times, std::string_view labels) {
  const auto& bounds = array_of(times, "bounds");
  const auto& counts = array_of(times, "counts");
  if (counts.size() != bounds.size() + 1)
    return;
  std::uint64_t within = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    within += counts[i].to_number<std::uint64_t>();
    auto bound = i < bounds.size() ? metric_number(bounds[i]) : "+Inf";
    to.sample(joined_labels(labels, metric_label("le", bound)), metric_number(json::value(within)),
              "_bucket");
  }
  to.sample(labels, metric_number(times.at("sum")), "_sum");
  to.sample(labels, metric_number(times.at("count")), "_count");
}

void write(prometheus_writer& to, const metric_source& source, const json::value& value,
           std::string_view labels) {
  if (source.kind == metric_kind::histogram)
    return write_histogram(to, object_of(value), labels);
  if (source.kind == metric_kind::states && value.is_string())
    return write_states(to, source, value, labels);
  if (source.kind == metric_kind::info && value.is_string())
    return to.sample(joined_labels(labels, metric_label(source.label, value.get_string())), "1");
  if (auto number = number_of(source.kind, value); !number.empty())
    to.sample(labels, number);
}

/// `api=http` → `api="http"`; what `*` stands for is the value of another label.
std::string own_label(const metric_source& source, std::string_view name) {
  auto equals = source.label.find('=');
  if (equals != std::string_view::npos)
    return metric_label(source.label.substr(0, equals), source.label.substr(equals + 1));
  return name.empty() ? "" : metric_label(source.label, as_word(name));
}

} // namespace

std::string prometheus_text(const json::object& status) {
  const subjects gateway{{json::value(status)}};
  const auto meshes = meshes_of(status);
  const auto links = links_of(meshes);
  const auto actors = actors_of(status);
  const auto gateways = followed_of(status);
  const auto certificates = certificates_of(status);
  prometheus_writer out;
  for (const auto& source : metric_sources()) {
    const auto& whose = source.scope == metric_scope::gateway    ? gateway
                        : source.scope == metric_scope::mesh     ? meshes
                        : source.scope == metric_scope::link     ? links
                        : source.scope == metric_scope::followed ? gateways
                        : source.scope == metric_scope::certificate ? certificates
                                                                    : actors;
    out.metric(source.name, type_of(source.kind), source.help);
    for (const auto& [document, labels] : whose)
      follow(document, source.path, "", source,
             [&, &all = labels](const json::value& value, std::string_view name) {
               write(out, source, value, joined_labels(all, own_label(source, name)));
             });
  }
  return out.take();
}

} // namespace xylem
