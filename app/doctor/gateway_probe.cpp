#include "app/doctor/gateway_probe.hpp"

#include "app/client/http_gateway.hpp"
#include "app/client/json_view.hpp"
#include "app/config/quantity.hpp"
#include "app/doctor/host_probe.hpp"
#include "app/doctor/processes.hpp"
#include "protocol/gateway_findings.hpp"
#include "protocol/iso_time.hpp"

#include <algorithm>

namespace xylem {

namespace {

using client::error_kind;

/// Of followed gateways; more are not looked at.
constexpr std::size_t most_certificates = 64;

finding unanswered(const client::web_access& where, const client::error& reason,
                   const typist& who) {
  finding out{.id = "gateway", .subject = client::to_string(where.url), .level = severity::note};
  out.evidence = reason.text;
  if (reason.kind == error_kind::unreachable) {
    out.statement = "no gateway answers";
    out.command = has_service() ? who.as_root("systemctl start xylem") : "";
    out.advice = "the ports were looked at without it";
  } else if (reason.kind == error_kind::failure_reply) {
    out.statement = "the gateway does not tell this user how it is";
    out.advice = "give a token: --token-file FILE";
  } else {
    out.level = severity::warning;
    out.statement = "what answers cannot be asked";
    out.advice = reason.kind == error_kind::untrusted ? "name its authority: --ca FILE" : "";
  }
  return out;
}

bool is_xylem(std::int64_t pid) {
  auto process = describe_process(pid);
  return process && process->program.starts_with("xylem");
}

/// Those that the status names and that are here.
own_processes own_of(const client::web_access& where, const client::json_view& status) {
  own_processes out;
  if (!is_loopback({where.url.where.host, where.url.where.port}))
    return out;
  for (const auto& number : {status["pid"].count(), status["monitor_gate"]["pid"].count()})
    if (number && is_xylem(static_cast<std::int64_t>(*number)))
      out.push_back(static_cast<std::int64_t>(*number));
  return out;
}

/// Of a gateway that tells nothing: who listens where it answers.
own_processes own_of(const client::web_access& where) {
  own_processes out;
  const auto& [host, port] = where.url.where;
  if (is_loopback({host, port}))
    for (const auto& one : who_listens({host, port}).holders)
      if (one.program.starts_with("xylem"))
        out.push_back(one.pid);
  return out;
}

} // namespace

std::optional<std::int64_t> asked_gateway::pid() const {
  return processes.empty() ? std::nullopt : std::optional{processes.front()};
}

bool asked_gateway::holds(std::string_view mesh) const {
  if (!status)
    return false;
  auto meshes = client::json_view{*status}["meshes"].items();
  return std::ranges::any_of(meshes, [&](const auto& one) {
    return one["name"].text() == mesh && one["link"].exists()
           && one["link"]["state"].text() != "down";
  });
}

asked_gateway ask_gateway(const client::web_access& where, const typist& who) {
  asked_gateway out;
  auto text = client::http_gateway{where}.status();
  if (!text) {
    out.findings.push_back(unanswered(where, text.error(), who));
    out.processes = own_of(where);
    return out;
  }
  out.status = client::parse_json(*text);
  if (!out.status || !out.status->is_object()) {
    out.status.reset();
    out.findings.push_back(
        unanswered(where, {error_kind::protocol, "the status is no JSON object"}, who));
    return out;
  }
  out.processes = own_of(where, client::json_view{*out.status});
  out.findings.push_back({.id = "gateway",
                          .subject = client::to_string(where.url),
                          .statement = "a gateway runs",
                          .evidence = "it answers /api/v1/status"});
  std::ranges::move(judge_gateway(*out.status), std::back_inserter(out.findings));
  return out;
}

std::vector<certificate_fact> certificates_of(const asked_gateway& gateway) {
  std::vector<certificate_fact> out;
  if (!gateway.status)
    return out;
  for (const auto& one : client::json_view{*gateway.status}["monitor_gate"]["certificates"].items())
    if (auto end = parse_iso_time(one["not_after"].text()); end && out.size() < most_certificates)
      out.push_back({.key = "certificate of " + one["name"].text(),
                     .path = one["file"].text(),
                     .name = one["name"].text(),
                     .issuer = "its authority",
                     .not_after = *end});
  return out;
}

} // namespace xylem
