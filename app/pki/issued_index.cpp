#include "app/pki/issued_index.hpp"

#include "protocol/iso_time.hpp"
#include "protocol/monitor_names.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <stdexcept>

namespace xylem::pki {

namespace {

namespace json = boost::json;

std::string_view text_in(const json::object& object, std::string_view name) {
  auto* found = object.if_contains(name);
  auto* text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr ? std::string_view{} : std::string_view{*text};
}

bool is_serial(std::string_view text) {
  return !text.empty() && text.size() <= 64
         && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<issued_certificate> parse_one(const json::value& value) {
  auto* object = value.if_object();
  if (object == nullptr)
    return std::nullopt;
  auto name = text_in(*object, "name");
  auto serial = text_in(*object, "serial");
  auto use = parse_certificate_use(text_in(*object, "use"));
  auto begin = parse_iso_time(text_in(*object, "not_before"));
  auto end = parse_iso_time(text_in(*object, "not_after"));
  if (!is_node_name(name) || !is_serial(serial) || !use || !begin || !end)
    return std::nullopt;
  return issued_certificate{std::string{name}, std::string{serial}, *use, *begin, *end};
}

} // namespace

std::vector<issued_certificate> parse_issued(std::string_view text) {
  std::vector<issued_certificate> out;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return out;
  json::error_code error;
  auto root = json::parse(text, error, {}, {.max_depth = 4});
  auto* object = error ? nullptr : root.if_object();
  auto* member = object == nullptr ? nullptr : object->if_contains("issued");
  auto* list = member == nullptr ? nullptr : member->if_array();
  if (list == nullptr || list->size() > most_issued)
    throw std::runtime_error{"not a list of issued certificates"};
  for (const auto& each : *list) {
    auto one = parse_one(each);
    if (!one)
      throw std::runtime_error{"issued[" + std::to_string(out.size()) + "] is no certificate"};
    out.push_back(*std::move(one));
  }
  return out;
}

std::string to_text(std::span<const issued_certificate> issued) {
  std::string out = "{\"issued\": [";
  for (const auto& one : issued) {
    out += &one == issued.data() ? "\n" : ",\n";
    out += "  {\"name\": \"" + one.name + "\", \"serial\": \"" + one.serial + "\", \"use\": \""
           + std::string{to_string(one.use)} + "\", \"not_before\": \"" + iso_time(one.not_before)
           + "\", \"not_after\": \"" + iso_time(one.not_after) + "\"}";
  }
  return out + (issued.empty() ? "]}\n" : "\n]}\n");
}

} // namespace xylem::pki
