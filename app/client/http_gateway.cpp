#include "app/client/http_gateway.hpp"

#include "app/client/captured_traffic.hpp"
#include "app/client/http_problem.hpp"
#include "app/client/json_view.hpp"
#include "app/client/reply_parser.hpp"
#include "app/client/web_stream.hpp"
#include "protocol/iso_time.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/serialize.hpp>

namespace xylem::client {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;
using boost::system::error_code;

constexpr std::size_t most_of_a_page = 1000; // web §1
constexpr std::uint32_t longest_header = 16 * 1024;

/// All pages of a list together.
constexpr std::size_t most_list_bytes = 256 * 1024 * 1024;

using request_message = http::request<http::string_body>;
using response_parser = http::response_parser<http::string_body>;

error no_answer_of_a_gateway(std::string_view what) {
  return {error_kind::protocol, std::string{what} + " is not what a gateway answers"};
}

std::string encoded(std::string_view text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789-._~";
  std::string out;
  for (auto c : text) {
    if (plain.find(c) != std::string_view::npos)
      out += c;
    else
      out += "%" + to_hex(view_of({&c, 1}));
  }
  return out;
}

std::string path_of(const std::string& mesh) {
  return "/api/v1/meshes/" + encoded(mesh);
}

std::string path_of(const std::string& mesh, node_address node) {
  return path_of(mesh) + "/nodes/" + std::to_string(node.value);
}

/// Of a history, for parameters.
std::string path_of(const std::string& mesh, node_address node, type_code code) {
  return path_of(mesh, node) + "/history/" + encoded(to_string(code)) + "?";
}

/// Where the next page goes on, as it stands in a query; empty when this was the last.
std::string cursor_of(const json::object& page) {
  const auto* next = page.if_contains("next");
  if (next == nullptr || next->is_null())
    return {};
  return encoded(next->is_string() ? std::string{next->as_string()} : json::serialize(*next));
}

result<json::value> object_of(const result<std::string>& text) {
  if (!text)
    return text.error();
  auto document = parse_json(*text);
  if (!document || !document->is_object())
    return no_answer_of_a_gateway("a text that is no JSON object");
  return *std::move(document);
}

} // namespace

/// The connection, and the one that follows when the gateway has ended an idle one.
class http_gateway::session {
public:
  explicit session(web_access how) : how_{std::move(how)} {}

  result<std::string> ask(http::verb method, const std::string& target, std::string body = {}) {
    if (!is_token(how_.token))
      return error{error_kind::invalid_request, "a token has only visible ASCII characters"};
    auto request = request_of(method, target, std::move(body));
    auto kept = link_ != nullptr;
    auto answered = exchange(request);
    // An idle connection may end at any time; only what changes nothing may be asked twice.
    if (!answered && kept && answered.error().kind == error_kind::closed
        && method == http::verb::get)
      answered = exchange(request);
    return answered;
  }

private:
  request_message request_of(http::verb method, const std::string& target, std::string body) const {
    constexpr unsigned http_1_1 = 11;
    request_message made{method, target, http_1_1, std::move(body)};
    made.set(http::field::host, to_string(how_.url.where));
    made.set(http::field::accept, "application/json");
    if (!how_.token.empty())
      made.set(http::field::authorization, "Bearer " + how_.token);
    if (method != http::verb::get)
      made.set(http::field::content_type, "application/json");
    made.prepare_payload();
    return made;
  }

  result<std::string> exchange(const request_message& request) {
    if (!link_) {
      auto opened = web_link::open(how_);
      if (!opened)
        return opened.error();
      link_ = *std::move(opened);
      buffer_.clear();
    }
    auto answered = exchange_on(*link_, request);
    if (!answered && answered.error().kind != error_kind::failure_reply)
      link_.reset();
    return answered;
  }

  result<std::string> exchange_on(web_link& link, const request_message& request) {
    deadline until{how_.timeout};
    outcome_code written;
    http::async_write(link.stream(), request,
                      [&](error_code code, std::size_t) { written = code; });
    if (auto finished = link.finish(written, until); !finished)
      return finished.error();
    response_parser parser;
    parser.header_limit(longest_header);
    parser.body_limit(max_json);
    outcome_code read;
    // Also when it could not be written: a gateway that refuses answers before it closes.
    http::async_read(link.stream(), buffer_, parser,
                     [&](error_code code, std::size_t) { read = code; });
    if (auto finished = link.finish(read, until); !finished)
      return finished.error();
    if (*read)
      return broken(*read, parser);
    auto response = parser.release();
    if (!response.keep_alive())
      link_.reset();
    if (http::to_status_class(response.result()) == http::status_class::successful)
      return std::move(response.body());
    return problem_of(response.result_int(), response.reason(), response.body());
  }

  static error broken(const error_code& code, const response_parser& parser) {
    if (code == http::error::body_limit)
      return {error_kind::protocol, "an answer longer than 32 MiB"};
    auto is_foreign = code.category() == make_error_code(http::error::bad_version).category()
                      && code != http::error::end_of_stream && code != http::error::partial_message;
    if (is_foreign)
      return {error_kind::protocol, "no HTTP: " + code.message()};
    return {error_kind::closed, parser.got_some()
                                    ? "the gateway closed the connection in its answer"
                                    : "the gateway closed the connection"};
  }

  web_access how_;
  std::unique_ptr<web_link> link_;
  beast::flat_buffer buffer_{max_json};
};

http_gateway::http_gateway(web_access how) : session_{std::make_unique<session>(std::move(how))} {}
http_gateway::http_gateway(http_gateway&&) noexcept = default;
http_gateway& http_gateway::operator=(http_gateway&&) noexcept = default;
http_gateway::~http_gateway() = default;

result<std::string> http_gateway::get(const std::string& target) {
  return session_->ask(http::verb::get, target);
}

result<std::string> http_gateway::status() {
  return get("/api/v1/status");
}

result<std::vector<std::string>> http_gateway::meshes() {
  auto document = object_of(get("/api/v1/meshes"));
  if (!document)
    return document.error();
  std::vector<std::string> names;
  for (auto mesh : json_view{*document}["meshes"].items())
    names.push_back(mesh["name"].text());
  if (names.empty())
    return no_answer_of_a_gateway("a list without a mesh");
  return names;
}

result<json::array> http_gateway::nodes(const std::string& mesh, const std::string& status) {
  return all_pages(path_of(mesh) + "/nodes?" + (status.empty() ? "" : "status=" + status + "&"),
                   "nodes", max_items);
}

result<json::value> http_gateway::latest(const std::string& mesh, node_address node,
                                         type_code code) {
  return object_of(get(path_of(mesh, node) + "/readings/" + encoded(to_string(code))));
}

result<json::array> http_gateway::latest_of_node(const std::string& mesh, node_address node) {
  auto document = object_of(get(path_of(mesh, node) + "/readings"));
  if (!document)
    return document.error();
  auto* list = document->as_object()["readings"].if_array();
  if (list == nullptr)
    return no_answer_of_a_gateway("readings without a list");
  return std::move(*list);
}

result<json::array> http_gateway::latest_of_all(const std::string& mesh, type_code code) {
  return all_pages(path_of(mesh) + "/readings/" + encoded(to_string(code)) + "?", "readings",
                   max_items);
}

result<history_list> http_gateway::history(const std::string& mesh, node_address node,
                                           type_code code, const history_range& range) {
  return history_pages(path_of(mesh, node, code), "readings", range);
}

result<history_list> http_gateway::buckets(const std::string& mesh, node_address node,
                                           type_code code, const history_range& range,
                                           std::chrono::seconds step) {
  return history_pages(path_of(mesh, node, code) + "step=" + std::to_string(step.count()) + "&",
                       "buckets", range);
}

result<history_list> http_gateway::history_pages(const std::string& path, std::string_view member,
                                                 const history_range& range) {
  auto target = path;
  if (range.from)
    target += "from=" + iso_time(*range.from) + "&";
  if (range.to)
    target += "to=" + iso_time(*range.to) + "&";
  auto complete = true;
  auto items = all_pages(target, member, range.limit, [&](const json::object& page, auto count) {
    const auto* told = page.if_contains("complete");
    complete = complete && (told == nullptr || *told != json::value(false));
    if (range.progress)
      range.progress(count);
  });
  if (!items)
    return items.error();
  return history_list{*std::move(items), complete};
}

result<capture_page> http_gateway::captured(const std::string& mesh, std::uint64_t position) {
  auto page = object_of(get(path_of(mesh) + "/capture?limit=" + std::to_string(most_of_a_page)
                            + "&cursor=" + std::to_string(position)));
  return page ? parse_capture_page(json_view{*page}) : page.error();
}

result<json::value> http_gateway::submit(const std::string& mesh, const json::object& command) {
  return object_of(
      session_->ask(http::verb::post, path_of(mesh) + "/commands", json::serialize(command)));
}

result<json::value> http_gateway::command(std::uint64_t id) {
  return object_of(get("/api/v1/commands/" + std::to_string(id)));
}

result<json::value> http_gateway::log(std::size_t lines) {
  return object_of(get("/api/v1/log?limit=" + std::to_string(lines)));
}

result<json::value> http_gateway::log_from(const std::string& level) {
  return object_of(session_->ask(http::verb::put, "/api/v1/log",
                                 json::serialize(json::object{{"level", level}})));
}

result<json::array> http_gateway::all_pages(const std::string& target, std::string_view member,
                                            std::size_t most, const page_visitor& visit) {
  json::array all;
  std::size_t size = 0;
  std::string next;
  do {
    auto asked = target + "limit=" + std::to_string(std::min(most_of_a_page, most - all.size()));
    auto text = get(next.empty() ? asked : asked + "&cursor=" + next);
    auto page = object_of(text);
    if (!page)
      return page.error();
    auto* list = page->as_object()[member].if_array();
    size += text->size();
    if (list == nullptr || size > most_list_bytes)
      return no_answer_of_a_gateway(list == nullptr ? "a page without a list" : "a list so long");
    next = cursor_of(page->as_object());
    if (list->empty() && !next.empty())
      return no_answer_of_a_gateway("an empty page that has a next one");
    for (auto& item : *list) {
      if (all.size() < most)
        all.push_back(std::move(item));
    }
    if (visit)
      visit(page->as_object(), all.size());
  } while (!next.empty() && all.size() < most);
  return all;
}

} // namespace xylem::client
