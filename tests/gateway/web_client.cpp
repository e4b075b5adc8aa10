#include "web_client.hpp"

#include "raw_client.hpp"
#include "waiting.hpp"
#include "web_stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>

namespace xylem::testing {

namespace {

namespace http = boost::beast::http;
namespace json = boost::json;

/// A connection that was kept may have been ended just when the request went out.
bool is_ended(const boost::system::error_code& error) {
  return error == http::error::end_of_stream || error == boost::asio::error::connection_reset
         || error == boost::asio::error::broken_pipe || error == boost::asio::error::eof;
}

} // namespace

web_place place_of(const gateway_process& gateway, const std::string& token) {
  return {gateway.url().where.port, {}, token};
}

class web_client::connection {
public:
  explicit connection(const web_place& where) : stream_{where} {}

  web_answer ask(const std::string& method, const http::request<http::string_body>& request) {
    stream_.wait([&](auto& stream, auto done) { http::async_write(stream, request, done); });
    http::response_parser<http::string_body> parser;
    parser.skip(method == "HEAD");
    parser.body_limit(boost::none);
    stream_.wait([&](auto& stream, auto done) { http::async_read(stream, buffer_, parser, done); });
    is_kept_ = parser.get().keep_alive();
    return as_answer(parser.get().base(), parser.get().body());
  }

  bool is_kept() const noexcept { return is_kept_; }

private:
  web_test_stream stream_;
  boost::beast::flat_buffer buffer_;
  bool is_kept_ = true;
};

web_client::web_client(web_place where) : where_{std::move(where)} {}
web_client::~web_client() = default;

web_answer web_client::ask(const std::string& method, const std::string& target,
                           const web_headers& headers, const std::string& body) {
  http::request<http::string_body> request;
  request.method_string(method);
  request.target(target);
  request.set(http::field::host, "127.0.0.1:" + std::to_string(where_.port));
  if (!where_.token.empty())
    request.set(http::field::authorization, "Bearer " + where_.token);
  for (const auto& [name, value] : headers)
    request.set(name, value);
  request.body() = body;
  if (!body.empty())
    request.prepare_payload();
  for (auto fresh = !connection_;; fresh = true) {
    if (fresh)
      connection_ = std::make_unique<connection>(where_);
    try {
      auto answer = connection_->ask(method, request);
      record_answer(method, target, answer);
      if (!connection_->is_kept())
        connection_.reset();
      return answer;
    } catch (const boost::system::system_error& error) {
      if (fresh || !is_ended(error.code()))
        throw;
    }
  }
}

json::value web_client::document(const std::string& target) {
  auto answer = get(target);
  if (answer.status != 200)
    throw std::runtime_error{target + " answers " + answer.body};
  return parse(answer);
}

json::array web_client::all(const std::string& target, const std::string& member) {
  auto joint = target.find('?') == std::string::npos ? "?" : "&";
  json::array items;
  for (std::string cursor;;) {
    auto page = document(cursor.empty() ? target : target + joint + "cursor=" + cursor);
    for (const auto& item : page.at(member).as_array())
      items.push_back(item);
    auto next = page.as_object().if_contains("next");
    if (next == nullptr)
      return items;
    cursor = next->as_string();
  }
}

json::value parse(const web_answer& answer) {
  return json::parse(answer.body);
}

std::string problem_of(const web_answer& answer) {
  constexpr std::string_view prefix = "urn:xylem:";
  if (answer.header("content-type") != "application/problem+json")
    return {};
  auto told = parse(answer);
  std::string type{told.at("type").as_string()};
  auto agrees = type.starts_with(prefix) && told.at("status") == answer.status;
  return agrees ? type.substr(prefix.size()) : "a problem that contradicts itself";
}

web_answer parse_answer(const std::string& method, const std::string& text) {
  http::response_parser<http::string_body> parser;
  parser.skip(method == "HEAD");
  parser.eager(true);
  parser.body_limit(boost::none);
  boost::system::error_code error;
  parser.put(boost::asio::buffer(text), error);
  if (error || !parser.is_done())
    throw std::runtime_error{"this is no answer over HTTP: " + text};
  return as_answer(parser.get().base(), parser.get().body());
}

web_answer exchange_raw(std::uint16_t port, const std::string& method, const std::string& target,
                        const std::string& bytes) {
  raw_client client{port};
  client.write(bytes);
  auto answer = parse_answer(method, client.read_to_end());
  record_answer(method, target, answer);
  return answer;
}

} // namespace xylem::testing
