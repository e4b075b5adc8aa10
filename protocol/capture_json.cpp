#include "protocol/capture_json.hpp"

#include "protocol/json_writer.hpp"

namespace xylem {

namespace {

using std::chrono::nanoseconds;

/// What a record's text has beside its data.
constexpr std::size_t usual_record = 100;

void append_record(std::string& out, const captured& what) {
  out += R"({"time":)";
  append_json_time(out, what.when.wall);
  out += R"(,"mono_ns":)";
  append_json_number(
    out, std::chrono::duration_cast<nanoseconds>(what.when.mono.time_since_epoch()).count());
  out += R"(,"kind":)";
  append_json_text(out, to_string(what.kind));
  out += R"(,"data":)";
  append_json_hex(out, what.data);
  out += '}';
}

std::size_t usual_size(const capture_page& page) {
  auto size = 2 * usual_record;
  for (const auto& each : page.records)
    size += usual_record + 2 * each.data.size();
  return size;
}

} // namespace

void append_capture_page(std::string& out, const capture_page& page) {
  out.reserve(out.size() + usual_size(page));
  out += R"({"dialect":)";
  append_json_text(out, page.dialect);
  out += R"(,"since":)";
  append_json_time(out, page.since);
  out += R"(,"records":[)";
  for (const auto& each : page.records) {
    if (&each != page.records.data())
      out += ',';
    append_record(out, each);
  }
  out += R"(],"next":")";
  append_json_number(out, page.next);
  out += R"(","complete":)";
  out += page.complete ? "true" : "false";
  out += R"(,"lost":)";
  append_json_number(out, page.lost);
  out += '}';
}

} // namespace xylem
