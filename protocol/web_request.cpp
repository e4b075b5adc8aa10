#include "protocol/web_request.hpp"

#include "protocol/spelling.hpp"
#include "protocol/web_target.hpp"

namespace xylem {

namespace {

using text = std::string_view;

constexpr text read_only = "GET, HEAD";
constexpr text write_only = "POST";
constexpr text read_or_put = "GET, HEAD, PUT";

struct resource {
  text pattern; ///< {mesh}, {node}, {type} and {id} stand for one segment each
  web_route route;
  web_parameters takes{};
  text allowed = read_only;
  std::size_t depth = static_cast<std::size_t>(std::ranges::count(pattern, '/'));
};

constexpr web_parameters pages = parameter_bit(web_parameter::limit)
                                 | parameter_bit(web_parameter::cursor);

// In the order in which they are tried: what is asked most comes first.
constexpr std::array resources{
    resource{"/api/v1/meshes/{mesh}/nodes/{node}/readings/{type}", web_route::reading,
             parameter_bit(web_parameter::max_age)},
    resource{"/api/v1/meshes/{mesh}/nodes/{node}/history/{type}", web_route::history,
             pages | parameter_bit(web_parameter::from) | parameter_bit(web_parameter::to)
                 | parameter_bit(web_parameter::step)},
    resource{"/api/v1/meshes/{mesh}/nodes/{node}/readings", web_route::node_readings},
    resource{"/api/v1/meshes/{mesh}/nodes/{node}", web_route::node},
    resource{"/api/v1/meshes/{mesh}/nodes", web_route::nodes,
             pages | parameter_bit(web_parameter::status)},
    resource{"/api/v1/meshes/{mesh}/readings/{type}", web_route::readings, pages},
    resource{"/api/v1/meshes/{mesh}/capture", web_route::capture, pages},
    resource{"/api/v1/meshes/{mesh}/commands", web_route::submit_command, {}, write_only},
    resource{"/api/v1/meshes/{mesh}", web_route::mesh},
    resource{"/api/v1/meshes", web_route::meshes},
    resource{"/api/v1/commands/{id}", web_route::command},
    resource{"/api/v1/incidents", web_route::incidents, pages},
    resource{"/api/v1/configuration", web_route::configuration},
    resource{"/api/v1/log", web_route::log, parameter_bit(web_parameter::limit), read_or_put},
    resource{"/api/v1/subscribers", web_route::subscribers},
    resource{"/api/v1/status", web_route::status},
    resource{"/metrics", web_route::metrics},
    resource{"/livez", web_route::livez},
    resource{"/readyz", web_route::readyz},
    resource{"/openapi.json", web_route::openapi},
    resource{"/ws", web_route::websocket},
};

/// The page and what belongs to it: whatever else there is outside of /api. Any query is fine.
constexpr resource asset{"/", web_route::asset};

bool matches(const resource& candidate, const web_target& target) noexcept {
  if (candidate.depth != target.size())
    return false;
  auto rest = candidate.pattern;
  for (std::size_t i = 0; i < target.size(); ++i) {
    rest.remove_prefix(1);
    auto expected = rest.substr(0, rest.find('/'));
    if (expected.starts_with('{') ? target[i].empty() : expected != target[i])
      return false;
    rest.remove_prefix(expected.size());
  }
  return true;
}

problem not_found(const web_target& target) {
  std::array<text, resources.size()> patterns;
  std::ranges::transform(resources, patterns.begin(), &resource::pattern);
  auto detail = "there is nothing at " + in_quotes(target.path());
  if (auto meant = closest_word(target.path(), patterns); !meant.empty())
    detail += "; did you mean " + std::string{meant} + "?";
  return {problem_kind::not_found, detail + " (/openapi.json lists what there is)"};
}

/// `..`, `//` and the like never reach a file.
bool is_plain(text segment) {
  return !segment.empty() && segment != "." && segment != ".."
         && std::ranges::all_of(segment, [](char c) {
              return c > ' ' && c != '/' && c != '\\' && c != '\x7F';
            });
}

bool is_asset(const web_target& target) {
  if (target.size() == 1 && target[0].empty())
    return true; // the page itself
  for (std::size_t i = 0; i < target.size(); ++i)
    if (!is_plain(target[i]))
      return false;
  return target[0] != "api";
}

const resource* find_resource(const web_target& target) {
  for (const auto& candidate : resources)
    if (matches(candidate, target))
      return &candidate;
  return is_asset(target) ? &asset : nullptr;
}

std::optional<problem> bad(std::string detail) {
  return problem{problem_kind::bad_request, std::move(detail)};
}

/// What stands where the pattern has `name`.
std::optional<problem> read_segment(web_call& call, text name, text value) {
  if (name == "{mesh}") {
    if (!is_mesh_name(value))
      return problem{problem_kind::mesh_not_found,
                     "no mesh is named " + in_quotes(value)
                         + ": names are 1 to 32 of a-z, 0-9, `_` and `-`, behind those of the gateways of"
                           " one that is followed, as in north%2Ffield"};
    call.mesh = value;
  } else if (name == "{node}") {
    auto node = parse_node_address(value);
    if (!node)
      return bad("node " + in_quotes(value) + ": expected an address such as 5 or 0x0005");
    call.node = *node;
  } else if (name == "{type}") {
    auto code = parse_type_code(value);
    if (!code)
      return bad("type " + in_quotes(value) + ": expected 1 to 3 bytes such as GPS or 0x475053");
    call.code = *code;
  } else {
    auto id = parse_decimal(value);
    if (!id)
      return bad("command " + in_quotes(value) + ": expected its id, a number");
    call.command.value = *id;
  }
  return std::nullopt;
}

std::optional<problem> read_path(web_call& call, const resource& found, const web_target& target) {
  auto rest = found.pattern;
  for (std::size_t i = 0; i < target.size(); ++i) {
    rest.remove_prefix(1);
    auto name = rest.substr(0, rest.find('/'));
    if (name.starts_with('{'))
      if (auto wrong = read_segment(call, name, target[i]))
        return wrong;
    rest.remove_prefix(name.size());
  }
  return std::nullopt;
}

bool is_allowed(const resource& found, text method) noexcept {
  if (found.allowed == write_only)
    return method == write_only;
  return method == "GET" || method == "HEAD" || (method == "PUT" && found.allowed == read_or_put);
}

} // namespace

std::string_view to_string(web_route route) noexcept {
  switch (route) {
  case web_route::asset: return "asset";
  case web_route::livez: return "livez";
  case web_route::readyz: return "readyz";
  case web_route::openapi: return "openapi";
  case web_route::metrics: return "metrics";
  case web_route::websocket: return "websocket";
  case web_route::status: return "status";
  case web_route::meshes: return "meshes";
  case web_route::mesh: return "mesh";
  case web_route::nodes: return "nodes";
  case web_route::node: return "node";
  case web_route::node_readings: return "node_readings";
  case web_route::reading: return "reading";
  case web_route::history: return "history";
  case web_route::readings: return "readings";
  case web_route::capture: return "capture";
  case web_route::submit_command: return "submit_command";
  case web_route::command: return "command";
  case web_route::incidents: return "incidents";
  case web_route::configuration: return "configuration";
  case web_route::log: return "log";
  case web_route::set_log: return "set_log";
  case web_route::subscribers: return "subscribers";
  }
  return "unknown";
}

std::optional<access_scope> scope_of(web_route route) noexcept {
  switch (route) {
  case web_route::asset:
  case web_route::livez:
  case web_route::readyz:
  case web_route::openapi: return std::nullopt;
  case web_route::submit_command: return access_scope::command;
  case web_route::capture:
  case web_route::configuration:
  case web_route::log:
  case web_route::set_log: return access_scope::admin;
  default: return access_scope::read;
  }
}

std::variant<web_call, problem> parse_web_request(std::string_view method,
                                                  std::string_view target_text) {
  web_target target;
  if (auto wrong = target.read(target_text))
    return std::move(*wrong);
  auto found = find_resource(target);
  if (!found)
    return not_found(target);
  if (!is_allowed(*found, method))
    return problem{problem_kind::method_not_allowed,
                   in_quotes(target.path()) + " allows " + std::string{found->allowed}};
  web_call call{.route = method == "PUT" ? web_route::set_log : found->route};
  if (found == &asset) {
    for (std::size_t i = 0; i < target.size(); ++i)
      call.path.append("/").append(target[i]);
    return call;
  }
  if (auto wrong = read_path(call, *found, target))
    return std::move(*wrong);
  if (!target.query().empty())
    if (auto wrong = read_web_query(call, method == "PUT" ? web_parameters{} : found->takes,
                                    target))
      return std::move(*wrong);
  return call;
}

std::string_view allowed_methods(std::string_view target_text) {
  web_target target;
  if (target.read(target_text))
    return {};
  auto found = find_resource(target);
  return found ? found->allowed : text{};
}

} // namespace xylem
