#include "web_record.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace xylem::testing {

namespace {

namespace json = boost::json;

/// One write: lines of several processes do not mix.
void append_line(const json::object& what) {
  const auto* path = std::getenv("XYLEM_RECORD_HTTP");
  if (path == nullptr)
    return;
  auto line = json::serialize(what) + '\n';
  auto file = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  auto written = ::write(file, line.data(), line.size());
  ::close(file);
  if (written != static_cast<ssize_t>(line.size()))
    throw std::runtime_error{std::string{"cannot write to "} + path};
}

} // namespace

void record_answer(const std::string& method, const std::string& target, const web_answer& answer) {
  json::object headers;
  for (const auto& [name, value] : answer.headers)
    headers[name] = value;
  auto is_text = answer.header("content-encoding").empty();
  append_line({{"method", method},
               {"target", target},
               {"status", answer.status},
               {"headers", std::move(headers)},
               {"body", is_text ? json::value(answer.body) : json::value(nullptr)}});
}

void record_message(const std::string& from, const std::string& text) {
  append_line({{"from", from}, {"message", text}});
}

} // namespace xylem::testing
