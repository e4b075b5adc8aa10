#pragma once

#include "protocol/event.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What nodes, meshes and commands are called over one process and more (monitor §1, §5).
namespace xylem {

namespace monitor_limits {
inline constexpr std::size_t node_name = 64;
inline constexpr std::size_t mesh_path = 200;
/// Gateways that one monitor follows: their position is the lowest byte of a command's id.
inline constexpr std::size_t gateways = 255;
} // namespace monitor_limits

/// 1 to 64 of `a-z 0-9 . _ -`: the common name of a certificate.
bool is_node_name(std::string_view text) noexcept;

/// `field`, `north/field`, `office/north/field`: names of nodes and then of the mesh, up to 200.
bool is_mesh_path(std::string_view text) noexcept;

/// What mesh `mesh` of gateway `gateway` is called here. Nothing: that would be too long.
std::optional<std::string> mesh_path(std::string_view gateway, std::string_view mesh);

/// A command of a gateway that is followed.
struct followed_command {
  std::size_t gateway = 0; ///< its position
  command_id id{};         ///< there

  bool operator==(const followed_command&) const = default;
};

/// The id here of a command there: id × 256 + position + 1. Nothing: one of them is too great.
std::optional<command_id> id_here(const followed_command& what) noexcept;

/// The inverse; nothing for an id that id_here() does not make.
std::optional<followed_command> id_there(command_id here) noexcept;

/// Which gateway has which name, by position: one name, one gateway.
class gateway_names {
public:
  /// The name is that of this gateway now, in place of any it had. Nothing on success, else what
  /// is wrong and what to do; then it has none.
  std::optional<std::string> claim(std::size_t gateway, const std::string& name);

  void release(std::size_t gateway);

  /// Nothing: it has none.
  std::optional<std::string> name_of(std::size_t gateway) const;

private:
  std::map<std::string, std::size_t, std::less<>> owners_;
};

/// Names for several connections of one node: `office`, `office#2`; the lowest number that is free.
class connection_names {
public:
  explicit connection_names(std::size_t most_of_one_name) : most_{most_of_one_name} {}

  /// Nothing: there are as many of this name as may be.
  std::optional<std::string> take(const std::string& name);

  /// `taken` is what take() has returned.
  void give_back(const std::string& taken);

private:
  std::size_t most_;
  std::set<std::string, std::less<>> taken_;
};

} // namespace xylem
