#pragma once

#include "app/client/result.hpp"
#include "app/client/web_access.hpp"
#include "protocol/capture.hpp"
#include "protocol/node.hpp"
#include "protocol/time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace xylem::client {

/// Which part of a history; without bounds all that the gateway has.
struct history_range {
  std::optional<wall_time> from{}; ///< inclusive
  std::optional<wall_time> to{};   ///< exclusive
  std::size_t limit = 20;          ///< the newest ones; of buckets the oldest ones
  std::function<void(std::size_t)> progress{}; ///< after each page: how many there are by then
};

/// Readings, newest first, or buckets, oldest first (web §1.5).
struct history_list {
  boost::json::array items{};
  bool complete = true; ///< false: of the gateway's memory alone, its record could not be asked
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
  result<history_list> history(const std::string& mesh, node_address node, type_code code,
                               const history_range& range);

  /// What the readings of each step were.
  result<history_list> buckets(const std::string& mesh, node_address node, type_code code,
                               const history_range& range, std::chrono::seconds step);

  /// The traffic of the serial line from a position on, as much as a page has.
  result<capture_page> captured(const std::string& mesh, std::uint64_t position);

  /// Gives the mesh a command (web §1.3), never twice; what the gateway says of it.
  result<boost::json::value> submit(const std::string& mesh, const boost::json::object& command);
  result<boost::json::value> command(std::uint64_t id);

  /// The newest lines of the log, and the least that is logged (web §1); another level from now
  /// on (web §1.6).
  result<boost::json::value> log(std::size_t lines);
  result<boost::json::value> log_from(const std::string& level);

private:
  class session;

  /// Told of each page, and how many items there are with it.
  using page_visitor = std::function<void(const boost::json::object& page, std::size_t items)>;

  result<boost::json::array> all_pages(const std::string& target, std::string_view member,
                                       std::size_t most, const page_visitor& visit = {});
  result<history_list> history_pages(const std::string& target, std::string_view member,
                                     const history_range& range);

  std::unique_ptr<session> session_;
};

} // namespace xylem::client
