#include "protocol/dialect.hpp"
#include "wire_vectors.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;

namespace {

using lines = std::vector<std::string>;

const dialect& classic() {
  static const auto speech = make_dialect("classic");
  return *speech;
}

std::string render(const client_request& request) {
  auto node = std::to_string(request.node.value);
  auto data = request.payload.empty() ? "" : " " + to_hex(request.payload);
  switch (request.kind) {
  case request_kind::get: return "get " + node + " " + to_string(request.code);
  case request_kind::history:
    return "history " + node + " " + to_string(request.code) + " " + std::to_string(request.max);
  case request_kind::command: {
    auto addressed =
        request.command == command_kind::send || request.command == command_kind::broadcast;
    return "command " + std::string{to_string(request.command)}
           + (addressed ? " " + node + data : "");
  }
  case request_kind::answer: return "answer " + node + data;
  case request_kind::active_count: return "active_count";
  case request_kind::node_status: return "node_status";
  case request_kind::listen: return "listen";
  }
  return "?";
}

/// In the words of tests/vectors/requests.txt.
lines render(const parse_result& result, std::size_t size) {
  switch (result.status) {
  case parse_status::need_more: return {"need_more"};
  case parse_status::open_ended: return {"open_ended"};
  case parse_status::failed: return {"failed " + std::string{to_string(result.reason)}};
  case parse_status::complete: break;
  }
  lines out{render(result.request)};
  if (result.consumed != size)
    out.push_back("consumed " + std::to_string(result.consumed));
  return out;
}

/// Parses a copy that ends where the input ends; the request is in the words of the vectors, so
/// that nothing points into it.
lines parse(bytes_view input) {
  auto copy = copy_of(input);
  auto result = classic().parse_request(copy);
  auto out = render(result, copy.size());
  if (result.status == parse_status::open_ended)
    out.push_back(render(classic().parse_open_ended(copy), copy.size()).front());
  return out;
}

const std::vector<wire_vector>& all_vectors() {
  static const auto vectors = read_vectors("requests.txt");
  return vectors;
}

} // namespace

TEST_CASE("every client request vector is what it says") {
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    CHECK(parse(vector.data) == with_runs_written_out(vector.expected));
  }
}

TEST_CASE("a request is complete with its last byte and not before") {
  for (const auto& vector : all_vectors()) {
    auto whole = classic().parse_request(vector.data);
    if (whole.status != parse_status::complete)
      continue;
    INFO(vector.name);
    auto request = bytes_view{vector.data}.first(whole.consumed);
    for (std::size_t size = 1; size < request.size(); ++size)
      REQUIRE(parse(request.first(size)) == lines{"need_more"});
    CHECK(parse(request).size() == 1); // all of it is consumed
  }
}

TEST_CASE("what follows a request changes nothing about it") {
  for (const auto& vector : all_vectors()) {
    auto alone = classic().parse_request(vector.data);
    if (alone.status != parse_status::complete)
      continue;
    INFO(vector.name);
    for (auto next : {"0a", "4e494e464f", "ffffffffffff", "00"}) {
      auto input = vector.data;
      append(input, *from_hex(next));
      auto result = classic().parse_request(input);
      REQUIRE(result.status == parse_status::complete);
      CHECK(result.consumed == alone.consumed);
      CHECK(render(result.request) == render(alone.request));
    }
  }
}

TEST_CASE("every kind of request has a vector") {
  for (auto kind : {"get", "history", "command send", "command broadcast", "command network_info",
                    "command reset_root", "command clean", "answer", "active_count", "node_status",
                    "listen"})
    CHECK_MESSAGE(std::ranges::any_of(all_vectors(),
                                      [&](const wire_vector& vector) {
                                        return vector.expected.back().starts_with(kind)
                                               || vector.expected.front().starts_with(kind);
                                      }),
                  kind);
}

TEST_CASE("any bytes are a request, a beginning of one, or refused") {
  std::mt19937_64 random{3};
  for (const auto& vector : all_vectors())
    for (std::size_t i = 0; i < vector.data.size(); ++i)
      for (auto bit = 0; bit < 8; ++bit) {
        auto input = vector.data;
        input[i] ^= std::byte{1} << bit;
        auto result = classic().parse_request(input);
        REQUIRE(result.consumed <= input.size());
        REQUIRE((result.status == parse_status::complete) == (result.consumed > 0));
        parse(input);
      }
  for (auto round = 0; round < 10'000; ++round) {
    bytes input(1 + random() % 20);
    for (auto& byte : input)
      byte = static_cast<std::byte>(random());
    parse(input);
  }
}

TEST_CASE("only an answer ends with its connection: what else is open then is refused") {
  for (auto text : {"SEND-", "[GET]", "NINFO", "HELLO", "[RE", ""}) {
    INFO(text);
    auto result = classic().parse_open_ended(view_of(std::string_view{text}));
    CHECK(result.status == parse_status::failed);
    CHECK(result.reason == failure::unknown_command);
  }
  for (auto input : {"53454e442d000505", "42434153540000ff41", "5b4745545d0005475053"}) {
    INFO(input); // SEND- and BCAST with less than their length, and a whole [GET]
    CHECK(classic().parse_open_ended(*from_hex(input)).status == parse_status::failed);
  }
}
