#include "protocol/page_encoder.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

constexpr std::uint64_t epoch = 7;

event reading(std::uint64_t seq) {
  event out;
  out.seq = seq;
  out.kind = event_kind::reading;
  out.id = seq;
  return out;
}

/// Everything behind `from` up to `reached`.
event_page page_of(std::uint64_t from, std::uint64_t reached) {
  event_page out{.serial = 1, .reached = {epoch, reached}, .newest = {epoch, reached}};
  for (auto seq = from + 1; seq <= reached; ++seq)
    out.events.push_back(reading(seq));
  return out;
}

} // namespace

TEST_CASE("page encoder: who follows from the same place gets the bytes of before") {
  page_encoder encoder;
  auto page = page_of(3, 5);
  auto first = encoder.encode({epoch, 3}, page);
  CHECK(first == encode(page));
  auto again = encoder.encode({epoch, 3}, page);
  CHECK(again.data() == first.data());
  CHECK(again == encode(page));
}

TEST_CASE("page encoder: a page that differs in anything is encoded by itself") {
  page_encoder encoder;
  std::vector<std::pair<cursor, event_page>> all{{{epoch, 3}, page_of(3, 5)},
                                                 {{epoch, 4}, page_of(4, 5)},
                                                 {{epoch, 3}, page_of(3, 6)}};
  all.push_back(all[0]);
  all.back().second.serial = 2; // of another subscription
  all.push_back(all[0]);
  all.back().second.newest.seq = 9;
  all.push_back(all[0]);
  all.back().first.epoch = all.back().second.reached.epoch = all.back().second.newest.epoch = 8;
  for (const auto& [from, page] : all) {
    encoder.encode(all[0].first, all[0].second);
    CHECK(encoder.encode(from, page) == encode(page));
  }
}

TEST_CASE("page encoder: a page that leaves something out is nobody else's") {
  page_encoder encoder;
  auto filtered = page_of(3, 5);
  filtered.events.pop_back();
  auto other = page_of(3, 5);
  other.events.erase(other.events.begin());
  encoder.encode({epoch, 3}, filtered);
  CHECK(encoder.encode({epoch, 3}, other) == encode(other));
  auto lossy = page_of(3, 5);
  lossy.gap = make_gap_event(told_gap{.from = 1, .to = 3, .count = 3, .reason = "trimmed"}, {});
  encoder.encode({epoch, 3}, page_of(3, 5));
  CHECK(encoder.encode({epoch, 3}, lossy) == encode(lossy));
  CHECK(encoder.encode({epoch, 3}, page_of(3, 5)) == encode(page_of(3, 5)));
  auto elsewhere = page_of(3, 5);
  CHECK(encoder.encode({epoch + 1, 3}, elsewhere) == encode(elsewhere)); // of another epoch
}
