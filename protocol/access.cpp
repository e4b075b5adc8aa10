#include "protocol/access.hpp"

#include "protocol/bytes.hpp"
#include "protocol/iso_time.hpp"
#include "protocol/spelling.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parser.hpp>

#include <algorithm>
#include <initializer_list>

namespace xylem {

namespace {

namespace json = boost::json;

/// Four times what most_tokens of them need.
constexpr std::size_t most_bytes = 1024 * 1024;

constexpr std::size_t longest_name = 64;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_token_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
           || c == '_' || c == '-';
  });
}

/// Reads the list; the first thing that is wrong stays, with its place.
class token_reader {
public:
  std::optional<std::string> wrong{};
  std::vector<token_record> records{};

  void read(std::string_view text) {
    json::error_code error;
    json::parser parser{{}, {.max_depth = 4}};
    auto used = parser.write_some(text.data(), text.size(), error);
    if (error) {
      auto line = 1 + std::ranges::count(text.substr(0, used), '\n');
      return fail("line " + std::to_string(line), error.message());
    }
    if (!is_blank(text.substr(used)))
      return fail("the end", "there is more than one value");
    read_file(parser.release());
  }

private:
  void fail(std::string_view place, std::string_view why) {
    if (!wrong)
      wrong = std::string{place} + ": " + std::string{why};
  }

  /// An object with exactly these members; null when it is not.
  const json::object* members(const json::value& value, const std::string& place,
                              std::initializer_list<std::string_view> names) {
    auto object = value.if_object();
    if (!object) {
      fail(place, "expected an object");
      return nullptr;
    }
    for (auto name : names)
      if (!object->contains(name))
        fail(place, "\"" + std::string{name} + "\" is missing");
    for (const auto& member : *object)
      if (std::ranges::find(names, std::string_view{member.key()}) == names.end())
        fail(place, "unknown member " + in_quotes(member.key()));
    return wrong ? nullptr : object;
  }

  void read_file(const json::value& root) {
    auto object = members(root, "the file", {"tokens"});
    if (!object)
      return;
    auto list = object->at("tokens").if_array();
    if (!list)
      return fail("tokens", "expected a list");
    if (list->size() > most_tokens)
      return fail("tokens", "more than " + std::to_string(most_tokens));
    for (std::size_t i = 0; i < list->size() && !wrong; ++i)
      read_token((*list)[i], "tokens[" + std::to_string(i) + "]");
  }

  std::string_view text(const json::object& object, std::string_view name,
                        const std::string& place) {
    auto found = object.at(name).if_string();
    if (!found)
      fail(place + "." + std::string{name}, "expected text");
    return found ? std::string_view{*found} : std::string_view{};
  }

  void read_token(const json::value& value, const std::string& place) {
    auto object = members(value, place, {"name", "hash", "scope", "created"});
    if (!object)
      return;
    token_record record;
    record.name = text(*object, "name", place);
    if (!is_token_name(record.name))
      fail(place + ".name", "expected 1 to 64 of a-z, A-Z, 0-9, `.`, `_`, `-`");
    auto digits = text(*object, "hash", place);
    auto hash = from_hex(digits);
    if (digits.size() == 2 * record.hash.size() && hash && hash->size() == record.hash.size())
      std::ranges::copy(*hash, record.hash.begin());
    else
      fail(place + ".hash", "expected 64 hex digits");
    if (auto scope = parse_access_scope(text(*object, "scope", place)))
      record.scope = *scope;
    else
      fail(place + ".scope", "expected read, command or admin");
    if (auto created = parse_iso_time(text(*object, "created", place)))
      record.created = *created;
    else
      fail(place + ".created", "expected a time such as 2026-01-31T12:00:00.250Z");
    add(std::move(record), place);
  }

  void add(token_record&& record, const std::string& place) {
    if (std::ranges::count(records, record.name, &token_record::name) != 0)
      fail(place + ".name", "another token has the name " + in_quotes(record.name));
    if (std::ranges::count(records, record.hash, &token_record::hash) != 0)
      fail(place + ".hash", "another token has the same");
    records.push_back(std::move(record));
  }
};

} // namespace

std::string_view to_string(access_scope scope) noexcept {
  switch (scope) {
  case access_scope::read: return "read";
  case access_scope::command: return "command";
  case access_scope::admin: return "admin";
  }
  return "unknown";
}

std::optional<access_scope> parse_access_scope(std::string_view text) {
  for (auto scope : {access_scope::read, access_scope::command, access_scope::admin})
    if (text == to_string(scope))
      return scope;
  return std::nullopt;
}

std::variant<std::vector<token_record>, std::string> parse_tokens(std::string_view text) {
  token_reader reader;
  if (text.size() > most_bytes)
    return "the file is larger than 1 MiB";
  if (!is_blank(text))
    reader.read(text);
  if (reader.wrong)
    return std::move(*reader.wrong);
  return std::move(reader.records);
}

std::string to_text(std::span<const token_record> tokens) {
  std::string out = "{\"tokens\": [";
  for (const auto& record : tokens) {
    out += &record == tokens.data() ? "\n" : ",\n";
    out += "  {\"name\": \"" + record.name + "\", \"hash\": \"" + to_hex(record.hash)
           + "\", \"scope\": \"" + std::string{to_string(record.scope)} + "\", \"created\": \""
           + iso_time(record.created) + "\"}";
  }
  return out + (tokens.empty() ? "]}\n" : "\n]}\n");
}

/// No branch depends on what is compared, and every record is compared to its end.
const token_record* find_token(std::span<const token_record> tokens,
                               const token_hash& hash) noexcept {
  std::size_t place = 0; // from 1
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    unsigned difference = 0;
    for (std::size_t j = 0; j < hash.size(); ++j)
      difference |= std::to_integer<unsigned>(tokens[i].hash[j] ^ hash[j]);
    auto same = std::size_t{0} - ((difference - 1) >> 31); // all bits when nothing differs
    place |= (i + 1) & same;
  }
  return place == 0 ? nullptr : &tokens[place - 1];
}

} // namespace xylem
