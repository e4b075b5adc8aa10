#include "app/doctor/gateway_probe.hpp"

#include "app/client/http_gateway.hpp"
#include "app/client/json_view.hpp"
#include "app/config/quantity.hpp"
#include "app/doctor/processes.hpp"
#include "protocol/gateway_findings.hpp"

#include <algorithm>

namespace xylem {

namespace {

using client::error_kind;

finding unanswered(const client::web_access& where, const client::error& reason) {
  auto url = client::to_string(where.url);
  finding out{.id = "gateway", .subject = url, .level = severity::note};
  out.evidence = reason.text;
  if (reason.kind == error_kind::unreachable) {
    out.statement = "no gateway answers";
    out.advice = "the ports were looked at without it; a service: systemctl start xylem";
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

/// Its number, when the process is here and is a xylem.
std::optional<std::int64_t> own_pid(const client::web_access& where, const client::json_view& status) {
  const auto& [host, port] = where.url.where;
  auto number = status["pid"].count();
  if (!number || !is_loopback({host, port}))
    return std::nullopt;
  auto pid = static_cast<std::int64_t>(*number);
  auto process = describe_process(pid);
  return process && process->program.starts_with("xylem") ? std::optional{pid} : std::nullopt;
}

} // namespace

bool asked_gateway::has_mesh(std::string_view name) const {
  if (!status)
    return false;
  auto meshes = client::json_view{*status}["meshes"].items();
  return std::ranges::any_of(meshes, [&](const auto& mesh) { return mesh["name"].text() == name; });
}

asked_gateway ask_gateway(const client::web_access& where) {
  asked_gateway out;
  auto text = client::http_gateway{where}.status();
  if (!text) {
    out.findings.push_back(unanswered(where, text.error()));
    return out;
  }
  out.status = client::parse_json(*text);
  if (!out.status || !out.status->is_object()) {
    out.status.reset();
    out.findings.push_back(unanswered(where, {error_kind::protocol, "the status is no JSON object"}));
    return out;
  }
  out.pid = own_pid(where, client::json_view{*out.status});
  out.findings.push_back({.id = "gateway",
                          .subject = client::to_string(where.url),
                          .statement = "a gateway runs",
                          .evidence = "it answers /api/v1/status"});
  std::ranges::move(judge_gateway(*out.status), std::back_inserter(out.findings));
  return out;
}

} // namespace xylem
