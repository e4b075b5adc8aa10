#include "protocol/monitor_messages.hpp"

#include "protocol/monitor_content.hpp"

namespace xylem {

namespace {

constexpr list_limits instance_limits{256, 8};

/// Its time is not told: who gets it knows when.
void gap(message_writer& archive, const event& what) {
  auto told = gap_of(what).value_or(told_gap{});
  archive.count(told.from);
  archive.count(told.to);
  archive.count(told.count);
  archive.text(told.reason, longest_reason);
}

void gap(message_reader& archive, event& what) {
  told_gap told;
  std::string reason;
  archive.count(told.from);
  archive.count(told.to);
  archive.count(told.count);
  archive.text(reason, longest_reason);
  told.reason = reason;
  what = make_gap_event(told, {});
}

void result(message_writer& archive, const std::variant<problem, saved_command>& what) {
  archive.number(static_cast<std::uint8_t>(what.index()));
  std::visit([&](const auto& either) { fields(archive, either); }, what);
}

void result(message_reader& archive, std::variant<problem, saved_command>& what) {
  auto is_command = false;
  archive.flag(is_command);
  if (is_command)
    fields(archive, what.emplace<saved_command>());
  else
    fields(archive, what.emplace<problem>());
}

} // namespace

// Found by the archive's lists, thus in no namespace of their own.

template <class Archive, maybe_const<instance_id> Instance>
void fields(Archive& archive, Instance& instance) {
  archive.number(instance.value);
}

template <class Archive, maybe_const<monitor_hello> Hello>
void fields(Archive& archive, Hello& what) {
  archive.number(what.protocol);
  archive.text(what.software, longest_name);
  archive.text(what.name, longest_name);
  fields(archive, what.instance);
  archive.list(what.serves, instance_limits);
}

template <class Archive, maybe_const<gateway_hello> Hello>
void fields(Archive& archive, Hello& what) {
  archive.number(what.protocol);
  archive.text(what.software, longest_name);
  archive.text(what.name, longest_name);
  archive.text(what.refused, longest_problem);
  fields(archive, what.instance);
  archive.list(what.serves, instance_limits);
  archive.one_of(what.scope, access_scope::command);
  archive.number(what.generation);
  archive.moment(what.now);
  fields(archive, what.newest);
  archive.list(what.meshes, mesh_limits);
}

template <class Archive, maybe_const<monitor_subscription> Subscription>
void fields(Archive& archive, Subscription& what) {
  archive.number(what.serial);
  fields(archive, what.filter);
  archive.one_of(what.policy, subscriber_policy::latest);
  archive.maybe(what.from, [&](auto& position) { fields(archive, position); });
  archive.number(what.credit);
}

template <class Archive, maybe_const<subscription_answer> Answer>
void fields(Archive& archive, Answer& what) {
  archive.number(what.serial);
  archive.text(what.problem, longest_problem);
  fields(archive, what.newest);
}

template <class Archive, maybe_const<credit_grant> Grant>
void fields(Archive& archive, Grant& what) {
  archive.number(what.serial);
  archive.number(what.events);
}

template <class Archive, maybe_const<event_page> Page>
void fields(Archive& archive, Page& what) {
  archive.number(what.serial);
  archive.maybe(what.gap, [&](auto& lost) { gap(archive, lost); });
  archive.list(what.events, event_limits);
  fields(archive, what.reached);
  fields(archive, what.newest);
}

template <class Archive, maybe_const<nodes_query> Query>
void fields(Archive& archive, Query& what) {
  fields(archive, what.mesh);
  archive.maybe(what.after, [&](auto& node) { fields(archive, node); });
  archive.number(what.max);
  check(archive, what.max >= 1 && what.max <= monitor_limits::page_nodes);
}

template <class Archive, maybe_const<nodes_page> Page>
void fields(Archive& archive, Page& what) {
  fields(archive, what.mesh);
  archive.text(what.problem, longest_problem);
  archive.list(what.nodes, node_limits);
  archive.flag(what.complete);
  fields(archive, what.at);
}

template <class Archive, maybe_const<report_query> Query>
void fields(Archive& archive, Query& what) {
  archive.one_of(what.kind, report_kind::incidents);
  archive.number(what.before);
  archive.number(what.limit);
}

template <class Archive, maybe_const<report> Report>
void fields(Archive& archive, Report& what) {
  archive.one_of(what.kind, report_kind::incidents);
  archive.text(what.problem, longest_problem);
  archive.text(what.content, monitor_limits::report_bytes, text_kind::document);
}

template <class Archive, maybe_const<remote_command> Command>
void fields(Archive& archive, Command& what) {
  fields(archive, what.mesh);
  fields(archive, what.what);
}

template <class Archive, maybe_const<remote_command_query> Query>
void fields(Archive& archive, Query& what) {
  archive.count(what.id.value);
}

template <class Archive, maybe_const<remote_command_answer> Answer>
void fields(Archive& archive, Answer& what) {
  fields(archive, what.mesh);
  result(archive, what.result);
}

template <class Archive, maybe_const<ping> Ping>
void fields(Archive& archive, Ping& what) {
  archive.number(what.nonce);
}

template <class Archive, maybe_const<pong> Pong>
void fields(Archive& archive, Pong& what) {
  archive.number(what.nonce);
  archive.list(what.serves, instance_limits);
  archive.number(what.generation);
  archive.moment(what.now);
}

std::string encode(const monitor_hello& what) {
  return encode_fields(what);
}

std::string encode(const gateway_hello& what) {
  return encode_fields(what);
}

std::string encode(const monitor_subscription& what) {
  return encode_fields(what);
}

std::string encode(const subscription_answer& what) {
  return encode_fields(what);
}

std::string encode(const credit_grant& what) {
  return encode_fields(what);
}

std::string encode(const event_page& what) {
  return encode_fields(what);
}

std::string encode(const nodes_query& what) {
  return encode_fields(what);
}

std::string encode(const nodes_page& what) {
  return encode_fields(what);
}

std::string encode(const report_query& what) {
  return encode_fields(what);
}

std::string encode(const report& what) {
  return encode_fields(what);
}

std::string encode(const remote_command& what) {
  return encode_fields(what);
}

std::string encode(const remote_command_query& what) {
  return encode_fields(what);
}

std::string encode(const remote_command_answer& what) {
  return encode_fields(what);
}

std::string encode(const ping& what) {
  return encode_fields(what);
}

std::string encode(const pong& what) {
  return encode_fields(what);
}

template std::optional<monitor_hello> decode(std::string_view encoded);
template std::optional<gateway_hello> decode(std::string_view encoded);
template std::optional<monitor_subscription> decode(std::string_view encoded);
template std::optional<subscription_answer> decode(std::string_view encoded);
template std::optional<credit_grant> decode(std::string_view encoded);
template std::optional<event_page> decode(std::string_view encoded);
template std::optional<nodes_query> decode(std::string_view encoded);
template std::optional<nodes_page> decode(std::string_view encoded);
template std::optional<report_query> decode(std::string_view encoded);
template std::optional<report> decode(std::string_view encoded);
template std::optional<remote_command> decode(std::string_view encoded);
template std::optional<remote_command_query> decode(std::string_view encoded);
template std::optional<remote_command_answer> decode(std::string_view encoded);
template std::optional<ping> decode(std::string_view encoded);
template std::optional<pong> decode(std::string_view encoded);

std::size_t encoded_size(const event& what) noexcept {
  return event_limits.least_bytes + what.code.size() + what.data.size();
}

std::size_t encoded_size(const remote_node& what) noexcept {
  auto size = node_limits.least_bytes + (what.known.uuid ? node_uuid{}.size() : 0);
  for (const auto& series : what.known.series) {
    size += series_limits.least_bytes + series.code.size();
    for (const auto& each : series.readings)
      size += reading_limits.least_bytes + each.data.size();
  }
  return size;
}

/// The newest of each series stay, as many of each.
void trim_to_page(remote_node& what) {
  auto keep = [&](std::size_t most) {
    for (auto& series : what.known.series)
      if (auto& all = series.readings; all.size() > most)
        all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
  };
  for (auto most = monitor_limits::series_readings; most > 0; most /= 2) {
    keep(most);
    if (encoded_size(what) <= monitor_limits::page_bytes)
      return;
  }
}

} // namespace xylem
