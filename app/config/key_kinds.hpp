#pragma once

#include "app/config/keys.hpp"
#include "app/config/quantity.hpp"

#include <algorithm>
#include <limits>

/// The kinds of keys that the tables are made of.
namespace xylem::key_kinds {

template <class T>
struct range {
  T least;
  T most;

  bool holds(const T& value) const { return least <= value && value <= most; }
};

template <class Target, class Base, class T, class Read, class Show>
configuration_key<Target> make_key(std::string name, T Base::*member, std::string expected,
                                   std::string doc, Read read, Show show) {
  return {std::move(name),
          std::move(expected),
          std::move(doc),
          {},
          {},
          [member, read](Target& target, const written_value& written) {
            std::optional<T> value = read(written);
            if (value)
              target.*member = *std::move(value);
            return value.has_value();
          },
          [member, show](const Target& target) { return show(target.*member); }};
}

template <class Target, class Base, class T>
configuration_key<Target> count(std::string name, T Base::*member, range<std::int64_t> bounds,
                                std::string unit, std::string doc) {
  auto expected = "a number from " + std::to_string(bounds.least) + " to "
                  + std::to_string(bounds.most) + ' ' + unit;
  auto read = [bounds](const written_value& written) -> std::optional<T> {
    auto value = written.integer();
    return value && bounds.holds(*value) ? std::optional{static_cast<T>(*value)} : std::nullopt;
  };
  return make_key<Target>(std::move(name), member, std::move(expected), std::move(doc), read,
                          [](T value) { return std::to_string(value); });
}

template <class Target, class Base>
configuration_key<Target> size(std::string name, std::size_t Base::*member,
                               range<std::size_t> bounds, std::string doc) {
  auto expected = "a size from " + show_size(bounds.least) + " to " + show_size(bounds.most);
  auto read = [bounds](const written_value& written) -> std::optional<std::size_t> {
    auto value = written.text() ? parse_size(*written.text()) : std::nullopt;
    if (auto plain = written.integer(); plain && *plain >= 0)
      value = static_cast<std::size_t>(*plain);
    return value && bounds.holds(*value) ? value : std::nullopt;
  };
  auto key = make_key<Target>(std::move(name), member, std::move(expected), std::move(doc), read,
                              [](std::size_t value) { return '"' + show_size(value) + '"'; });
  key.examples = "such as 4096, \"64 KiB\", \"1 MiB\"";
  return key;
}

template <class Target, class Base>
configuration_key<Target> duration(std::string name, milliseconds Base::*member,
                                   range<milliseconds> bounds, std::string doc) {
  auto expected = "a duration from " + show_milliseconds(bounds.least) + " to "
                  + show_milliseconds(bounds.most);
  auto read = [bounds](const written_value& written) -> std::optional<milliseconds> {
    auto value = written.text() ? parse_milliseconds(*written.text()) : std::nullopt;
    if (auto seconds = written.number())
      value = milliseconds_of_seconds(*seconds);
    return value && bounds.holds(*value) ? value : std::nullopt;
  };
  auto key =
      make_key<Target>(std::move(name), member, std::move(expected), std::move(doc), read,
                       [](milliseconds value) { return '"' + show_milliseconds(value) + '"'; });
  key.examples = "such as \"50ms\", \"10s\", \"3m\" or a number of seconds";
  return key;
}

/// Text that `accepts` accepts; what it accepts needs no escapes in a file.
template <class Target, class Base>
configuration_key<Target> text(std::string name, std::string Base::*member, std::string expected,
                               bool (*accepts)(std::string_view), std::string doc) {
  auto read = [accepts](const written_value& written) -> std::optional<std::string> {
    auto value = written.text();
    return value && accepts(*value) ? std::optional<std::string>{*value} : std::nullopt;
  };
  return make_key<Target>(std::move(name), member, std::move(expected), std::move(doc), read,
                          [](const std::string& value) { return '"' + value + '"'; });
}

/// What stands between commas, without blanks around it; nothing for an empty text.
std::vector<std::string> split_list(std::string_view text);

/// `"none", "hardware" or "software"`
std::string any_of(const std::vector<std::string>& names);

template <class Target, class Base, class T>
configuration_key<Target> one_of(std::string name, T Base::*member,
                                 std::vector<std::pair<std::string, T>> choices, std::string doc) {
  std::vector<std::string> names;
  for (const auto& [spelling, value] : choices)
    names.push_back(spelling);
  auto read = [choices](const written_value& written) -> std::optional<T> {
    for (const auto& [spelling, value] : choices)
      if (written.text() == spelling)
        return value;
    return std::nullopt;
  };
  auto show = [choices](const T& shown) -> std::string {
    for (const auto& [spelling, value] : choices)
      if (value == shown)
        return '"' + spelling + '"';
    return "\"\"";
  };
  auto key = make_key<Target>(std::move(name), member, any_of(names), std::move(doc), read, show);
  key.choices = std::move(names);
  return key;
}

template <class Target, class Base>
configuration_key<Target> flag(std::string name, bool Base::*member, std::string doc) {
  return make_key<Target>(
      std::move(name), member, "true or false", std::move(doc),
      [](const written_value& written) { return written.flag(); },
      [](bool value) { return std::string{value ? "true" : "false"}; });
}

/// Items between commas, each of which `accepts` accepts.
template <class Target, class Base>
configuration_key<Target> list(std::string name, std::vector<std::string> Base::*member,
                               std::string expected, bool (*accepts)(std::string_view),
                               std::string doc) {
  auto read = [accepts](const written_value& written) -> std::optional<std::vector<std::string>> {
    if (!written.text())
      return std::nullopt;
    auto items = split_list(*written.text());
    return std::ranges::all_of(items, accepts) ? std::optional{std::move(items)} : std::nullopt;
  };
  auto show = [](const std::vector<std::string>& items) {
    std::string all;
    for (const auto& item : items)
      all += (all.empty() ? "" : ", ") + item;
    return '"' + all + '"';
  };
  return make_key<Target>(std::move(name), member, std::move(expected), std::move(doc), read, show);
}

template <class Target, class Base>
configuration_key<Target> address(std::string name, endpoint Base::*member, std::string doc) {
  auto read = [](const written_value& written) {
    return written.text() ? parse_endpoint(*written.text()) : std::nullopt;
  };
  return make_key<Target>(std::move(name), member, "\"host:port\"", std::move(doc), read,
                          [](const endpoint& value) { return '"' + show_endpoint(value) + '"'; });
}

/// No address is one, too: a port that is not wanted.
template <class Target, class Base>
configuration_key<Target> optional_address(std::string name, endpoint Base::*member,
                                           std::string doc) {
  auto read = [](const written_value& written) -> std::optional<endpoint> {
    if (written.text() == "")
      return endpoint{};
    return written.text() ? parse_endpoint(*written.text()) : std::nullopt;
  };
  auto show = [](const endpoint& value) {
    return value.host.empty() ? std::string{"\"\""} : '"' + show_endpoint(value) + '"';
  };
  return make_key<Target>(std::move(name), member, "\"host:port\", or empty", std::move(doc), read,
                          show);
}

} // namespace xylem::key_kinds
