#include "app/sim/simulated_node.hpp"

#include <cmath>
#include <numbers>

namespace xylem {

namespace {

constexpr std::size_t headings = 64;
constexpr double center_longitude = 8.40444;
constexpr double center_latitude = 49.01409;
constexpr double degrees_a_metre = 1.0 / 111'320;
constexpr double longitude_stretch = 1.524; // a degree of longitude is shorter by this at 49 °N
constexpr double roaming = 0.02;            // degrees around its home in which a node stays

struct direction {
  double east, north;
};

const std::array<direction, headings> directions = [] {
  std::array<direction, headings> table{};
  for (std::size_t i = 0; i < headings; ++i) {
    auto angle = 2 * std::numbers::pi * static_cast<double>(i) / headings;
    table[i] = {std::cos(angle), std::sin(angle)};
  }
  return table;
}();

template <class T>
void write_big(std::span<std::byte> out, T value) {
  for (auto at = out.rbegin(); at != out.rend(); ++at, value = static_cast<T>(value >> 8))
    *at = static_cast<std::byte>(value & 0xFF);
}

std::int32_t to_wire(double degrees) {
  return static_cast<std::int32_t>(std::lround(degrees * 1e5));
}

double around(double center, double spread, sim_random& random) {
  return center + spread * (2 * random.unit() - 1);
}

} // namespace

node_uuid make_uuid(node_address address, std::uint64_t seed) {
  sim_random random{seed ^ (std::uint64_t{address.value} << 40)};
  node_uuid uuid{};
  write_big(std::span{uuid}.first<8>(), random.next());
  write_big(std::span{uuid}.last<8>(), random.next());
  return uuid;
}

simulated_node::simulated_node(node_address address, std::uint64_t seed)
    : random_{seed + std::uint64_t{address.value} * 0x10001},
      longitude_{around(center_longitude, 0.05, random_)}, latitude_{around(center_latitude, 0.05,
                                                                            random_)},
      home_longitude_{longitude_}, home_latitude_{latitude_},
      speed_{(1 + 14 * random_.unit()) * degrees_a_metre}, heading_{random_.below(headings)},
      temperature_{static_cast<std::int16_t>(1'000 + random_.below(1'500))},
      battery_{static_cast<std::uint8_t>(40 + random_.below(61))} {}

void simulated_node::measure(const sim_type& type, std::optional<double> escape_percent,
                             sim_time now, std::span<std::byte> data) {
  static constexpr type_code gps{"GPS"}, tmp{"TMP"}, bat{"BAT"};
  if (type.code == gps) {
    move(now);
    write_big(data.first(3), to_wire(longitude_));
    write_big(data.last(3), to_wire(latitude_));
  } else if (type.code == tmp) {
    auto changed = temperature_ + static_cast<int>(random_.below(11)) - 5;
    temperature_ = static_cast<std::int16_t>(std::clamp(changed, -2'000, 4'500));
    write_big(data, temperature_);
  } else if (type.code == bat) {
    if (random_.chance(0.01))
      battery_ = static_cast<std::uint8_t>(battery_ > 5 ? battery_ - 1 : 100);
    write_big(data, battery_);
  } else {
    fill_dynamic(escape_percent, data);
  }
}

void simulated_node::move(sim_time now) {
  auto seconds = std::chrono::duration<double>{now - moved_}.count();
  moved_ = now;
  heading_ = (heading_ + random_.below(3) + headings - 1) % headings;
  auto east = longitude_ - home_longitude_;
  auto north = latitude_ - home_latitude_;
  auto [ahead_east, ahead_north] = directions[heading_];
  auto leaves = east * ahead_east + north * ahead_north > 0
                && std::max(std::abs(east), std::abs(north)) > roaming;
  if (leaves) {
    heading_ = (heading_ + headings / 2) % headings;
    return;
  }
  auto step = std::min(speed_ * seconds, roaming / 2);
  longitude_ += step * ahead_east * longitude_stretch;
  latitude_ += step * ahead_north;
}

void simulated_node::fill_dynamic(std::optional<double> escape_percent, std::span<std::byte> data) {
  constexpr unsigned first_escaped = 0xFA;
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (escape_percent) {
      auto escaped = random_.chance(*escape_percent / 100);
      data[i] = static_cast<std::byte>(escaped ? first_escaped + random_.below(6)
                                               : random_.below(first_escaped));
      continue;
    }
    word = i % 8 == 0 ? random_.next() : word >> 8;
    data[i] = static_cast<std::byte>(word & 0xFF);
  }
}

} // namespace xylem
