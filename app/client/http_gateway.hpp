#pragma once

#include "app/client/result.hpp"
#include "app/client/web_access.hpp"
#include "protocol/node.hpp"
#include "protocol/time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace xylem::client {

/// Which part of a history; without bounds all that the gateway has.
struct history_range {
  std::optional<wall_time> from{}; ///< inclusive
  std::optional<wall_time> to{};   ///< exclusive
  std::size_t limit = 20;          ///< the newest ones
};

/// Longest list that is taken from a gateway.
inline constexpr std::size_t max_items = 1'000'000;

/// A gateway over HTTP (web §1). One connection, made at the first call and kept; each call waits
/// at most the timeout for each answer. Lists are whole: pages are followed. What comes is JSON:
/// gateway_state.hpp reads it. Not thread-safe.
class http_gateway {
public:
  explicit http_gateway(web_access how);
  http_gateway(http_gateway&&) noexcept;
  http_gateway& operator=(http_gateway&&) noexcept;
  ~http_gateway();

  /// The text of an answer, as it came.
  result<std::string> get(const std::string& target);

  result<std::string> status();
  result<std::vector<std::string>> meshes();

  /// `status`: only nodes of this status; empty: every node.
  result<boost::json::array> nodes(const std::string& mesh, const std::string& status = {});

  result<boost::json::value> latest(const std::string& mesh, node_address node, type_code code);
  result<boost::json::array> latest_of_node(const std::string& mesh, node_address node);
  result<boost::json::array> latest_of_all(const std::string& mesh, type_code code);
  result<boost::json::array> history(const std::string& mesh, node_address node, type_code code,
                                     const history_range& range);

  /// Gives the mesh a command (web §1.3), never twice; what the gateway says of it.
  result<boost::json::value> submit(const std::string& mesh, const boost::json::object& command);
  result<boost::json::value> command(std::uint64_t id);

private:
  class session;

  result<boost::json::array> all_pages(const std::string& target, std::string_view member,
                                       std::size_t most);

  std::unique_ptr<session> session_;
};

} // namespace xylem::client
