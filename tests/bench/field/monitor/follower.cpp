#include "follower.hpp"

#include "protocol/monitor_messages.hpp"
#include "tests/bench/field/shared/sockets.hpp"
#include "tests/protocol/basp_frames.hpp"

#include <openssl/err.h>

#include <stdexcept>
#include <utility>

namespace xylem::bench {

namespace {

/// As the monitor library has it: granted at first, and again when half of it is used.
constexpr std::uint32_t window = 4096;

constexpr std::uint32_t serial = 1;
constexpr std::uint64_t own_actor = 17;
constexpr std::uint64_t request = 0x1000'0000'0000'0000;

bool is_of_a_frame(const event& what) {
  return what.kind == event_kind::reading || what.kind == event_kind::message;
}

/// The type of what follows.
std::string_view skip_to_content(basp_reader& from) {
  from.take(3); // no forwarding stack, types by name
  return from.text();
}

} // namespace

follower::follower(SSL_CTX* rules, const sockaddr_in& gate, char letter)
    : socket_{connect_to(gate)}, tls_{SSL_new(rules)} {
  SSL_set_fd(tls_.get(), socket_.get());
  SSL_set_read_ahead(tls_.get(), 1);
  if (SSL_connect(tls_.get()) != 1)
    throw std::runtime_error{"no TLS with the gate"};
  introduce(testing::node_of(letter));
  set_non_blocking(socket_.get());
}

bool follower::read(heard& sum) {
  for (;;) {
    if (auto count = receive(); count <= 0)
      return SSL_get_error(tls_.get(), count) == SSL_ERROR_WANT_READ;
    while (auto payload = next_frame())
      if (!take(*payload, sum))
        return false;
  }
}

bool follower::beat() {
  return say(testing::heartbeat());
}

void follower::introduce(basp_node_id node) {
  auto handshake = parse_server_handshake(await_frame(basp_operation::server_handshake));
  if (!handshake)
    throw std::runtime_error{"the gate does not speak BASP"};
  facade_ = handshake->actor;
  say(testing::client_handshake(node));
  auto hello = ask<gateway_hello>("xylem.monitor_hello",
                                  encode(monitor_hello{.software = "bench", .name = "crowd"}), 1);
  if (!hello.refused.empty())
    throw std::runtime_error{"the gate refuses: " + hello.refused};
  auto followed = ask<subscription_answer>(
      "xylem.monitor_subscription",
      encode(monitor_subscription{.serial = serial, .credit = window}), 2);
  if (!followed.problem.empty())
    throw std::runtime_error{"the gate does not let follow: " + followed.problem};
  reached_ = followed.newest.seq;
}

template <class Answer>
Answer follower::ask(std::string_view type, const std::string& text, std::uint64_t number) {
  say(testing::message(own_actor, facade_, type, text, request | number));
  for (;;) {
    auto payload = await_frame(basp_operation::direct_message);
    if (!is_answer(header_))
      continue;
    basp_reader from{payload};
    skip_to_content(from);
    if (auto answer = decode<Answer>(from.text()))
      return *answer;
    throw std::runtime_error{"the gate gives another answer than asked for"};
  }
}

std::string follower::await_frame(basp_operation wanted) {
  for (;;) {
    if (auto payload = next_frame()) {
      if (is(header_, wanted))
        return std::string{*payload};
      continue;
    }
    if (receive() <= 0)
      throw std::runtime_error{"the gate has ended the connection"};
  }
}

int follower::receive() {
  ERR_clear_error(); // another follower's
  auto count = SSL_read(tls_.get(), room_.data(), static_cast<int>(room_.size()));
  if (count > 0)
    kept_.append(room_.data(), static_cast<std::size_t>(count));
  return count;
}

std::optional<std::string_view> follower::next_frame() {
  std::string_view left{kept_};
  left.remove_prefix(std::exchange(used_, 0));
  if (left.size() >= basp_header_size) {
    header_ = parse_basp_header(left.substr(0, basp_header_size));
    auto size = basp_header_size + header_.payload_size;
    if (left.size() >= size) {
      used_ = kept_.size() - left.size() + size;
      return left.substr(basp_header_size, header_.payload_size);
    }
  }
  kept_.erase(0, kept_.size() - left.size());
  return std::nullopt;
}

bool follower::take(std::string_view payload, heard& sum) {
  if (!is(header_, basp_operation::direct_message))
    return true;
  basp_reader from{payload};
  if (skip_to_content(from) != "@<>+xylem.event_page")
    return from.ok();
  auto page = decode<event_page>(from.text());
  if (!page || page->serial != serial)
    return false;
  ++sum.pages;
  if (page->gap) {
    ++sum.gaps;
    reached_ = page->events.empty() ? page->reached.seq : page->events.front().seq - 1;
  }
  for (const auto& what : page->events) {
    if (what.seq != ++reached_)
      return false;
    frames_ += is_of_a_frame(what);
  }
  sum.events += page->events.size();
  return grant(page->events.size());
}

bool follower::grant(std::size_t events) {
  handled_ += static_cast<std::uint32_t>(events);
  if (handled_ < window / 2)
    return true;
  credit_grant more{serial, std::exchange(handled_, 0)};
  return say(testing::message(own_actor, facade_, "xylem.credit_grant", encode(more)));
}

bool follower::say(const std::string& frames) {
  ERR_clear_error();
  return SSL_write(tls_.get(), frames.data(), static_cast<int>(frames.size()))
         == static_cast<int>(frames.size());
}

} // namespace xylem::bench
