#include "fake_gateway.hpp"

#include "protocol/gate_feed.hpp"
#include "protocol/replay.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

namespace xylem::testing {

namespace asio = boost::asio;
using stream = asio::local::stream_protocol::socket;

fake_gateway::fake_gateway(asio::io_context& io) : socket_{io} {
  stream other{io};
  asio::local::connect_pair(socket_, other);
  far_end_ = file_descriptor{other.release()};
  read();
}

void fake_gateway::configure(const gate_configuration& what) {
  say(gate_frame_kind::configure, 0, to_text(what));
}

void fake_gateway::say(gate_frame_kind kind, std::uint64_t id, std::string_view body) {
  append_gate_frame(waiting_, kind, id, body);
  if (writing_.empty())
    write();
}

void fake_gateway::write() {
  writing_.swap(waiting_);
  asio::async_write(socket_, asio::buffer(writing_),
                    [this](boost::system::error_code error, std::size_t) {
                      if (error)
                        return;
                      writing_.clear();
                      if (!waiting_.empty())
                        write();
                    });
}

void fake_gateway::die() {
  socket_.close();
}

void fake_gateway::read() {
  socket_.async_read_some(asio::buffer(input_),
                          [this](boost::system::error_code error, std::size_t size) {
                            if (error == asio::error::operation_aborted)
                              return;
                            if (error) {
                              is_closed = true;
                              return;
                            }
                            reader_.feed({input_.data(), size});
                            while (auto frame = reader_.next())
                              hear(*frame);
                            REQUIRE_FALSE(reader_.broken());
                            read();
                          });
}

void fake_gateway::hear(const gate_frame& frame) {
  switch (frame.kind) {
    case gate_frame_kind::listening: port = decode<gate_listening>(frame.body).value().port; break;
    case gate_frame_kind::state: states.push_back(frame.body); break;
    case gate_frame_kind::log: lines.push_back(decode<gate_line>(frame.body).value()); break;
    case gate_frame_kind::more:
      credit_ += decode<gate_more>(frame.body).value().pages;
      REQUIRE(credit_ <= gate_feed::most_pages);
      feed();
      break;
    case gate_frame_kind::follow: {
      auto wanted = decode<gate_follow>(frame.body).value();
      ++follows;
      credit_ = wanted.pages;
      fed_ = wanted.from.value_or(newest());
      event_page where{.reached = *fed_, .newest = newest()};
      --credit_;
      say(gate_frame_kind::feed, 0, encode(where));
      feed();
      break;
    }
    case gate_frame_kind::replay: {
      auto wanted = decode<gate_replay>(frame.body).value();
      ++replays;
      say(gate_frame_kind::answer, frame.id,
          encode(page_behind(wanted.from, wanted.filter, wanted.max_events)));
      break;
    }
    case gate_frame_kind::question: {
      auto question = decode<gate_question>(frame.body).value();
      asked.push_back(question);
      if (auto answer = answers ? answers(question) : answer_of(question))
        say(gate_frame_kind::answer, frame.id, *answer);
      break;
    }
    default: FAIL("a gate may not say this");
  }
}

event_page fake_gateway::page_behind(cursor from, const subscriber_filter& filter,
                                     std::size_t most) const {
  auto found = read_page(ring_, {from, filter, most}, {});
  std::size_t size = 0;
  for (std::size_t i = 0; i < found.events.size(); ++i) {
    size += encoded_size(found.events[i]);
    if (size <= monitor_limits::page_bytes)
      continue;
    found.events.resize(i);
    found.reached.seq = found.events.back().seq;
  }
  return {.gap = found.gap,
          .events = std::move(found.events),
          .reached = found.reached,
          .newest = found.newest};
}

void fake_gateway::feed() {
  while (fed_ && credit_ > 0 && *fed_ != newest()) {
    auto page = page_behind(*fed_, {}, monitor_limits::page_events);
    fed_ = page.reached;
    --credit_;
    say(gate_frame_kind::feed, 0, encode(page));
  }
}

void fake_gateway::happen(std::size_t events, std::size_t size) {
  bytes data(size);
  for (; events > 0; --events)
    ring_.push({.node = node_address{1}, .kind = event_kind::message, .data = small_bytes{data}});
  feed();
}

void fake_gateway::restart_hub() {
  ring_ = event_ring{++epoch_, 100'000, 100'000'000};
  feed();
}

std::optional<std::string> fake_gateway::answer_of(const gate_question& what) const {
  switch (what.kind) {
    case question_kind::hello: {
      auto hello = hello_of_north();
      hello.newest = newest();
      return encode(hello);
    }
    case question_kind::nodes: return encode(nodes_page{.complete = true, .at = newest()});
    case question_kind::report: return encode(report{.content = "all is well"});
    case question_kind::command:
      return encode(remote_command_answer{.result = saved_command{.id = command_id{42}}});
    case question_kind::command_state:
      return encode(remote_command_answer{
        .result = saved_command{.id = command_id{42}, .state = command_state::written}});
    case question_kind::ping:
      return encode(pong{.nonce = decode<ping>(what.body).value().nonce, .generation = 9});
  }
  return std::nullopt;
}

gateway_hello hello_of_north() {
  return {.software = "xylem test",
          .name = "north",
          .instance = {77},
          .serves = {{77}},
          .generation = 1,
          .meshes = {{.name = "field", .link = link_state::up}}};
}

} // namespace xylem::testing
