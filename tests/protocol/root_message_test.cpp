#include "protocol/dialect.hpp"
#include "wire_vectors.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace xylem;

namespace {

using lines = std::vector<std::string>;

const dialect& classic() {
  static const auto speech = make_dialect("classic");
  return *speech;
}

std::string number(node_address node) {
  return std::to_string(node.value);
}

/// `get 5` and the bytes, if there are any.
std::string with_bytes(std::string words, bytes_view data) {
  return data.empty() ? words : words + " " + to_hex(data);
}

/// In the words of tests/vectors/root_messages.txt.
lines render(const root_message& said) {
  lines out;
  switch (said.kind) {
  case root_message_kind::data:
    out.push_back("data " + number(said.node));
    for (const auto& reading : said.readings)
      out.push_back(with_bytes("reading " + to_string(reading.code), reading.data));
    break;
  case root_message_kind::message:
    out.push_back(
        with_bytes("message " + number(said.node) + " " + to_string(said.code), said.payload));
    break;
  case root_message_kind::request:
    out.push_back(with_bytes("request " + number(said.node), said.payload));
    break;
  case root_message_kind::snapshot:
    out.push_back("snapshot");
    for (const auto& known : said.nodes)
      out.push_back("known " + number(known.address) + " " + to_hex(known.uuid));
    break;
  case root_message_kind::node_joined:
    REQUIRE(said.nodes.size() == 1);
    REQUIRE(said.nodes.front().address == said.node);
    out.push_back("joined " + number(said.node) + " " + to_hex(said.nodes.front().uuid));
    break;
  case root_message_kind::root_restarted:
    out.push_back(with_bytes("restarted", said.payload));
    break;
  case root_message_kind::root_log: out.push_back("log " + escaped_text(said.payload)); break;
  case root_message_kind::malformed:
    out.push_back("malformed " + number(said.node) + ": " + std::string{said.error});
    break;
  }
  return out;
}

data_type_registry registry_of(const wire_vector& vector) {
  data_type_registry types;
  for (const auto& setting : vector.settings) {
    auto words = words_of(setting);
    if (words.size() < 3 || words[0] != "data_type")
      throw std::runtime_error{"no such setting: " + setting};
    data_type type{type_code{words[1]}, {}};
    for (std::size_t i = 2; i < words.size(); ++i)
      type.fields.push_back(parse_field_format(words[i]).value());
    types.declare(type);
  }
  return types;
}

bool lies_within(bytes_view part, bytes_view whole) {
  return part.empty()
         || (part.data() >= whole.data()
             && part.data() + part.size() <= whole.data() + whole.size());
}

/// Parses a copy that ends where the payload ends, so that a sanitizer sees every step too far;
/// nothing that is said lies outside of it.
lines parse(bytes_view payload, const data_type_registry& types, root_message& reused) {
  auto copy = copy_of(payload);
  classic().parse_root(copy, types, reused);
  REQUIRE(lies_within(reused.payload, copy));
  for (const auto& reading : reused.readings)
    REQUIRE(lies_within(reading.data, copy));
  REQUIRE((reused.kind == root_message_kind::malformed) != reused.error.empty());
  return render(reused);
}

const std::vector<wire_vector>& all_vectors() {
  static const auto vectors = read_vectors("root_messages.txt");
  return vectors;
}

bool begins(const wire_vector& vector, std::string_view outcome) {
  return vector.expected.front().starts_with(outcome);
}

} // namespace

TEST_CASE("every root message vector says what it says") {
  root_message reused;
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    CHECK(parse(vector.data, registry_of(vector), reused)
          == with_runs_written_out(vector.expected));
  }
}

TEST_CASE("what a root said before changes nothing about what it says now") {
  for (const auto& before : all_vectors())
    for (const auto& vector : all_vectors()) {
      INFO(before.name << ", then " << vector.name);
      root_message reused;
      parse(before.data, registry_of(before), reused);
      REQUIRE(parse(vector.data, registry_of(vector), reused)
              == with_runs_written_out(vector.expected));
    }
}

TEST_CASE("an update, a snapshot or a join that breaks off anywhere is malformed as a whole") {
  root_message reused;
  auto cuts = 0;
  for (const auto& vector : all_vectors()) {
    if (!begins(vector, "data") && !begins(vector, "snapshot") && !begins(vector, "joined"))
      continue;
    INFO(vector.name);
    auto types = registry_of(vector);
    auto trailer = vector.name.find("trailer") != std::string::npos;
    for (std::size_t size = 5; size < vector.data.size(); ++size) { // address and type stay
      if (trailer && size + 3 == vector.data.size())
        continue; // without its trailer it is whole
      parse(bytes_view{vector.data}.first(size), types, reused);
      REQUIRE(reused.kind == root_message_kind::malformed);
      ++cuts;
    }
  }
  CHECK(cuts > 300);
}

TEST_CASE("a message cut anywhere or with any bit flipped is understood or malformed, no more") {
  root_message reused;
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    auto types = registry_of(vector);
    for (std::size_t i = 0; i < vector.data.size(); ++i) {
      parse(bytes_view{vector.data}.first(i), types, reused);
      for (auto bit = 0; bit < 8; ++bit) {
        auto flipped = vector.data;
        flipped[i] ^= std::byte{1} << bit;
        parse(flipped, types, reused);
      }
    }
  }
}

TEST_CASE("a payload of nothing is malformed") {
  root_message said;
  CHECK(parse({}, {}, said) == lines{"malformed 0: shorter than an address"});
}

TEST_CASE("an update holds up to 255 readings") {
  auto payload = parse_bytes("0005 \"[D]\" FF");
  for (auto i = 0; i < 255; ++i)
    append(payload, parse_bytes("\"T1.\" 01 2A"));
  root_message said;
  classic().parse_root(payload, {}, said);
  CHECK(said.kind == root_message_kind::data);
  CHECK(said.readings.size() == 255);
}

TEST_CASE("a snapshot holds 40 nodes and more") {
  for (auto count : {40u, 226u, 255u}) { // 226 fill the largest frame
    auto payload = parse_bytes("0000 \"NET\"");
    append_big(payload, static_cast<std::uint8_t>(count));
    for (std::size_t i = 1; i <= count; ++i) {
      append_big(payload, static_cast<std::uint16_t>(i));
      append(payload, node_uuid{});
    }
    root_message said;
    classic().parse_root(payload, {}, said);
    CHECK(said.kind == root_message_kind::snapshot);
    CHECK(said.nodes.size() == count);
  }
}

TEST_CASE("every type of three bytes is understood or passed on, never dropped") {
  root_message said;
  for (unsigned i = 0; i < 0x1000000; i += 251) { // 251 is prime: all of each byte's values occur
    auto payload = parse_bytes("0005");
    append_big(payload, i);
    payload.erase(payload.begin() + 2); // the highest byte of four
    auto type = text_of(payload).substr(2);
    if (type == "[D]" || type == "[M]" || type == "NET" || type == "NOD" || type == "<Q>"
        || type == "RST")
      continue;
    append(payload, "x");
    classic().parse_root(payload, {}, said);
    REQUIRE(said.kind == root_message_kind::message);
    REQUIRE(text_of(said.payload) == "x");
    REQUIRE(text_of(said.code.view()) == type);
  }
}
