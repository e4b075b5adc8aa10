#pragma once

#include "actors/web_responder.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>

namespace xylem {

/// A request as it is on the wire, before it has been answered.
using web_handshake = boost::beast::http::request<boost::beast::http::string_body>;

/// Understands one HTTP request, piece by piece and within the limits of web §5. No I/O; views
/// live until release().
class web_request_parser {
public:
  /// What could not be read, and how it is counted.
  struct fault {
    problem why;
    cut_off counted;
  };

  web_request_parser();

  /// Takes some of `piece` and returns how many; the rest is to come again, with more behind it.
  std::size_t put(std::span<const char> piece);

  /// Once there is one, nothing more can be read.
  const std::optional<fault>& failed() const noexcept { return fault_; }

  bool has_header() const { return parser_.is_header_done(); }
  bool is_done() const { return parser_.is_done(); }

  /// A piece that fills the room for a header, and has no end.
  void reject_endless() { fault_ = fault_of(boost::beast::http::error::header_limit); }

  bool keeps_alive() const { return parser_.get().keep_alive(); }
  bool expects_invitation() const;
  bool asks_for_websocket() const;

  web_request_view view() const;
  web_handshake release() { return parser_.release(); }

private:
  static fault fault_of(boost::system::error_code error);
  std::optional<fault> ambiguity() const;

  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
  std::optional<fault> fault_;
};

} // namespace xylem
