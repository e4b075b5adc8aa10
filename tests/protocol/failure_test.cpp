#include "protocol/command.hpp"
#include "protocol/failure.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace xylem;

TEST_CASE("the texts of failures are those of wire section 4") {
  CHECK(to_string(failure::node_not_found) == "Node Not Found");
  CHECK(to_string(failure::data_type_not_found) == "Data Type Not Found");
  CHECK(to_string(failure::no_serial_connection) == "No Serial Connection");
  CHECK(to_string(failure::message_too_long) == "Message Too Long");
  CHECK(to_string(failure::queue_full) == "Queue Full");
  CHECK(to_string(failure::mixed_data_lengths) == "Mixed Data Lengths");
  CHECK(to_string(failure::unknown_command) == "Unknown Command");
  CHECK(to_string(failure::timeout) == "Timeout");
  CHECK(to_string(failure::too_many_clients) == "Too Many Clients");
  CHECK(to_string(failure::not_available) == "Not Available");
}

TEST_CASE("every failure has a text of its own that fits into one reply") {
  std::set<std::string_view> texts;
  auto last = static_cast<int>(failure::not_available);
  for (auto value = 0; value <= last; ++value) {
    auto text = to_string(static_cast<failure>(value));
    CHECK(is_printable(view_of(text)));
    CHECK(text.size() <= 255); // wire §4: one length byte
    texts.insert(text);
  }
  CHECK(texts.size() == static_cast<std::size_t>(last) + 1);
}

TEST_CASE("every kind of command has a name") {
  CHECK(to_string(command_kind::send) == "send");
  CHECK(to_string(command_kind::broadcast) == "broadcast");
  CHECK(to_string(command_kind::network_info) == "network_info");
  CHECK(to_string(command_kind::reset_root) == "reset_root");
  CHECK(to_string(command_kind::clean) == "clean");
}
