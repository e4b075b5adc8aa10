#include "protocol/log_request.hpp"

#include "protocol/command_members.hpp"
#include "protocol/spelling.hpp"

#include <boost/json/parse.hpp>

namespace xylem {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 1> members{"level"};
constexpr std::string_view expected = "expected {\"level\": \"debug\"}, or info, warning, error";

problem bad(std::string detail) {
  return {problem_kind::bad_request, std::move(detail)};
}

} // namespace

std::variant<std::size_t, problem> parse_log_request(std::string_view body) {
  boost::system::error_code error;
  auto document = json::parse(body, error);
  auto object = error ? nullptr : document.if_object();
  if (!object)
    return bad("the body is no JSON object: " + std::string{expected});
  if (auto foreign = foreign_member(*object, "the log", members))
    return bad(*std::move(foreign));
  auto level = object->if_contains("level");
  auto name = level ? level->if_string() : nullptr;
  if (!name)
    return bad(std::string{level ? "\"level\" is no text: " : "\"level\" is missing: "}
               + std::string{expected});
  auto found = std::ranges::find(log_level_names, std::string_view{*name});
  if (found == log_level_names.end())
    return bad("\"level\" is " + in_quotes(*name) + ": " + std::string{expected});
  return static_cast<std::size_t>(found - log_level_names.begin());
}

} // namespace xylem
