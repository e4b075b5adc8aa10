#include "protocol/monitor_access.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr wall_time begin{1'000'000'000'000ms};
constexpr wall_time end = begin + 24h;

const node_identity office{"office", "0a", begin, end, false, true};

const monitor_access list{{{"office", access_scope::read}, {"ops", access_scope::command}}};

} // namespace

TEST_CASE("a name in the list has its scope, any other one has none") {
  CHECK(list.scope_of("office") == access_scope::read);
  CHECK(list.scope_of("ops") == access_scope::command);
  CHECK(list.scope_of("offic") == std::nullopt);
  CHECK(list.scope_of("") == std::nullopt);
  CHECK(monitor_access{}.scope_of("office") == std::nullopt);
}

TEST_CASE("a certificate is valid from its first to its last second") {
  CHECK(check_time(office, begin - 1ms) == access_denial::not_yet_valid);
  CHECK(check_time(office, begin) == std::nullopt);
  CHECK(check_time(office, end + 999ms) == std::nullopt);
  CHECK(check_time(office, end + 1s) == access_denial::expired);
}

TEST_CASE("who is in the list may follow with its scope or less, and not with more") {
  auto ops = office;
  ops.name = "ops";
  CHECK(list.why_not(office, access_scope::read, begin) == std::nullopt);
  CHECK(list.why_not(office, access_scope::command, begin) == access_denial::scope_taken);
  CHECK(list.why_not(ops, access_scope::command, begin) == std::nullopt);
  CHECK(list.why_not(ops, access_scope::read, begin) == std::nullopt);
}

TEST_CASE("nobody follows out of its time, with a certificate for gates alone, or unlisted") {
  CHECK(list.why_not(office, access_scope::read, end + 1s) == access_denial::expired);
  CHECK(list.why_not(office, access_scope::read, begin - 1s) == access_denial::not_yet_valid);
  auto gate = office;
  gate.may_follow = false;
  gate.may_serve = true;
  CHECK(list.why_not(gate, access_scope::read, begin) == access_denial::wrong_use);
  auto stranger = office;
  stranger.name = "stranger";
  CHECK(list.why_not(stranger, access_scope::read, begin) == access_denial::not_allowed);
}

TEST_CASE("each denial has a label and a sentence of its own, and times name both clocks") {
  std::set<std::string> labels;
  std::set<std::string> sentences;
  for (auto why : {access_denial::not_yet_valid, access_denial::expired, access_denial::revoked,
                   access_denial::wrong_use, access_denial::unexpected_name,
                   access_denial::not_allowed, access_denial::scope_taken}) {
    labels.emplace(to_string(why));
    sentences.insert(explain(why, office, end + 1h));
  }
  CHECK(labels.size() == 7);
  CHECK(sentences.size() == 7);
  CHECK(explain(access_denial::expired, office, end + 1h)
        == "the certificate of office has expired at 2001-09-10T01:46:40.000Z,"
           " and this machine takes it to be 2001-09-10T02:46:40.000Z");
}
