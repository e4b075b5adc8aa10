#include "app/sim/line_rate.hpp"

#include "protocol/line_diagnosis.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::string_literals;

namespace {

bytes updates(std::size_t count) {
  bytes out;
  for (std::size_t i = 0; i < count; ++i) {
    auto payload = "\x00\x05[D]\x01GPS\x06\x0c\xda\xc8\x4a\xc7"s + static_cast<char>(i);
    append_frame(out, view_of(payload));
  }
  return out;
}

} // namespace

TEST_CASE("a UART at the sender's rate hears what was sent") {
  CHECK(heard_at(updates(3), 9'600, 9'600) == updates(3));
}

TEST_CASE("a UART a little beside the sender's rate hears it, too, as real ones do") {
  CHECK(heard_at(updates(3), 115'200, 117'000) == updates(3));
}

TEST_CASE("at half the rate two bits become one, at the double rate one becomes two") {
  bytes sent{std::byte{0x55}};
  CHECK(heard_at(sent, 9'600, 19'200) != sent);
  // 0x55 is 0 1010 1010 1 on the line: the receiver at the double rate sees each bit twice.
  CHECK(heard_at(sent, 9'600, 19'200).front() == std::byte{0x66});
  CHECK(heard_at(updates(4), 9'600, 4'800).size() < updates(4).size());
  CHECK(heard_at(updates(4), 9'600, 115'200).size() > updates(4).size());
}

TEST_CASE("of all usual rates the right one alone is convincing") {
  for (auto sent : usual_rates())
    for (auto heard : usual_rates()) {
      INFO(sent << " heard at " << heard);
      line_sample sample{heard, heard_at(updates(20), sent, heard)};
      CHECK(is_convincing(sample) == (sent == heard));
    }
}
