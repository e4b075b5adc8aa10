#include "protocol/web_message.hpp"

#include "protocol/command_members.hpp"
#include "protocol/limits.hpp"
#include "protocol/spelling.hpp"

#include <boost/json/parse.hpp>

namespace xylem {

namespace {

namespace json = boost::json;

constexpr std::size_t longest_id = 64;
constexpr std::size_t longest_list = 256;

constexpr std::array<std::string_view, 2> head{"type", "id"};
constexpr std::array<std::string_view, 3> command_head{"type", "id", "mesh"};
constexpr std::array<std::string_view, 9> subscribe_members{
    "type", "id", "kinds", "meshes", "nodes", "types", "policy", "cursor", "snapshot"};
constexpr std::array<std::string_view, 2> cursor_members{"epoch", "seq"};
constexpr std::array<std::string_view, 8> message_types{
    "subscribe", "unsubscribe", "ping", "send", "broadcast", "network_info", "reset_root", "clean"};

problem bad(std::string detail) {
  return {problem_kind::bad_request, std::move(detail)};
}

/// Those of web §3.3: node_heard stays within the gateway.
std::optional<event_kind> parse_event_kind(std::string_view text) {
  for (auto i = 0; i <= static_cast<int>(event_kind::gap); ++i)
    if (auto kind = static_cast<event_kind>(i);
        kind != event_kind::node_heard && text == to_string(kind))
      return kind;
  return std::nullopt;
}

std::optional<mesh_index> find_mesh(std::string_view name, std::span<const std::string> meshes) {
  auto found = std::ranges::find(meshes, name);
  if (found == meshes.end())
    return std::nullopt;
  return mesh_index{static_cast<std::uint16_t>(found - meshes.begin())};
}

problem mesh_missing(const json::value& name, std::span<const std::string> meshes) {
  auto text = name.if_string();
  if (!text)
    return bad("a mesh is named by text");
  std::vector<std::string_view> known{meshes.begin(), meshes.end()};
  return {problem_kind::mesh_not_found,
          "no mesh is named " + in_quotes(*text) + "; there is " + listed(known)};
}

/// Reads a subscribe message; the first thing wrong stays.
class subscribe_reader {
public:
  subscribe_reader(const json::object& object, std::span<const std::string> meshes)
      : object_{object}, meshes_{meshes} {}

  std::variant<web_message, problem> read() {
    if (auto foreign = foreign_member(object_, "subscribe", subscribe_members))
      return bad(*std::move(foreign));
    read_kinds();
    auto& filter = out_.filter;
    read_selection("meshes", filter.meshes, [&](const json::value& item) {
      auto mesh = item.is_string() ? find_mesh(item.get_string(), meshes_) : std::nullopt;
      if (!mesh)
        fail(mesh_missing(item, meshes_));
      return mesh;
    });
    read_selection("nodes", filter.nodes, [&](const json::value& item) {
      auto node = node_of(item);
      if (!node)
        fail(bad("\"nodes\" has an item that is no address such as 5 or \"0x0005\""));
      return node;
    });
    read_selection("types", filter.codes, [&](const json::value& item) {
      auto code = item.is_string() ? parse_type_code(item.get_string()) : std::nullopt;
      if (!code)
        fail(bad("\"types\" has an item that is no type such as \"GPS\" or \"0x475053\""));
      return code;
    });
    read_policy();
    read_cursor();
    read_snapshot();
    if (wrong_)
      return *std::move(wrong_);
    return web_message{std::move(out_)};
  }

private:
  void fail(problem what) {
    if (!wrong_)
      wrong_ = std::move(what);
  }

  const json::array* list(std::string_view name) {
    auto member = object_.if_contains(name);
    if (!member)
      return nullptr;
    auto items = member->if_array();
    if (!items || items->size() > longest_list)
      fail(bad(in_quotes(name) + " is no list of at most " + std::to_string(longest_list)
               + " items"));
    return wrong_ ? nullptr : items;
  }

  void read_kinds() {
    auto items = list("kinds");
    if (!items)
      return;
    out_.filter.kinds = {};
    for (const auto& item : *items) {
      auto text = item.if_string();
      auto kind = text ? parse_event_kind(*text) : std::nullopt;
      if (!kind)
        return fail(bad("\"kinds\" has " + (text ? in_quotes(*text) : "an item")
                        + ", which is no kind of event such as \"reading\""));
      out_.filter.kinds.add(*kind);
    }
  }

  template <class T, class Reader>
  void read_selection(std::string_view name, selection<T>& out, Reader read_item) {
    auto items = list(name);
    if (!items)
      return;
    std::vector<T> values;
    for (const auto& item : *items) {
      auto value = read_item(item);
      if (!value)
        return;
      values.push_back(*value);
    }
    out = selection<T>{std::move(values)};
  }

  void read_policy() {
    auto member = object_.if_contains("policy");
    if (!member)
      return;
    auto text = member->if_string();
    auto policy = text ? parse_subscriber_policy(*text) : std::nullopt;
    if (!policy)
      return fail(bad("\"policy\" is none of disconnect, drop_oldest and latest"));
    out_.policy = *policy;
  }

  void read_cursor() {
    auto member = object_.if_contains("cursor");
    if (!member)
      return;
    auto object = member->if_object();
    if (!object)
      return fail(bad("\"cursor\" is no object with epoch and seq"));
    if (auto foreign = foreign_member(*object, "cursor", cursor_members))
      return fail(bad(*std::move(foreign)));
    out_.from = cursor{number(*object, "epoch"), number(*object, "seq")};
  }

  std::uint64_t number(const json::object& object, std::string_view name) {
    json::error_code error;
    auto member = object.if_contains(name);
    auto whole = member && !member->is_double();
    auto value = whole ? member->to_number<std::uint64_t>(error) : 0;
    if (!whole || error)
      fail(bad("\"cursor\" has no whole number " + in_quotes(name)));
    return value;
  }

  void read_snapshot() {
    auto member = object_.if_contains("snapshot");
    if (!member)
      return;
    auto wanted = member->if_bool();
    if (!wanted)
      return fail(bad("\"snapshot\" is neither true nor false"));
    out_.snapshot = *wanted;
  }

  const json::object& object_;
  std::span<const std::string> meshes_;
  subscribe_request out_;
  std::optional<problem> wrong_;
};

std::variant<mesh_index, problem> read_mesh(const json::object& object,
                                            std::span<const std::string> meshes) {
  auto member = object.if_contains("mesh");
  if (!member && meshes.size() == 1)
    return mesh_index{};
  if (!member) {
    std::vector<std::string_view> known{meshes.begin(), meshes.end()};
    return problem{problem_kind::command_invalid, "\"mesh\" is missing: there is " + listed(known)};
  }
  if (auto name = member->if_string())
    if (auto mesh = find_mesh(*name, meshes))
      return *mesh;
  return mesh_missing(*member, meshes);
}

std::variant<web_message, problem> read_command_message(command_kind kind,
                                                        const json::object& object,
                                                        std::span<const std::string> meshes) {
  auto read = read_command(kind, object, command_head);
  if (auto wrong = std::get_if<problem>(&read))
    return std::move(*wrong);
  auto mesh = read_mesh(object, meshes);
  if (auto wrong = std::get_if<problem>(&mesh))
    return std::move(*wrong);
  return web_message{
      command_request{std::get<mesh_index>(mesh), std::get<command>(std::move(read))}};
}

/// A message that has no members but the common ones.
template <class Request>
std::variant<web_message, problem> read_plain(const json::object& object, std::string_view type) {
  if (auto foreign = foreign_member(object, type, head))
    return bad(*std::move(foreign));
  return web_message{Request{}};
}

std::variant<web_message, problem> read_content(const json::object& object,
                                                std::span<const std::string> meshes) {
  auto member = object.if_contains("type");
  auto type = member ? member->if_string() : nullptr;
  if (!type)
    return bad(member ? "\"type\" is no text" : "\"type\" is missing");
  if (*type == "subscribe")
    return subscribe_reader{object, meshes}.read();
  if (*type == "unsubscribe")
    return read_plain<unsubscribe_request>(object, *type);
  if (*type == "ping")
    return read_plain<ping_request>(object, *type);
  if (auto kind = parse_command_kind(*type))
    return read_command_message(*kind, object, meshes);
  return bad("\"type\" is " + in_quotes(*type) + ": expected one of " + listed(message_types));
}

/// A fraction might come back as another number than it was.
bool is_id(const json::value& value) {
  auto text = value.if_string();
  return value.is_int64() || value.is_uint64() || (text && text->size() <= longest_id);
}

} // namespace

parsed_web_message parse_web_message(std::string_view text, std::span<const std::string> meshes) {
  if (text.size() > limits::web_message)
    return {.content = bad("the message has more than " + std::to_string(limits::web_message)
                           + " bytes")};
  json::error_code error;
  auto value = json::parse(text, error, {}, {.max_depth = 8});
  if (error)
    return {.content = bad("the message is not JSON: " + error.message())};
  auto object = value.if_object();
  if (!object)
    return {.content = bad("the message is no object")};
  auto id = object->if_contains("id");
  if (id && !is_id(*id))
    return {.content = bad("\"id\" is neither a whole number nor text of at most "
                           + std::to_string(longest_id) + " bytes")};
  return {id ? json::value(*id) : json::value(nullptr), read_content(*object, meshes)};
}

} // namespace xylem
