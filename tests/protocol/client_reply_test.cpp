#include "protocol/dialect.hpp"
#include "protocol/query.hpp"
#include "wire_vectors.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

/// A mesh as the settings of tests/vectors/replies.txt describe it.
class scripted_mesh {
public:
  explicit scripted_mesh(std::size_t depth) : table_{{.history_depth = depth}} {}

  void apply(const std::string& setting) {
    auto words = words_of(setting);
    const auto& word = words.at(0);
    if (word == "at")
      now_.wall = wall_time{std::chrono::milliseconds{std::stoll(words.at(1))}};
    else if (word == "reading")
      readings(words, setting);
    else if (word == "snapshot")
      apply_event({.node = *parse_node_address(words.at(1)), .kind = event_kind::node_joined});
    else if (word == "idle")
      pass(60s); // idle_after
    else if (word == "disconnected")
      pass(180s); // disconnected_after
    else if (word == "link_down")
      apply_event(
          {.kind = event_kind::link_changed, .state = static_cast<std::uint8_t>(link_state::down)});
    else if (word == "restarted")
      apply_event({.kind = event_kind::root_restarted});
    else if (word != "depth")
      throw std::runtime_error{"no such setting: " + setting};
  }

  bytes ask(bytes_view input) const {
    auto speech = make_dialect("classic");
    auto parsed = speech->parse_request(input);
    REQUIRE(parsed.status == parse_status::complete);
    bytes out;
    const auto& request = parsed.request;
    query_engine{table_, *speech}.answer({request.kind, request.max, request.node, request.code},
                                         out);
    return out;
  }

private:
  /// reading NODES TYPE BYTES
  void readings(const std::vector<std::string>& words, const std::string& setting) {
    auto dash = words.at(1).find('-');
    auto first = std::stoul(words[1]);
    auto last = dash == std::string::npos ? first : std::stoul(words[1].substr(dash + 1));
    bytes data;
    if (words.size() > 3)
      data = parse_bytes(setting.substr(setting.find(words[2]) + words[2].size()));
    for (auto node = first; node <= last; ++node)
      apply_event({.node = node_address{static_cast<std::uint16_t>(node)},
                   .code = type_code{words.at(2)},
                   .kind = event_kind::reading,
                   .state = 1,
                   .data = small_bytes{data}});
  }

  void apply_event(event what) {
    std::vector<event> ignored;
    what.time = now_.wall;
    table_.apply(std::move(what), now_.mono, ignored);
  }

  void pass(std::chrono::milliseconds time) {
    std::vector<event> ignored;
    now_.mono += time;
    now_.wall += time;
    table_.sweep(now_, ignored);
  }

  node_table table_;
  instant now_{mono_time{24h}, wall_time{}};
};

std::size_t depth_of(const wire_vector& vector) {
  auto words = words_of(vector.settings.front());
  return words.at(0) == "depth" ? std::stoul(words.at(1)) : limits::history_depth;
}

/// What the gateway pushes for the payload of a root's frame.
bytes push_of(const wire_vector& vector) {
  dialect_options options;
  bytes out;
  for (const auto& setting : vector.settings) {
    if (setting == "request_address big") {
      options.request_address = byte_order::big;
    } else if (setting.starts_with("root ")) {
      auto speech = make_dialect("classic", options);
      root_message said;
      auto payload = parse_bytes(setting.substr(5));
      speech->parse_root(payload, {}, said);
      auto kind = said.kind == root_message_kind::message          ? event_kind::message
                  : said.kind == root_message_kind::request        ? event_kind::request
                  : said.kind == root_message_kind::root_restarted ? event_kind::root_restarted
                  : said.kind == root_message_kind::data           ? event_kind::reading
                  : said.kind == root_message_kind::root_log       ? event_kind::root_log
                  : said.kind == root_message_kind::malformed      ? event_kind::node_heard
                                                                   : event_kind::node_joined;
      speech->append_push(
          out,
          {.node = said.node, .code = said.code, .kind = kind, .data = small_bytes{said.payload}});
    } else if (setting != "request_address little") {
      throw std::runtime_error{"no such setting: " + setting};
    }
  }
  return out;
}

} // namespace

TEST_CASE("every request is answered as its vector says") {
  for (const auto& vector : read_vectors("replies.txt")) {
    INFO(vector.name);
    scripted_mesh mesh{depth_of(vector)};
    REQUIRE(vector.settings.back().starts_with("ask "));
    for (std::size_t i = 0; i + 1 < vector.settings.size(); ++i)
      mesh.apply(vector.settings[i]);
    CHECK(to_hex(mesh.ask(parse_bytes(vector.settings.back().substr(4)))) == to_hex(vector.data));
  }
}

TEST_CASE("every message of the root is pushed as its vector says") {
  for (const auto& vector : read_vectors("pushes.txt")) {
    INFO(vector.name);
    CHECK(to_hex(push_of(vector)) == to_hex(vector.data));
  }
}

TEST_CASE("only messages, requests and restarts of the root are pushed") {
  auto speech = make_dialect("classic");
  for (auto i = 0; i <= static_cast<int>(event_kind::gap); ++i) {
    auto kind = static_cast<event_kind>(i);
    INFO(to_string(kind));
    bytes out;
    speech->append_push(out, {.node = node_address{5}, .code = type_code{"[M]"}, .kind = kind});
    auto pushed = kind == event_kind::message || kind == event_kind::request
                  || kind == event_kind::root_restarted;
    CHECK(out.empty() == !pushed);
  }
}

TEST_CASE("success is S, and listening is accepted with [ack] and a zero") {
  auto speech = make_dialect("classic");
  bytes out;
  speech->append_success(out);
  speech->append_listen_accepted(out);
  CHECK(out == parse_bytes("\"S\" \"[ack]\" 00"));
}

TEST_CASE("a failure is F, a length of one byte, and its text") {
  auto speech = make_dialect("classic");
  for (auto i = 0; i <= static_cast<int>(failure::not_available); ++i) {
    auto reason = static_cast<failure>(i);
    auto text = to_string(reason);
    bytes out;
    speech->append_failure(out, reason);
    auto expected = parse_bytes("\"F\"");
    expected.push_back(static_cast<std::byte>(text.size()));
    append(expected, text);
    CHECK(out == expected);
  }
}

TEST_CASE("a count of active nodes that two bytes cannot hold is the largest that they can") {
  auto speech = make_dialect("classic");
  bytes out;
  speech->append_active_count(out, 0xFFFF);
  speech->append_active_count(out, 0x10000);
  CHECK(out == parse_bytes("\"S\" FFFF \"S\" FFFF"));
}

TEST_CASE("a connection of the classic dialect carries any number of requests") {
  CHECK_FALSE(make_dialect("classic")->closes_after_reply());
}
