#include "actors/web_request_parser.hpp"

#include <boost/beast/websocket/rfc6455.hpp>

namespace xylem {

namespace http = boost::beast::http;

web_request_parser::web_request_parser() {
  parser_.header_limit(limits::web_header);
  parser_.body_limit(limits::web_body);
  parser_.eager(true);
}

std::size_t web_request_parser::put(std::span<const char> piece) {
  boost::system::error_code error;
  auto taken = parser_.put(boost::asio::buffer(piece.data(), piece.size()), error);
  if (error && error != http::error::need_more)
    fault_ = fault_of(error);
  else if (parser_.is_header_done())
    fault_ = ambiguity();
  return taken;
}

web_request_parser::fault web_request_parser::fault_of(boost::system::error_code error) {
  if (error == http::error::header_limit)
    return {{problem_kind::headers_too_large,
             "a header has at most " + std::to_string(limits::web_header) + " bytes"},
            cut_off::header_too_large};
  if (error == http::error::body_limit)
    return {{problem_kind::body_too_large,
             "a body has at most " + std::to_string(limits::web_body) + " bytes"},
            cut_off::body_too_large};
  return {{problem_kind::bad_request, "this is not HTTP: " + error.message()},
          cut_off::bad_request};
}

/// What a proxy before this may have understood differently: where the body ends, and for whom the
/// request is (RFC 9112 §3.2, §6.3).
std::optional<web_request_parser::fault> web_request_parser::ambiguity() const {
  const auto& request = parser_.get();
  auto encoded = false;
  auto hosts = 0;
  for (const auto& each : request) {
    encoded = encoded || each.name() == http::field::transfer_encoding;
    hosts += each.name() == http::field::host ? 1 : 0;
  }
  if (encoded && (!parser_.chunked() || request.version() < 11))
    return fault{{problem_kind::bad_request, "of Transfer-Encoding only chunked is understood"},
                 cut_off::bad_request};
  if (hosts > 1 || (hosts == 0 && request.version() >= 11))
    return fault{{problem_kind::bad_request, "expected one Host"}, cut_off::bad_request};
  return std::nullopt;
}

bool web_request_parser::expects_invitation() const {
  const auto& request = parser_.get();
  return request.find(http::field::expect) != request.end();
}

bool web_request_parser::asks_for_websocket() const {
  return boost::beast::websocket::is_upgrade(parser_.get());
}

web_request_view web_request_parser::view() const {
  using http::field;
  using text = std::string_view;
  const auto& request = parser_.get();
  web_request_view made{.method = request.method_string(),
                        .target = request.target(),
                        .has_length = parser_.content_length().has_value() || parser_.chunked(),
                        .body = request.body()};
  for (const auto& each : request) { // once: to look each of them up takes longer
    text value{each.value()};
    switch (each.name()) {
      case field::host: made.host = value; break;
      case field::origin: made.origin = value; break;
      case field::authorization: made.authorization = value; break;
      case field::sec_websocket_protocol: made.subprotocols = value; break;
      case field::sec_websocket_key: made.websocket_key = value; break;
      case field::sec_websocket_version: made.websocket_version = value; break;
      case field::if_none_match: made.if_none_match = value; break;
      case field::content_type: made.content_type = value; break;
      case field::accept_encoding: made.accepts_gzip = value.find("gzip") != text::npos; break;
      default: break;
    }
  }
  return made;
}

} // namespace xylem
