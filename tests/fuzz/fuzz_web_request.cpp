// The line of an HTTP request (web §1): `METHOD target`. What is understood can be written again,
// and is understood as the same; no asset is outside of its folder.
#include "protocol/bytes.hpp"
#include "protocol/iso_time.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/web_request.hpp"
#include "tests/fuzz/presentable.hpp"

namespace {

using namespace xylem;

/// Every byte escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (auto byte : view_of(text))
    out += '%' + to_hex({&byte, 1});
  return out;
}

std::string path_of(const web_call& call) {
  auto mesh = "/api/v1/meshes/" + call.mesh;
  auto node = mesh + "/nodes/" + std::to_string(call.node.value);
  auto code = escaped(text_of(call.code.view()));
  switch (call.route) {
  case web_route::asset: return call.path;
  case web_route::livez: return "/livez";
  case web_route::readyz: return "/readyz";
  case web_route::openapi: return "/openapi.json";
  case web_route::metrics: return "/metrics";
  case web_route::websocket: return "/ws";
  case web_route::status: return "/api/v1/status";
  case web_route::meshes: return "/api/v1/meshes";
  case web_route::mesh: return mesh;
  case web_route::nodes: return mesh + "/nodes";
  case web_route::node: return node;
  case web_route::node_readings: return node + "/readings";
  case web_route::reading: return node + "/readings/" + code;
  case web_route::history: return node + "/history/" + code;
  case web_route::readings: return mesh + "/readings/" + code;
  case web_route::capture: return mesh + "/capture";
  case web_route::configuration: return "/api/v1/configuration";
  case web_route::log:
  case web_route::set_log: return "/api/v1/log";
  case web_route::submit_command: return mesh + "/commands";
  case web_route::command: return "/api/v1/commands/" + std::to_string(call.command.value);
  case web_route::incidents: return "/api/v1/incidents";
  case web_route::subscribers: return "/api/v1/subscribers";
  }
  std::abort();
}

std::string query_of(const web_call& call) {
  std::string out;
  auto add = [&](std::string_view name, const std::string& value) {
    out.append(out.empty() ? "?" : "&").append(name).append("=").append(value);
  };
  if (call.status)
    add("status", std::string{to_string(*call.status)});
  if (call.max_age) {
    std::string seconds;
    append_json_seconds(seconds, *call.max_age);
    add("max_age", seconds);
  }
  if (call.from)
    add("from", iso_time(*call.from));
  if (call.to)
    add("to", iso_time(*call.to));
  if (call.limit != web_call{}.limit)
    add("limit", std::to_string(call.limit));
  if (call.cursor)
    add("cursor", std::to_string(*call.cursor));
  if (call.step)
    add("step", std::to_string(call.step->count()));
  return out;
}

/// A path of the page's folder whose characters are harmless in a file name.
void require_inside(std::string_view path) {
  require(path.starts_with('/'));
  auto ended = std::string{path} + '/';
  for (auto part : {"/../", "/./"})
    require(ended.find(part) == std::string::npos);
  require(path.find("//") == std::string_view::npos);
  require(path.find_first_of(std::string_view{"\0\n\r\\", 4}) == std::string_view::npos);
}

void require_understood(std::string_view method, std::string_view target, const web_call& call) {
  require(allowed_methods(target).find(method) != std::string_view::npos);
  require(call.limit >= 1 && call.limit <= 1000);
  require(!call.step || (call.step->count() >= 1 && call.step->count() <= 31'536'000));
  require(call.mesh.size() <= 32);
  if (call.route == web_route::asset)
    return require_inside(call.path);
  auto again = path_of(call) + query_of(call);
  auto parsed = parse_web_request(method, again);
  require(std::holds_alternative<web_call>(parsed) && std::get<web_call>(parsed) == call);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto input = text_of(std::as_bytes(std::span{data, size}));
  auto method = input.substr(0, input.find(' '));
  std::string target{input.substr(std::min(method.size() + 1, input.size()))};
  target.shrink_to_fit(); // its end is the end of what may be read
  auto parsed = parse_web_request(method, target);
  if (auto call = std::get_if<web_call>(&parsed)) {
    require_understood(method, target, *call);
    if (method == "HEAD")
      require(parse_web_request("GET", target) == parsed);
    return 0;
  }
  const auto& wrong = std::get<problem>(parsed);
  require_presentable(wrong);
  if (wrong.kind == problem_kind::not_found)
    require(allowed_methods(target).empty());
  return 0;
}
