#include "protocol/basp_firewall.hpp"

#include <algorithm>
#include <utility>

namespace xylem {

namespace {

/// Longest payload of a monitor or down message: a node id, and an error with its text.
constexpr std::size_t max_notice = 4096;

/// Actors of ours, and questions of theirs, that are remembered; the oldest are forgotten.
constexpr std::size_t max_remembered = 4096;

/// Memory for a payload that stays between two of them.
constexpr std::size_t kept_capacity = 64 * 1024;

/// What a CAF that does not withhold them asks by itself, once a handshake.
constexpr std::size_t max_named = 4;
constexpr std::uint64_t config_server = 0xF374'CEBB'AC76'ADFB; // the atom "ConfigServ"
constexpr std::uint64_t spawn_server = 0x03DD'D66F'3376'ADFB;  // the atom "SpawnServ"

// Message ids of CAF: a request has a number, its answer the same number and the flag.
constexpr std::uint64_t answer_flag = 0x8000'0000'0000'0000;
constexpr std::uint64_t answered_or_stream = 0x6000'0000'0000'0000;
constexpr std::uint64_t request_number = 0x0FFF'FFFF'FFFF'FFFF;

bool is_answer(const basp_header& header) noexcept {
  return (header.operation_data & answer_flag) != 0;
}

template <class T>
void remember(std::set<T>& all, T what) {
  all.insert(what);
  if (all.size() > max_remembered)
    all.erase(all.begin());
}

} // namespace

basp_firewall::basp_firewall(basp_policy policy) : policy_{std::move(policy)} {}

/// True when `wanted` bytes are there: in the input, if none of them came before, else in `kept`.
bool basp_firewall::collect(std::string_view& input, std::size_t wanted, std::string& kept,
                            std::string_view& whole) {
  if (kept.empty() && input.size() >= wanted) {
    whole = input.substr(0, wanted);
    input.remove_prefix(wanted);
    return true;
  }
  auto more = input.substr(0, wanted - kept.size());
  kept.append(more);
  input.remove_prefix(more.size());
  whole = kept;
  return kept.size() == wanted;
}

void basp_firewall::forget_frame() {
  header_wire_ = {};
  header_kept_.clear();
  payload_kept_.clear();
  if (payload_kept_.capacity() > kept_capacity)
    payload_kept_.shrink_to_fit();
}

basp_firewall::step basp_firewall::violate(basp_violation what) {
  broken_ = what;
  return what;
}

basp_firewall::step basp_firewall::next(std::string_view& input) {
  for (;;) {
    if (broken_)
      return *broken_;
    if (std::exchange(done_, false))
      forget_frame();
    if (header_wire_.empty()) {
      std::string_view wire;
      if (!collect(input, basp_header_size, header_kept_, wire))
        return need_more{};
      header_kept_ = wire; // the payload may come with another read
      header_wire_ = header_kept_;
      header_ = parse_basp_header(header_wire_);
      if (auto wrong = judge_header())
        return violate(*wrong);
    }
    std::string_view payload;
    if (!collect(input, header_.payload_size, payload_kept_, payload))
      return need_more{};
    auto judged = judge(payload);
    if (auto wrong = std::get_if<basp_violation>(&judged))
      return violate(*wrong);
    done_ = true;
    if (std::get<verdict>(judged) == verdict::pass)
      return basp_frame{header_wire_, payload};
  }
}

/// Before anything of the payload is kept.
basp_firewall::violation basp_firewall::judge_header() const {
  using enum basp_violation;
  if (header_.operation > static_cast<std::uint8_t>(basp_operation::heartbeat)
      || header_.padding != 0)
    return malformed_header;
  if (!peer_ || is(header_, basp_operation::server_handshake)
      || is(header_, basp_operation::client_handshake))
    return judge_handshake_header();
  if (is(header_, basp_operation::routed_message))
    return routed_message;
  if (is(header_, basp_operation::direct_message))
    return judge_message_header();
  auto beats = is(header_, basp_operation::heartbeat);
  if (header_.payload_size > max_notice)
    return payload_too_long;
  if (header_.flags != 0 || header_.operation_data != 0 || beats != (header_.payload_size == 0))
    return malformed_header;
  if (beats && (header_.source != 0 || header_.destination != 0))
    return malformed_header;
  return std::nullopt;
}

basp_firewall::violation basp_firewall::judge_handshake_header() const {
  using enum basp_violation;
  auto wanted = policy_.side == basp_side::server ? basp_operation::client_handshake
                                                  : basp_operation::server_handshake;
  if (peer_)
    return second_handshake;
  if (!is(header_, wanted))
    return no_handshake;
  if (header_.payload_size > policy_.max_handshake)
    return payload_too_long;
  if (wanted == basp_operation::server_handshake && header_.operation_data != basp_version)
    return other_version;
  if ((header_.flags | basp_select_connection) != basp_select_connection || header_.source != 0
      || header_.destination != 0 || header_.payload_size == 0)
    return malformed_header;
  return std::nullopt;
}

basp_firewall::violation basp_firewall::judge_message_header() const {
  using enum basp_violation;
  if (header_.payload_size > policy_.max_message)
    return payload_too_long;
  if (header_.payload_size == 0 || header_.flags > basp_named_receiver)
    return malformed_header;
  if (header_.flags == basp_named_receiver) {
    auto asked_by_caf = header_.destination == config_server || header_.destination == spawn_server;
    return asked_by_caf && named_ < max_named ? violation{} : named_receiver;
  }
  if ((header_.operation_data & answered_or_stream) != 0)
    return stream_message;
  return std::nullopt;
}

basp_firewall::judgement basp_firewall::judge(std::string_view payload) {
  if (!peer_)
    return judge_handshake(payload);
  if (is(header_, basp_operation::direct_message))
    return judge_message(payload);
  if (!is(header_, basp_operation::heartbeat))
    return judge_notice(payload);
  ++counters_.heartbeats;
  return verdict::drop;
}

basp_firewall::judgement basp_firewall::judge_handshake(std::string_view payload) {
  using enum basp_violation;
  std::optional<basp_node_id> node;
  if (policy_.side == basp_side::client) {
    auto parsed = parse_server_handshake(payload);
    if (!parsed)
      return malformed_handshake;
    if (parsed->applications != std::vector{policy_.application})
      return other_application;
    server_ = std::move(*parsed);
    node = server_.node;
    if (server_.actor != 0)
      sources_.insert(server_.actor);
  } else {
    basp_reader from{payload};
    node = from.node();
    if (!from.at_end())
      return malformed_handshake;
  }
  if (*node == policy_.own)
    return own_node;
  peer_ = node;
  return verdict::pass;
}

/// Begins with the node that it is from, and the one that it is for.
bool basp_firewall::is_between_us(std::string_view payload) const {
  return payload.starts_with(peer_->view())
         && payload.substr(peer_->wire.size()).starts_with(policy_.own.view());
}

basp_firewall::judgement basp_firewall::judge_notice(std::string_view payload) {
  using enum basp_violation;
  if (!is_between_us(payload))
    return malformed_notice;
  basp_reader rest{payload.substr(2 * policy_.own.wire.size())};
  if (is(header_, basp_operation::monitor_message)) {
    if (header_.source != 0 || !rest.at_end())
      return malformed_notice;
    return told_.contains(header_.destination) ? judgement{verdict::pass} : unknown_receiver;
  }
  if (header_.destination != 0 || !skip_basp_error(rest) || !rest.at_end())
    return malformed_notice;
  return sources_.contains(header_.source) ? judgement{verdict::pass} : unknown_source;
}

basp_firewall::judgement basp_firewall::judge_message(std::string_view payload) {
  if (header_.flags == basp_named_receiver) {
    ++named_;
    ++counters_.dropped;
    return verdict::drop;
  }
  if (auto wrong = judge_receiver())
    return *wrong;
  if (auto wrong = judge_content(payload))
    return *wrong;
  if (header_.source != 0) // 0: from nobody, as CAF answers for an actor that has ended
    sources_.insert(header_.source);
  if (sources_.size() > policy_.max_sources)
    return basp_violation::too_many_sources;
  ++counters_.messages;
  return verdict::pass;
}

/// An answer is for who asked, anything else for the published actor, or whom the peer was told of.
basp_firewall::violation basp_firewall::judge_receiver() {
  using enum basp_violation;
  if (is_answer(header_))
    return asked_.erase({header_.destination, header_.operation_data}) == 1
             ? violation{} : answer_without_request;
  auto is_published = header_.destination == server_.actor;
  auto may = told_.contains(header_.destination)
             && (is_published || policy_.side == basp_side::client);
  return may ? violation{} : unknown_receiver;
}

/// No forwarding stack and one value: a text of a known type; of an answer nothing, or an error.
basp_firewall::violation basp_firewall::judge_content(std::string_view payload) const {
  using enum basp_violation;
  basp_reader from{payload};
  if (from.u8() != 0 || from.u16() != 0)
    return malformed_message;
  auto types = from.text();
  if (!from.ok() || !types.starts_with("@<>"))
    return malformed_message;
  types.remove_prefix(3);
  if (is_answer(header_) && types.empty())
    return from.at_end() ? violation{} : malformed_message;
  if (is_answer(header_) && types == "+@error")
    return skip_basp_error(from) && from.at_end() ? violation{} : malformed_message;
  auto rule = std::ranges::find_if(policy_.messages, [&](const basp_message_rule& known) {
    return types.starts_with('+') && types.substr(1) == known.type;
  });
  if (rule == policy_.messages.end())
    return unknown_type;
  auto content = from.text();
  if (!from.at_end())
    return malformed_message;
  return rule->valid(content) ? violation{} : invalid_content;
}

void basp_firewall::filter_output(std::vector<char>& frames) {
  std::size_t kept = 0;
  for (std::size_t at = 0; at < frames.size();) {
    std::string_view rest{frames.data() + at, frames.size() - at};
    auto header = parse_basp_header(rest.substr(0, basp_header_size));
    auto size = std::min(basp_header_size + header.payload_size, rest.size());
    if (keep_sent(header, rest.substr(0, size).substr(std::min(basp_header_size, size)))) {
      if (kept != at)
        std::copy_n(frames.begin() + static_cast<std::ptrdiff_t>(at), size,
                    frames.begin() + static_cast<std::ptrdiff_t>(kept));
      kept += size;
    }
    at += size;
  }
  frames.resize(kept);
}

bool basp_firewall::keep_sent(const basp_header& header, std::string_view payload) {
  if (is(header, basp_operation::server_handshake)) {
    server_ = parse_server_handshake(payload).value_or(basp_server_handshake{});
    if (server_.actor != 0)
      told_.insert(server_.actor);
  }
  if (is(header, basp_operation::routed_message) || header.flags == basp_named_receiver) {
    ++counters_.withheld;
    return false;
  }
  if (!is(header, basp_operation::direct_message) || header.source == 0)
    return true;
  remember(told_, header.source);
  auto asks = (header.operation_data & request_number) != 0 && !is_answer(header);
  if (asks)
    remember(asked_, {header.source, header.operation_data | answer_flag});
  return true;
}

} // namespace xylem
