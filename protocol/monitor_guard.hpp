#pragma once

#include "protocol/limits.hpp"
#include "protocol/token_bucket.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace xylem {

/// Why a gate closes a connection, or does not take it (monitor §1).
enum class monitor_refusal : std::uint8_t {
  connects_too_often,   ///< its address does
  too_many_handshakes,  ///< that are not authenticated yet
  too_many_of_address,  ///< of these
  handshake_too_long,   ///< in bytes
  handshake_too_late,   ///< in time
  handshake_failed,     ///< TLS, the certificate
  name_not_allowed,     ///< or not any more
  too_many_connections, ///< that are authenticated
  too_many_of_name,     ///< of these
  too_many_messages,
  too_many_bytes,
  violation,            ///< of what may be said
  silent,
  too_slow,             ///< for its policy, or to take what it asked for
};

inline constexpr auto monitor_refusals = static_cast<std::size_t>(monitor_refusal::too_slow) + 1;

/// `connects_too_often`.
std::string_view to_string(monitor_refusal reason) noexcept;

/// The bytes of an IPv6 address; an IPv4 address is ::ffff:a.b.c.d.
using host_address = std::array<std::uint8_t, 16>;

struct monitor_guard_settings {
  std::size_t connections = limits::monitor_connections;
  std::size_t connections_of_name = limits::monitor_connections_of_name;
  std::size_t handshakes = limits::monitor_handshakes;
  std::size_t handshakes_of_address = limits::monitor_handshakes_of_address;
  token_rate connects_of_address{limits::monitor_connects_of_address,
                                 limits::monitor_connects_of_address_per_second};
  std::size_t addresses = limits::monitor_addresses; ///< more than `handshakes`
};

/// How often something was refused since it was last told.
struct told_refusal {
  monitor_refusal reason{};
  std::uint64_t count = 0;

  bool operator==(const told_refusal&) const = default;
};

/// Who may connect to a gate, and how many. A connection is a handshake until it is authenticated.
/// An IPv6 network of 64 bits is one address: its machines take what they like of it. Owned by the
/// gate; not thread-safe.
class monitor_guard {
public:
  explicit monitor_guard(monitor_guard_settings settings = {});

  /// Somebody connects: one handshake more, unless it is refused.
  std::optional<monitor_refusal> accept(const host_address& from, mono_time now);

  /// A handshake has ended, and is a connection of this name, unless it is refused.
  std::optional<monitor_refusal> authenticated(const host_address& from, const std::string& name);

  /// A handshake has ended without becoming a connection.
  void handshake_ended(const host_address& from) noexcept;

  /// A connection has ended.
  void ended(const std::string& name) noexcept;

  /// Refused by somebody else.
  void count(monitor_refusal reason) noexcept;

  std::uint64_t refused(monitor_refusal reason) const noexcept;

  /// For the log: each reason at once, and then once a minute.
  std::vector<told_refusal> to_tell(mono_time now);

  std::size_t handshakes() const noexcept { return handshakes_; }
  std::size_t connections() const noexcept { return connections_; }
  std::size_t connections_of(const std::string& name) const noexcept;
  std::size_t addresses() const noexcept { return addresses_.size(); }

private:
  struct address_state {
    token_bucket connects;
    std::size_t handshakes = 0;
  };

  struct refusal_state {
    std::uint64_t count = 0;
    std::uint64_t told = 0;
    std::optional<mono_time> told_at{};
  };

  monitor_refusal refuse(monitor_refusal reason) noexcept;
  address_state& state_of(const host_address& from, mono_time now);
  void forget_one();

  monitor_guard_settings settings_;
  std::size_t handshakes_ = 0;
  std::size_t connections_ = 0;
  std::unordered_map<std::uint64_t, address_state> addresses_;
  std::map<std::string, std::size_t> names_; // with at least one connection
  std::array<refusal_state, monitor_refusals> refusals_{};
};

/// What one connection has sent. Owned by it.
class monitor_meter {
public:
  explicit monitor_meter(mono_time now) noexcept;

  void authenticated() noexcept { is_authenticated_ = true; }

  /// So many bytes of the socket.
  std::optional<monitor_refusal> received(std::size_t count, mono_time now) noexcept;

  /// One message.
  std::optional<monitor_refusal> said(mono_time now) noexcept;

private:
  bool is_authenticated_ = false;
  std::size_t handshake_bytes_ = 0;
  token_bucket bytes_;
  token_bucket messages_;
};

} // namespace xylem
