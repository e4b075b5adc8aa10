#include "protocol/basp_firewall.hpp"

#include <algorithm>

namespace xylem {

namespace {

/// Longest payload of a monitor or down message: a node id, and an error with its text.
constexpr std::size_t max_notice = 4096;

/// What a CAF that does not withhold them asks by itself, once a handshake.
constexpr std::size_t max_named = 4;
constexpr std::uint64_t config_server = 0xF374'CEBB'AC76'ADFB; // the atom "ConfigServ"
constexpr std::uint64_t spawn_server = 0x03DD'D66F'3376'ADFB;  // the atom "SpawnServ"

} // namespace

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
  if ((header_.operation_data & basp_other_flags) != 0)
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
               ? violation{}
               : answer_without_request;
  auto is_published = header_.destination == server_.actor;
  auto may =
      told_.contains(header_.destination) && (is_published || policy_.side == basp_side::client);
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

} // namespace xylem
