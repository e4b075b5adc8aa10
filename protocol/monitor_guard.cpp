#include "protocol/monitor_guard.hpp"

#include "protocol/bytes.hpp"

#include <cassert>

namespace xylem {

namespace {

using namespace std::chrono_literals;

constexpr auto tells_each = 60s;

constexpr std::array names{
  std::string_view{"connects_too_often"}, std::string_view{"too_many_handshakes"},
  std::string_view{"too_many_of_address"}, std::string_view{"handshake_too_long"},
  std::string_view{"handshake_too_late"}, std::string_view{"handshake_failed"},
  std::string_view{"name_not_allowed"}, std::string_view{"too_many_connections"},
  std::string_view{"too_many_of_name"}, std::string_view{"too_many_messages"},
  std::string_view{"too_many_bytes"}, std::string_view{"violation"},
  std::string_view{"silent"}, std::string_view{"too_slow"},
};
static_assert(names.size() == monitor_refusals);

/// The IPv4 address, or the first 64 bits of an IPv6 address.
std::uint64_t key_of(const host_address& from) noexcept {
  constexpr std::array<std::uint8_t, 12> ipv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  auto raw = std::as_bytes(std::span{from});
  auto is_ipv4 = std::ranges::equal(std::span{from}.first<12>(), ipv4);
  return is_ipv4 ? read_big(raw.last<6>()) : read_big(raw.first<8>());
}

} // namespace

std::string_view to_string(monitor_refusal reason) noexcept {
  auto index = static_cast<std::size_t>(reason);
  return index < names.size() ? names[index] : "unknown";
}

monitor_guard::monitor_guard(monitor_guard_settings settings) : settings_{settings} {
  settings_.addresses = std::max(settings_.addresses, settings_.handshakes + 1);
}

std::optional<monitor_refusal> monitor_guard::accept(const host_address& from, mono_time now) {
  auto& state = state_of(from, now);
  if (!state.connects.take(1, now))
    return refuse(monitor_refusal::connects_too_often);
  if (state.handshakes >= settings_.handshakes_of_address)
    return refuse(monitor_refusal::too_many_of_address);
  if (handshakes_ >= settings_.handshakes)
    return refuse(monitor_refusal::too_many_handshakes);
  ++state.handshakes;
  ++handshakes_;
  return std::nullopt;
}

std::optional<monitor_refusal> monitor_guard::authenticated(const host_address& from,
                                                            const std::string& name) {
  handshake_ended(from);
  if (connections_ >= settings_.connections)
    return refuse(monitor_refusal::too_many_connections);
  if (connections_of(name) >= settings_.connections_of_name)
    return refuse(monitor_refusal::too_many_of_name);
  ++names_[name];
  ++connections_;
  return std::nullopt;
}

void monitor_guard::handshake_ended(const host_address& from) noexcept {
  auto found = addresses_.find(key_of(from));
  assert(found != addresses_.end() && found->second.handshakes > 0);
  --found->second.handshakes;
  --handshakes_;
}

void monitor_guard::ended(const std::string& name) noexcept {
  auto found = names_.find(name);
  assert(found != names_.end());
  --connections_;
  if (--found->second == 0)
    names_.erase(found);
}

void monitor_guard::count(monitor_refusal reason) noexcept {
  ++refusals_[static_cast<std::size_t>(reason)].count;
}

std::uint64_t monitor_guard::refused(monitor_refusal reason) const noexcept {
  return refusals_[static_cast<std::size_t>(reason)].count;
}

std::vector<told_refusal> monitor_guard::to_tell(mono_time now) {
  std::vector<told_refusal> news;
  for (std::size_t i = 0; i < refusals_.size(); ++i) {
    auto& each = refusals_[i];
    if (each.count == each.told || (each.told_at && now - *each.told_at < tells_each))
      continue;
    news.push_back({static_cast<monitor_refusal>(i), each.count - each.told});
    each.told = each.count;
    each.told_at = now;
  }
  return news;
}

std::size_t monitor_guard::connections_of(const std::string& name) const noexcept {
  auto found = names_.find(name);
  return found == names_.end() ? 0 : found->second;
}

monitor_refusal monitor_guard::refuse(monitor_refusal reason) noexcept {
  count(reason);
  return reason;
}

monitor_guard::address_state& monitor_guard::state_of(const host_address& from, mono_time now) {
  auto key = key_of(from);
  if (auto known = addresses_.find(key); known != addresses_.end())
    return known->second;
  if (addresses_.size() >= settings_.addresses)
    forget_one();
  return addresses_.try_emplace(key, address_state{{settings_.connects_of_address, now}})
    .first->second;
}

/// That connected last the longest ago, of those that nothing is open of: there is one, for there
/// are fewer handshakes than addresses.
void monitor_guard::forget_one() {
  auto oldest = addresses_.end();
  for (auto each = addresses_.begin(); each != addresses_.end(); ++each)
    if (each->second.handshakes == 0
        && (oldest == addresses_.end()
            || each->second.connects.used() < oldest->second.connects.used()))
      oldest = each;
  addresses_.erase(oldest);
}

monitor_meter::monitor_meter(mono_time now) noexcept
    : bytes_{{limits::monitor_bytes, limits::monitor_bytes_per_second}, now},
      messages_{{limits::monitor_messages, limits::monitor_messages_per_second}, now} {}

std::optional<monitor_refusal> monitor_meter::received(std::size_t count, mono_time now) noexcept {
  if (!is_authenticated_) {
    handshake_bytes_ += count;
    if (handshake_bytes_ > limits::monitor_handshake_bytes)
      return monitor_refusal::handshake_too_long;
  }
  if (!bytes_.take(count, now))
    return monitor_refusal::too_many_bytes;
  return std::nullopt;
}

std::optional<monitor_refusal> monitor_meter::said(mono_time now) noexcept {
  if (!messages_.take(1, now))
    return monitor_refusal::too_many_messages;
  return std::nullopt;
}

} // namespace xylem
