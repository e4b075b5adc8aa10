#pragma once

#include "gateway_process.hpp"
#include "web_record.hpp"

#include <boost/json/value.hpp>

#include <memory>

namespace xylem::testing {

using web_headers = std::vector<std::pair<std::string, std::string>>;

/// How a gateway is reached by HTTP and WebSocket.
struct web_place {
  std::uint16_t port = 0;
  std::string authority{}; ///< a PEM file whose certificates are trusted; empty: no TLS
  std::string token{};
};

web_place place_of(const gateway_process& gateway, const std::string& token = {});

/// Speaks HTTP with a gateway over one connection, which it makes again when the gateway has ended
/// it. Every wait has an end and throws there; all answers are recorded.
class web_client {
public:
  explicit web_client(web_place where);
  ~web_client();

  web_answer ask(const std::string& method, const std::string& target,
                 const web_headers& headers = {}, const std::string& body = {});

  web_answer get(const std::string& target, const web_headers& headers = {}) {
    return ask("GET", target, headers);
  }

  web_answer post(const std::string& target, const std::string& body) {
    return ask("POST", target, {{"Content-Type", "application/json"}}, body);
  }

  /// The document behind a target that answers 200.
  boost::json::value document(const std::string& target);

  /// The items of all pages, in order.
  boost::json::array all(const std::string& target, const std::string& member);

private:
  class connection;

  web_place where_;
  std::unique_ptr<connection> connection_;
};

boost::json::value parse(const web_answer& answer);

/// `urn:xylem:node-not-found` as `node-not-found`; empty when the answer is no problem.
std::string problem_of(const web_answer& answer);

/// Understands an answer as it went over the wire; throws when it is none.
web_answer parse_answer(const std::string& method, const std::string& text);

/// Sends bytes as they are, reads until the gateway ends the connection, and records the answer as
/// that to `method` and `target`.
web_answer exchange_raw(std::uint16_t port, const std::string& method, const std::string& target,
                        const std::string& bytes);

} // namespace xylem::testing
