#include "protocol/monitor_messages.hpp"
#include "monitor_vectors.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

std::string bytes_of(const std::string& hex) {
  return std::string{text_of(from_hex(hex).value())};
}

/// The vector with other bytes at a place, which is where `was` is found first.
template <class Message>
std::optional<Message> with(const monitor_vector<Message>& sound, const std::string& was,
                            const std::string& is) {
  auto hex = sound.hex;
  auto place = hex.find(was);
  REQUIRE(place != std::string::npos);
  return decode<Message>(bytes_of(hex.replace(place, was.size(), is)));
}

template <class Message>
std::optional<Message> there_and_back(const Message& what) {
  return decode<Message>(encode(what));
}

event_page page_of(const event& what) {
  return {.events = {what}};
}

} // namespace

TEST_CASE("monitor: every message is the bytes of its vector, and is read from them") {
  each_monitor_vector([]<class Message>(const monitor_vector<Message>& each) {
    CAPTURE(each.hex);
    CHECK(to_hex(view_of(encode(each.what))) == to_hex(from_hex(each.hex).value()));
    auto read = decode<Message>(bytes_of(each.hex));
    REQUIRE(read);
    CHECK(*read == each.what);
  });
}

TEST_CASE("monitor: what a later version adds at the end is skipped") {
  each_monitor_vector([]<class Message>(const monitor_vector<Message>& each) {
    CHECK(decode<Message>(bytes_of(each.hex) + "more") == each.what);
  });
}

TEST_CASE("monitor: a message that ends early is none, wherever it ends") {
  each_monitor_vector([]<class Message>(const monitor_vector<Message>& each) {
    auto whole = bytes_of(each.hex);
    for (std::size_t size = 0; size < whole.size(); ++size)
      CHECK_FALSE(decode<Message>(std::string_view{whole}.substr(0, size)));
  });
}

TEST_CASE("monitor: whatever bit is wrong, what is read can be written and read again") {
  each_monitor_vector([]<class Message>(const monitor_vector<Message>& each) {
    auto whole = bytes_of(each.hex);
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      auto harmed = whole;
      harmed[bit / 8] = static_cast<char>(harmed[bit / 8] ^ (1 << bit % 8));
      if (auto read = decode<Message>(harmed))
        CHECK(there_and_back(*read) == read);
    }
  });
}

TEST_CASE("monitor: a count or length of 4 GiB at any place allocates nothing and is refused") {
  each_monitor_vector([]<class Message>(const monitor_vector<Message>& each) {
    auto whole = bytes_of(each.hex);
    for (std::size_t at = 0; at + 4 <= whole.size(); ++at) {
      auto harmed = whole;
      harmed.replace(at, 4, "\xFF\xFF\xFF\xFF");
      if (auto read = decode<Message>(harmed)) // it was a number
        CHECK(encode(*read).size() <= whole.size());
    }
  });
}

TEST_CASE("monitor: what no enumeration has is refused") {
  auto hello = gateway_hello_vector();
  CHECK_FALSE(with(hello, "01" "00000003" "0000018b", "02" "00000003" "0000018b")); // scope
  CHECK_FALSE(with(hello, "01 00000002 6f6b", "04 00000002 6f6b"));                 // link
  CHECK_FALSE(with(hello, "3fe0000000000000 01", "3fe0000000000000 02"));           // order
  CHECK_FALSE(with(hello, "00000003 693234", "00000003 693235"));                   // i25
  CHECK_FALSE(with(hello, "3fe0000000000000", "7ff0000000000000")); // an infinite scale
  CHECK_FALSE(with(subscription_vector(), "00000801", "00001801")); // kinds
  CHECK_FALSE(with(open_subscription_vector(), "00 00 00" "01", "00 00 00" "03")); // policy
  CHECK_FALSE(with(open_subscription_vector(), "00 00 00" "01" "00", "00 00 00" "01" "02"));
  CHECK_FALSE(with(page_vector(), "00 01 00000006", "0c 01 00000006")); // kind
  CHECK_FALSE(with(nodes_page_vector(), "01 01" "0000018b", "03 01" "0000018b")); // status
  CHECK_FALSE(with(nodes_page_vector(), "01 01" "0000018b", "01 02" "0000018b")); // heard
  CHECK_FALSE(with(report_query_vector(), "02", "03"));
  CHECK_FALSE(with(report_vector(), "01", "03"));
  CHECK_FALSE(with(command_vector(), "00 0005", "05 0005"));
  CHECK_FALSE(with(refused_command_vector(), "17 00000004", "1d 00000004"));
  CHECK_FALSE(with(refused_command_vector(), "00" "17", "02" "17"));
  CHECK_FALSE(with(command_answer_vector(), "00 03", "02 03"));
  CHECK_FALSE(with(command_answer_vector(), "00 03", "00 05"));
  CHECK_FALSE(with(command_answer_vector(), "01 03", "01 0a"));
}

TEST_CASE("monitor: the state of an event is one that its kind has") {
  auto reads = [](event_kind kind, std::uint8_t state) {
    return there_and_back(page_of({.kind = kind, .state = state})).has_value();
  };
  CHECK(reads(event_kind::reading, 1));
  CHECK_FALSE(reads(event_kind::reading, 2));
  CHECK(reads(event_kind::node_joined, 2));
  CHECK_FALSE(reads(event_kind::node_joined, 3));
  CHECK(reads(event_kind::node_changed, 2));
  CHECK_FALSE(reads(event_kind::node_changed, 3));
  CHECK(reads(event_kind::link_changed, 3));
  CHECK_FALSE(reads(event_kind::link_changed, 4));
  CHECK(reads(event_kind::command, 4));
  CHECK_FALSE(reads(event_kind::command, 5));
}

TEST_CASE("monitor: a uuid has 16 bytes, and a gap among the events tells what is lost") {
  event joined{.kind = event_kind::node_joined, .data = small_bytes{bytes(16)}};
  CHECK(there_and_back(page_of(joined)) == page_of(joined));
  joined.data = small_bytes{bytes(15)};
  CHECK_FALSE(there_and_back(page_of(joined)));
  auto gap = make_gap_event({3, 9, 7, "overwritten"}, vector_time);
  CHECK(there_and_back(page_of(gap)) == page_of(gap));
  gap.data = {};
  CHECK_FALSE(there_and_back(page_of(gap)));
}

TEST_CASE("monitor: numbers that JSON does not hold, and times behind the year 9999, are refused") {
  constexpr auto last = (std::uint64_t{1} << 53) - 1;
  CHECK(there_and_back(page_of({.seq = last, .id = last})));
  CHECK_FALSE(there_and_back(page_of({.seq = last + 1})));
  CHECK_FALSE(there_and_back(page_of({.id = last + 1})));
  CHECK_FALSE(there_and_back(remote_command_query{{last + 1}}));
  constexpr std::string_view now = "0000018bcfe56800";
  CHECK(with(pong_vector(), std::string{now}, "0000e677d21fdbff")); // 9999-12-31T23:59:59.999Z
  CHECK_FALSE(with(pong_vector(), std::string{now}, "0000e677d21fdc00"));
  CHECK(with(pong_vector(), std::string{now}, "ffffffffffffffff")); // 1 ms before 1970
  CHECK_FALSE(with(pong_vector(), std::string{now}, "8000000000000000"));
}

TEST_CASE("monitor: a text is UTF-8, and a report alone has more lines than one") {
  auto named = [](const std::string& hex) {
    return with(hello_vector(), "00000006 6f6666696365", "00000006 " + hex).has_value();
  };
  CHECK(named("c3a9 e282ac 41"));         // é€A
  CHECK_FALSE(named("c3a9 e282ac 0a"));   // a new line
  CHECK_FALSE(named("c3a9 e282ac ff"));
  CHECK_FALSE(named("6f6f6f6f e282"));    // the last character is cut
  CHECK_FALSE(named("eda080 6f6f6f"));    // half of a surrogate pair
  CHECK_FALSE(with(report_vector(), "6120310a", "612031ff"));
}

TEST_CASE("monitor: a text that is too long is refused, and is not written") {
  std::string longest(64, 'n');
  CHECK(there_and_back(monitor_hello{.name = longest})->name == longest);
  CHECK(there_and_back(monitor_hello{.name = longest + "n"})->name == longest);
  CHECK(there_and_back(monitor_hello{.name = longest.substr(1) + "é"})->name == longest.substr(1));
  CHECK(there_and_back(monitor_hello{.name = "a\n\xFFz"})->name == "a??z");
  auto sound = hello_vector();
  CHECK_FALSE(with(sound, "00000006 6f6666696365",
                   "00000041 " + to_hex(view_of(longest + "n"))));
  report full{.content = std::string(monitor_limits::report_bytes, '\n')};
  CHECK(there_and_back(full) == full);
  CHECK(encode(full).size() < monitor_limits::message_bytes);
}

TEST_CASE("monitor: lists are as long as their bounds, and no longer") {
  event_page page;
  page.events.resize(monitor_limits::page_events);
  CHECK(there_and_back(page) == page);
  auto one_more = encode(page);
  one_more[8] = 1; // 513: the count stands behind serial and the presence of a gap
  CHECK_FALSE(decode<event_page>(one_more + std::string(38, '\0')));
  monitor_hello hello;
  hello.serves.resize(256);
  CHECK(there_and_back(hello) == hello);
  nodes_page nodes;
  nodes.nodes.resize(monitor_limits::page_nodes);
  for (auto& each : nodes.nodes)
    each.known.series = {{type_code{std::string_view{"a"}}, {{.seq = 1}, {.seq = 2}}}};
  CHECK(there_and_back(nodes) == nodes);
}

TEST_CASE("monitor: readings of a series are in order, and there is one at least") {
  auto series_of = [](std::vector<reading> readings) {
    nodes_page page{.nodes = {{}}};
    page.nodes[0].known.series = {{type_code{std::string_view{"a"}}, std::move(readings)}};
    return there_and_back(page).has_value();
  };
  CHECK(series_of({{.seq = 1}, {.seq = 2}}));
  CHECK_FALSE(series_of({{.seq = 2}, {.seq = 2}}));
  CHECK_FALSE(series_of({{.seq = 2}, {.seq = 1}}));
  CHECK_FALSE(series_of({}));
}

TEST_CASE("monitor: a query for nodes wants 1 to 128 of them") {
  CHECK(there_and_back(nodes_query{.max = 1}));
  CHECK(there_and_back(nodes_query{.max = 128}));
  CHECK_FALSE(there_and_back(nodes_query{.max = 0}));
  CHECK_FALSE(there_and_back(nodes_query{.max = 129}));
}

TEST_CASE("monitor: data has up to 4096 bytes, a message 255, a code 3") {
  event most{.kind = event_kind::message, .data = small_bytes{bytes(4096)}};
  CHECK(there_and_back(page_of(most)) == page_of(most));
  CHECK_FALSE(with(page_vector(), "00000006 010203040506", "00001001 " + std::string(8194, '0')));
  remote_command longest{.what = {command_kind::broadcast, {}, bytes(255)}};
  CHECK(there_and_back(longest) == longest);
  CHECK_FALSE(with(command_vector(), "00000002 6869", "00000100 " + std::string(512, '0')));
  CHECK_FALSE(with(page_vector(), "00000003 475053", "00000004 47505353"));
}

TEST_CASE("monitor: what an element takes in a page is known before it is written") {
  auto page = page_vector().what;
  auto size = encode(page).size();
  for (const auto& each : page.events)
    size -= encoded_size(each);
  page.events.clear();
  CHECK(encode(page).size() == size);
  auto nodes = nodes_page_vector().what;
  size = encode(nodes).size() - encoded_size(nodes.nodes[0]);
  nodes.nodes.clear();
  CHECK(encode(nodes).size() == size);
}

TEST_CASE("a node that a page has no room for leaves out its oldest readings, as many of each type") {
  remote_node node;
  for (std::uint8_t i = 0; i < 64; ++i) {
    saved_series series{.code = type_code{std::string{"T"} + static_cast<char>('0' + i)}};
    for (std::uint64_t seq = 1; seq <= 5000; ++seq)
      series.readings.push_back({.seq = seq});
    node.known.series.push_back(std::move(series));
  }
  trim_to_page(node);
  CHECK(encoded_size(node) <= monitor_limits::page_bytes);
  CHECK(encoded_size(node) > monitor_limits::page_bytes / 4);
  for (const auto& series : node.known.series) {
    CHECK(series.readings.size() == node.known.series[0].readings.size());
    CHECK(series.readings.back().seq == 5000);
  }
  CHECK(decode<nodes_page>(encode(nodes_page{.nodes = {node}})));
}
