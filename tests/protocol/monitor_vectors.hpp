#pragma once

#include "protocol/gate_frames.hpp"

#include <string>

namespace xylem {

/// A message of monitor §4 and the bytes that it is, by hand.
template <class Message>
struct monitor_vector {
  Message what;
  std::string hex;
};

inline constexpr wall_time vector_time{std::chrono::milliseconds{0x18BCFE56800}}; // 2023-11-14

inline monitor_vector<monitor_hello> hello_vector() {
  return {{.software = "xylem 1", .name = "office", .instance = {0xA1}, .serves = {{0xA1}, {0xB2}}},
          "0001"                     // protocol
          "00000007 78796c656d2031"  // software
          "00000006 6f6666696365"    // name
          "00000000000000a1"         // instance
          "00000002"                 // serves
          "00000000000000a1 00000000000000b2"};
}

inline monitor_vector<gateway_hello> gateway_hello_vector() {
  data_type gps{type_code{std::string_view{"GPS"}},
                {{"x", number_format::signed_integer, 3, 0.5, byte_order::little}}};
  return {{.software = "xylem 1",
           .name = "north",
           .refused = "no",
           .instance = {0xA1},
           .serves = {{0xA1}},
           .scope = access_scope::command,
           .generation = 3,
           .now = vector_time,
           .newest = {9, 100},
           .meshes = {{"field", link_state::up, "ok", {gps}}}},
          "0001"                               // protocol
          "00000007 78796c656d2031"            // software
          "00000005 6e6f727468"                // name
          "00000002 6e6f"                      // refused
          "00000000000000a1"                   // instance
          "00000001 00000000000000a1"          // serves
          "01"                                 // scope: command
          "00000003"                           // generation
          "0000018bcfe56800"                   // now
          "0000000000000009 0000000000000064"  // newest
          "00000001"                           // meshes
          "00000005 6669656c64"                // name
          "01 00000002 6f6b"                   // link: up, reason
          "00000001 00000003 475053"           // types: GPS
          "00000001 00000001 78"               // fields: x
          "00000003 693234"                    // i24
          "3fe0000000000000 01"};              // scale 0.5, little
}

inline monitor_vector<monitor_subscription> subscription_vector() {
  return {{.serial = 7,
           .filter = {.kinds = {event_kind::reading, event_kind::gap},
                      .meshes = selection<mesh_index>{{{1}}},
                      .nodes = selection<node_address>{{{5}, {6}}},
                      .codes = selection<type_code>{{type_code{std::string_view{"GPS"}}}}},
           .policy = subscriber_policy::latest,
           .from = cursor{9, 100},
           .credit = 512},
          "00000007"                                // serial
          "00000801"                                // kinds: bits 0 and 11
          "01 00000001 0001"                        // meshes
          "01 00000002 0005 0006"                   // nodes
          "01 00000001 00000003 475053"             // codes
          "02"                                      // policy: latest
          "01 0000000000000009 0000000000000064"    // from
          "00000200"};                              // credit
}

inline monitor_vector<monitor_subscription> open_subscription_vector() {
  return {{.serial = 1, .credit = 1},
          "00000001"    // serial
          "00000fff"    // every kind
          "00 00 00"    // all meshes, nodes, codes
          "01"          // policy: drop_oldest
          "00"          // only what is new
          "00000001"};  // credit
}

inline monitor_vector<subscription_answer> subscription_answer_vector() {
  return {{.serial = 7, .problem = "loop", .newest = {9, 100}},
          "00000007"                              // serial
          "00000004 6c6f6f70"                     // problem
          "0000000000000009 0000000000000064"};   // newest
}

inline monitor_vector<credit_grant> credit_vector() {
  return {{.serial = 7, .events = 256}, "00000007 00000100"};
}

inline monitor_vector<event_page> page_vector() {
  event gps{.seq = 101,
            .time = vector_time,
            .id = 33,
            .mesh = {1},
            .node = {5},
            .code = type_code{std::string_view{"GPS"}},
            .kind = event_kind::reading,
            .state = 1,
            .data = small_bytes{*from_hex("010203040506")}};
  event joined{.seq = 102, .time = vector_time, .node = {6}, .kind = event_kind::node_joined};
  return {{.serial = 7,
           .gap = make_gap_event({90, 100, 11, "overwritten"}, {}),
           .events = {gps, joined},
           .reached = {9, 102},
           .newest = {9, 110}},
          "00000007"                                      // serial
          "01 000000000000005a 0000000000000064"          // gap: from, to
          "000000000000000b"                              // count
          "0000000b 6f7665727772697474656e"               // reason
          "00000002"                                      // events
          "0000000000000065 0000018bcfe56800"             // seq, time
          "0000000000000021 0001 0005 00000003 475053"    // id, mesh, node, code
          "00 01 00000006 010203040506"                   // reading, first of a frame, data
          "0000000000000066 0000018bcfe56800"             // seq, time
          "0000000000000000 0000 0006 00000000"           // id, mesh, node, code
          "04 00 00000000"                                // node_joined, active, no uuid
          "0000000000000009 0000000000000066"             // reached
          "0000000000000009 000000000000006e"};           // newest
}

inline monitor_vector<nodes_query> nodes_query_vector() {
  return {{.mesh = {1}, .after = node_address{5}, .max = 100},
          "0001"      // mesh
          "01 0005"   // after
          "0064"};    // max
}

inline monitor_vector<nodes_page> nodes_page_vector() {
  node_uuid uuid;
  uuid.fill(std::byte{0xEE});
  remote_node known{.status = node_status::idle,
                    .heard = true,
                    .known = {.address = {5},
                              .uuid = uuid,
                              .first_heard = vector_time,
                              .last_heard = vector_time,
                              .counters = {1, 2, 3, 4, 5},
                              .series = {{type_code{std::string_view{"T1."}},
                                          {{.seq = 33,
                                            .time = vector_time,
                                            .data = small_bytes{*from_hex("2a")}}}}}}};
  return {{.mesh = {1}, .nodes = {known}, .complete = true, .at = {9, 100}},
          "0001 00000000"                          // mesh, no problem
          "00000001"                               // nodes
          "0005"                                   // address
          "01 eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"    // uuid
          "01 01"                                  // idle, heard
          "0000018bcfe56800 0000018bcfe56800"      // first and last heard
          "0000000000000001 0000000000000002"      // frames, readings
          "0000000000000003 0000000000000004"      // messages, requests
          "0000000000000005"                       // malformed
          "00000001 00000003 54312e"               // series: T1.
          "00000001"                               // readings
          "0000000000000021 0000018bcfe56800"      // seq, time
          "00000001 2a"                            // data
          "01"                                     // complete
          "0000000000000009 0000000000000064"};    // at
}

inline monitor_vector<report_query> report_query_vector() {
  return {{.kind = report_kind::incidents, .before = 40, .limit = 20},
          "02"                  // incidents
          "0000000000000028"    // before
          "00000014"};          // limit
}

inline monitor_vector<report> report_vector() {
  return {{.kind = report_kind::metrics, .content = "a 1\n"},
          "01"                    // metrics
          "00000000"              // no problem
          "00000004 6120310a"};   // content
}

inline monitor_vector<remote_command> command_vector() {
  return {{.mesh = {1}, .what = {command_kind::send, {5}, *from_hex("6869")}},
          "0001"              // mesh
          "00 0005"           // send, node
          "00000002 6869"};   // message
}

inline monitor_vector<remote_command_query> command_query_vector() {
  return {{.id = {77}}, "000000000000004d"};
}

inline monitor_vector<remote_command_answer> refused_command_vector() {
  return {{.mesh = {1}, .result = problem{problem_kind::queue_full, "full"}},
          "0001"                 // mesh
          "00"                   // a problem
          "17 00000004 66756c6c"};  // queue_full, detail
}

inline monitor_vector<remote_command_answer> command_answer_vector() {
  return {{.mesh = {1},
           .result = saved_command{.id = {77},
                                   .what = {command_kind::send, {5}, *from_hex("6869")},
                                   .origin = command_origin::client,
                                   .state = command_state::failed,
                                   .accepted = vector_time,
                                   .deadline = vector_time,
                                   .finished = vector_time,
                                   .reason = failure::no_serial_connection}},
          "0001"                                 // mesh
          "01"                                   // a command
          "000000000000004d"                     // id
          "00 0005 00000002 6869"                // send, node, message
          "00 03"                                // of a client, failed
          "0000018bcfe56800 0000018bcfe56800"    // accepted, deadline
          "01 0000018bcfe56800"                  // finished
          "01 03"};                              // reason: no_serial_connection
}

inline monitor_vector<ping> ping_vector() {
  return {{.nonce = 0x0102030405060708}, "0102030405060708"};
}

inline monitor_vector<pong> pong_vector() {
  return {{.nonce = 8, .serves = {{0xA1}}, .generation = 3, .now = vector_time},
          "0000000000000008"             // nonce
          "00000001 00000000000000a1"    // serves
          "00000003"                     // generation
          "0000018bcfe56800"};           // now
}

inline monitor_vector<gate_follow> follow_vector() {
  return {{.from = cursor{9, 100}, .pages = 8},
          "01 0000000000000009 0000000000000064"    // from
          "00000008"};                              // pages
}

inline monitor_vector<gate_replay> replay_vector() {
  return {{.from = {9, 100}, .filter = {.kinds = {event_kind::message}}, .max_events = 512},
          "0000000000000009 0000000000000064"    // from
          "00000002 00 00 00"                    // kinds, all meshes, nodes, codes
          "00000200"};                           // max
}

inline monitor_vector<gate_listening> listening_vector() {
  return {{.port = 7655}, "1de7"};
}

inline monitor_vector<gate_more> more_vector() {
  return {{.pages = 2}, "00000002"};
}

inline monitor_vector<gate_line> line_vector() {
  return {{.level = 2, .text = "hi"}, "02 00000002 6869"};
}

/// Every vector but that of gate_question, whose end is that of its frame.
template <class Visit>
void each_monitor_vector(Visit visit) {
  visit(hello_vector());
  visit(gateway_hello_vector());
  visit(subscription_vector());
  visit(open_subscription_vector());
  visit(subscription_answer_vector());
  visit(credit_vector());
  visit(page_vector());
  visit(nodes_query_vector());
  visit(nodes_page_vector());
  visit(report_query_vector());
  visit(report_vector());
  visit(command_vector());
  visit(command_query_vector());
  visit(refused_command_vector());
  visit(command_answer_vector());
  visit(ping_vector());
  visit(pong_vector());
  visit(follow_vector());
  visit(replay_vector());
  visit(listening_vector());
  visit(more_vector());
  visit(line_vector());
}

} // namespace xylem
