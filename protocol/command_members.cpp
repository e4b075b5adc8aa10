#include "protocol/command_members.hpp"

#include "protocol/limits.hpp"
#include "protocol/spelling.hpp"
#include "protocol/web_message.hpp"

#include <boost/json/parse.hpp>

namespace xylem {

namespace {

namespace json = boost::json;

using words = std::vector<std::string_view>;

constexpr std::string_view kinds = "send, broadcast, network_info, reset_root or clean";

problem invalid(std::string detail) {
  return {problem_kind::command_invalid, std::move(detail)};
}

words members_of(command_kind kind) {
  switch (kind) {
  case command_kind::send: return {"node", "text", "data"};
  case command_kind::broadcast: return {"text", "data"};
  case command_kind::network_info:
  case command_kind::reset_root: break;
  case command_kind::clean: return {"confirm"};
  }
  return {};
}

std::optional<problem> read_node(const json::object& object, node_address& out) {
  auto value = object.if_contains("node");
  auto node = value ? node_of(*value) : std::nullopt;
  if (!node)
    return invalid(std::string{value ? "\"node\" is no address" : "\"node\" is missing"}
                   + ": expected a number such as 5, or text such as \"0x0005\"");
  out = *node;
  return std::nullopt;
}

/// `text` or `data`, but not both.
std::optional<problem> read_content(const json::object& object, bytes& out) {
  auto text = object.if_contains("text");
  auto data = object.if_contains("data");
  if ((text != nullptr) == (data != nullptr))
    return invalid(text ? "either \"text\" or \"data\" is the message: both are there"
                        : "either \"text\" or \"data\" is the message: none is there");
  auto written = (text ? text : data)->if_string();
  if (!written)
    return invalid(text ? "\"text\" is no text" : "\"data\" is no text: expected hex digits");
  auto content = text ? copy_of(view_of(*written)) : from_hex(*written);
  if (!content)
    return invalid("\"data\" is " + in_quotes(*written) + ": expected pairs of hex digits");
  if (content->empty() || content->size() > limits::max_message)
    return invalid("the message has " + std::to_string(content->size())
                   + " bytes: expected 1 to " + std::to_string(limits::max_message));
  out = *std::move(content);
  return std::nullopt;
}

std::optional<problem> read_confirmation(const json::object& object) {
  auto value = object.if_contains("confirm");
  auto text = value ? value->if_string() : nullptr;
  if (text && *text == "clean")
    return std::nullopt;
  return problem{problem_kind::confirmation_missing,
                 "the root forgets its mesh: expected the member \"confirm\": \"clean\""};
}

} // namespace

std::optional<std::string> foreign_member(const json::object& object, std::string_view subject,
                                          std::span<const std::string_view> known) {
  for (const auto& member : object) {
    std::string_view name = member.key();
    if (std::ranges::find(known, name) != known.end())
      continue;
    auto detail = "unknown member " + in_quotes(name) + "; " + std::string{subject} + " takes "
                  + listed(known);
    if (auto meant = closest_word(name, known); !meant.empty())
      detail += "; did you mean " + std::string{meant} + "?";
    return detail;
  }
  return std::nullopt;
}

std::optional<node_address> node_of(const json::value& value) {
  if (auto text = value.if_string())
    return parse_node_address(*text);
  auto number = value.if_int64(); // of what was parsed, only what is larger is a uint64
  if (!number || *number < 0 || *number > 0xFFFF)
    return std::nullopt;
  return node_address{static_cast<std::uint16_t>(*number)};
}

std::variant<command, problem> read_command(command_kind kind, const json::object& object,
                                            std::span<const std::string_view> beside) {
  auto known = members_of(kind);
  known.insert(known.begin(), beside.begin(), beside.end());
  if (auto foreign = foreign_member(object, to_string(kind), known))
    return invalid(*std::move(foreign));
  command out{.kind = kind};
  std::optional<problem> wrong;
  if (kind == command_kind::send)
    wrong = read_node(object, out.node);
  if (!wrong && (kind == command_kind::send || kind == command_kind::broadcast))
    wrong = read_content(object, out.message);
  if (kind == command_kind::clean)
    wrong = read_confirmation(object);
  if (wrong)
    return *std::move(wrong);
  return out;
}

std::variant<command, problem> parse_command_body(std::string_view text) {
  if (text.size() > limits::web_body)
    return problem{problem_kind::body_too_large,
                   "the body has more than " + std::to_string(limits::web_body) + " bytes"};
  json::error_code error;
  auto value = json::parse(text, error, {}, {.max_depth = 8});
  if (error)
    return problem{problem_kind::bad_request, "the body is not JSON: " + error.message()};
  auto object = value.if_object();
  if (!object)
    return invalid("the body is no object: expected one such as {\"kind\": \"network_info\"}");
  auto member = object->if_contains("kind");
  auto name = member ? member->if_string() : nullptr;
  if (!name)
    return invalid((member ? "\"kind\" is no text: expected " : "\"kind\" is missing: expected ")
                   + std::string{kinds});
  auto kind = parse_command_kind(*name);
  if (!kind)
    return invalid("\"kind\" is " + in_quotes(*name) + ": expected " + std::string{kinds});
  constexpr std::array<std::string_view, 1> beside{"kind"};
  return read_command(*kind, *object, beside);
}

access_scope scope_of(command_kind kind) noexcept {
  return kind == command_kind::reset_root || kind == command_kind::clean ? access_scope::admin
                                                                          : access_scope::command;
}

} // namespace xylem
