// What a root may say (wire §2), and what becomes of it. Input: messages, each behind its length
// (a byte); behind a length of 0 stands how many seconds pass.
#include "protocol/dialect.hpp"
#include "protocol/json.hpp"
#include "protocol/query.hpp"
#include "tests/fuzz/require.hpp"

#include <boost/json.hpp>

namespace {

using namespace xylem;
using namespace std::chrono_literals;

constexpr std::size_t cache_bytes = 4 * 1024;

/// GPS, and a type of each format.
data_type_registry all_formats() {
  data_type_registry types;
  auto declare = [&](std::string_view code, std::initializer_list<const char*> formats) {
    data_type type{type_code{code}, {}};
    for (auto format : formats)
      type.fields.push_back(*parse_field_format(format));
    type.fields.front().scale = 0.1;
    types.declare(type);
  };
  declare("U..", {"u8", "u16", "u24", "u32"});
  declare("I..", {"i8", "i16", "i24", "i32"});
  declare("L..", {"u64", "i64"});
  declare("F..", {"f32", "f64"});
  declare("T..", {"u8", "text"});
  return types;
}

void append_item(bytes& out, const reading_view& item) {
  append(out, item.code.view());
  append_big(out, static_cast<std::uint8_t>(item.data.size()));
  append(out, item.data);
}

void append_node(bytes& out, const known_node& known) {
  append_big(out, known.address.value);
  append(out, known.uuid);
}

/// The message once more from what was understood of it, without its trailer.
bytes rewritten(const root_message& said) {
  bytes out;
  append_big(out, said.node.value);
  if (said.kind == root_message_kind::root_log) {
    append(out, said.payload);
    return out;
  }
  append(out, said.code.view());
  switch (said.kind) {
  case root_message_kind::data:
    append_big(out, static_cast<std::uint8_t>(said.readings.size()));
    for (const auto& item : said.readings)
      append_item(out, item);
    break;
  case root_message_kind::snapshot:
    append_big(out, static_cast<std::uint8_t>(said.nodes.size()));
    for (const auto& known : said.nodes)
      append_node(out, known);
    break;
  case root_message_kind::node_joined: append(out, said.nodes.at(0).uuid); break;
  default: append(out, said.payload); break;
  }
  return out;
}

/// Nothing is made up, and nothing is left out but a trailer.
void require_faithful(const root_message& said, bytes_view payload) {
  require(said.error.empty() == (said.kind != root_message_kind::malformed));
  if (said.kind == root_message_kind::malformed)
    return;
  auto again = rewritten(said);
  auto structured = said.kind == root_message_kind::data || said.kind == root_message_kind::snapshot
                    || said.kind == root_message_kind::node_joined;
  if (structured && again.size() != payload.size())
    append(again, "[E]");
  require(text_of(again) == text_of(payload));
}

void require_readable(const root_message& said, const data_type_registry& types) {
  if (said.kind == root_message_kind::malformed)
    return;
  for (const auto& item : said.readings) {
    require(types.accepts(item.code, item.data.size()));
    auto fields = types.decode(item.code, item.data);
    require(fields.empty() == (types.find(item.code) == nullptr));
    require(is_printable(view_of("." + describe(fields, item.data))));
    require(parse_type_code(to_string(item.code)) == item.code);
  }
}

/// The events of one message, as the network manager makes them.
std::vector<event> events_of(const root_message& said) {
  auto plain = [&](event_kind kind) {
    return event{
        .node = said.node, .code = said.code, .kind = kind, .data = small_bytes{said.payload}};
  };
  std::vector<event> out;
  for (const auto& item : said.readings)
    out.push_back({.node = said.node,
                   .code = item.code,
                   .kind = event_kind::reading,
                   .state = out.empty() ? std::uint8_t{1} : std::uint8_t{0},
                   .data = small_bytes{item.data}});
  for (const auto& known : said.nodes)
    out.push_back(
        {.node = known.address,
         .kind = event_kind::node_joined,
         .state = said.kind == root_message_kind::node_joined ? std::uint8_t{1} : std::uint8_t{0},
         .data = small_bytes{known.uuid}});
  switch (said.kind) {
  case root_message_kind::message: return {plain(event_kind::message)};
  case root_message_kind::request: return {plain(event_kind::request)};
  case root_message_kind::root_restarted: return {plain(event_kind::root_restarted)};
  case root_message_kind::root_log: return {plain(event_kind::root_log)};
  case root_message_kind::malformed: {
    auto heard = plain(event_kind::node_heard);
    heard.state = 1;
    return {heard};
  }
  default: return out;
  }
}

class mesh {
public:
  void hear(bytes_view payload) {
    // Ends where the message ends, so that the sanitizer sees every step beyond it.
    auto copy = copy_of(payload);
    speech_->parse_root(copy, types_, said_);
    require_faithful(said_, copy);
    require_readable(said_, types_);
    std::vector<event> out;
    for (auto& what : events_of(said_))
      table_.apply(std::move(what), now_.mono, out);
    for (const auto& what : out)
      show(what);
    require(table_.cache().bytes <= cache_bytes);
  }

  void pass(std::chrono::seconds time) {
    now_.mono += time;
    now_.wall += time;
    std::vector<event> out;
    table_.sweep(now_, out);
    for (const auto& what : out)
      require(what.kind == event_kind::node_changed);
  }

  void require_consistent() const {
    std::size_t bytes_kept = 0;
    auto counts = table_.statuses();
    require(counts.total == counts.active + counts.idle + counts.disconnected);
    require(std::ranges::is_sorted(table_.addresses()));
    for (auto address : table_.addresses()) {
      const auto& known = *table_.find(address);
      require(known.series.size() <= limits::types_per_node);
      require(known.heard || known.status == node_status::disconnected);
      for (const auto& series : known.series)
        for (std::size_t i = 0; i < series.ring.size(); ++i)
          bytes_kept += series.ring.newest(i).cost();
    }
    require(bytes_kept == table_.cache().bytes);
  }

private:
  void show(const event& what) {
    std::string line;
    append_event(line, what, 1, "default", types_);
    require(is_printable(view_of(line)));
    boost::json::parse(line); // throws
    bytes push;
    speech_->append_push(push, what);
    require(push.empty() || push.size() == 7 + what.data.size());
  }

  std::shared_ptr<const dialect> speech_ = make_dialect("classic");
  data_type_registry types_ = all_formats();
  node_table table_{{.history_depth = 8, .cache_bytes = cache_bytes}};
  instant now_{mono_time{24h}, wall_time{}};
  root_message said_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mesh subject;
  byte_reader input{std::as_bytes(std::span{data, size})};
  while (auto length = input.big<std::uint8_t>()) {
    if (*length == 0)
      subject.pass(std::chrono::seconds{input.big<std::uint8_t>().value_or(0)});
    else
      subject.hear(*input.take(std::min<std::size_t>(*length, input.rest().size())));
  }
  subject.require_consistent();
  return 0;
}
