#include "crowd.hpp"

#include "actors/environment.hpp"
#include "actors/remote/mutual_tls.hpp"
#include "actors/remote/openssl_pointers.hpp"
#include "protocol/monitor_messages.hpp"
#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/epoll_loop.hpp"
#include "tests/bench/field/shared/process_usage.hpp"
#include "tests/bench/field/shared/sockets.hpp"
#include "tests/bench/field/shared/stop_signal.hpp"
#include "tests/protocol/basp_frames.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <map>
#include <stdexcept>

#include <unistd.h>

namespace xylem::bench {

namespace {

/// Of the gate (monitor §1), with some room: so many connect at once, then one after the other.
constexpr std::size_t at_once = 7;
constexpr auto between_connections = 550ms;

constexpr auto heartbeat_every = 4s;

/// What comes meanwhile wakes nobody: a gate does not pay for who wakes up on another machine.
constexpr auto nap = 1ms;

/// As the monitor library has it: granted at first, and again when half of it is used.
constexpr std::uint32_t window = 4096;

constexpr std::uint32_t serial = 1;
constexpr std::uint64_t own_actor = 17;
constexpr std::uint64_t request = 0x1000'0000'0000'0000;

struct heard {
  std::uint64_t events = 0;
  std::uint64_t pages = 0;
  std::uint64_t gaps = 0;
};

bool is_of_a_frame(const event& what) {
  return what.kind == event_kind::reading || what.kind == event_kind::message;
}

/// Who follows; throws std::runtime_error when it cannot begin.
class follower {
public:
  follower(SSL_CTX* rules, const sockaddr_in& gate, char number)
      : socket_{connect_to(gate)}, tls_{SSL_new(rules)} {
    SSL_set_fd(tls_.get(), socket_.get());
    SSL_set_read_ahead(tls_.get(), 1);
    if (SSL_connect(tls_.get()) != 1)
      throw std::runtime_error{"no TLS with the gate"};
    introduce(testing::node_of(number));
    set_non_blocking(socket_.get());
  }

  int socket() const noexcept { return socket_.get(); }

  std::uint64_t frames() const noexcept { return frames_; }

  /// All that has come. False: the connection has ended, or what came is wrong.
  bool read(heard& sum) {
    for (;;) {
      if (auto count = receive(); count <= 0)
        return SSL_get_error(tls_.get(), count) == SSL_ERROR_WANT_READ;
      while (auto payload = next_frame())
        if (!take(*payload, sum))
          return false;
    }
  }

  bool beat() { return say(testing::heartbeat()); }

private:
  void introduce(basp_node_id node) {
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
  Answer ask(std::string_view type, const std::string& text, std::uint64_t number) {
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

  /// The type of what follows.
  static std::string_view skip_to_content(basp_reader& from) {
    from.take(3); // no forwarding stack, types by name
    return from.text();
  }

  /// While the socket blocks.
  std::string await_frame(basp_operation wanted) {
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

  /// As SSL_read(), whose error it may be asked for.
  int receive() {
    ERR_clear_error(); // another follower's
    auto count = SSL_read(tls_.get(), room_.data(), static_cast<int>(room_.size()));
    if (count > 0)
      kept_.append(room_.data(), static_cast<std::size_t>(count));
    return count;
  }

  /// The payload of header_, valid until the next call.
  std::optional<std::string_view> next_frame() {
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

  bool take(std::string_view payload, heard& sum) {
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

  bool grant(std::size_t events) {
    handled_ += static_cast<std::uint32_t>(events);
    if (handled_ < window / 2)
      return true;
    credit_grant more{serial, std::exchange(handled_, 0)};
    return say(testing::message(own_actor, facade_, "xylem.credit_grant", encode(more)));
  }

  bool say(const std::string& frames) {
    ERR_clear_error();
    return SSL_write(tls_.get(), frames.data(), static_cast<int>(frames.size()))
           == static_cast<int>(frames.size());
  }

  file_descriptor socket_;
  openssl::owned<SSL, SSL_free> tls_;
  std::uint64_t facade_ = 0;
  basp_header header_;
  std::string kept_;
  std::size_t used_ = 0; // of kept_, with the frame that was given last
  std::uint64_t reached_ = 0;
  std::uint64_t frames_ = 0;
  std::uint32_t handled_ = 0;
  std::vector<char> room_ = std::vector<char>(65'536);
};

class crowd_run {
public:
  explicit crowd_run(const crowd_options& options) : options_{options} {
    auto gate = address_of(options.gateway);
    for (const auto& name : options.names) {
      if (followers_.size() >= at_once)
        std::this_thread::sleep_for(between_connections);
      auto number = static_cast<std::uint32_t>(followers_.size());
      followers_.push_back(
          std::make_unique<follower>(rules_of(name), gate, static_cast<char>('A' + number)));
      loop_.add(followers_.back()->socket(), number);
      read_all(0ms);
    }
  }

  boost::json::object run() {
    auto end = monotonic::now() + std::chrono::duration<double>{options_.duration_s};
    while (!is_stopped() && monotonic::now() < end && !is_complete()) {
      std::this_thread::sleep_for(nap);
      read_all(0ms);
    }
    return {{"tool", "crowd"},
            {"events", sum_.events},
            {"pages", sum_.pages},
            {"gaps", sum_.gaps},
            {"missing", missing()},
            {"losses", losses_},
            {"cpu_s", usage_of(getpid()).cpu_s}};
  }

private:
  std::uint64_t missing() const {
    std::uint64_t out = 0;
    for (const auto& one : followers_)
      out += options_.count - std::min<std::uint64_t>(one ? one->frames() : 0, options_.count);
    return out;
  }

  /// Who has lost its connection will not get the rest.
  bool is_complete() const {
    return options_.count > 0 && std::ranges::all_of(followers_, [this](const auto& one) {
             return !one || one->frames() >= options_.count;
           });
  }

  SSL_CTX* rules_of(const std::string& name) {
    auto& rules = rules_[name];
    if (!rules)
      rules = std::make_unique<mutual_tls>(tls_files{options_.pki + "/ca.pem",
                                                     options_.pki + "/" + name + ".pem",
                                                     options_.pki + "/" + name + ".key"},
                                           clock_);
    return rules->client().native_handle();
  }

  void read_all(std::chrono::nanoseconds patience) {
    for (const auto& event : loop_.wait(patience))
      if (auto& one = followers_[event.data.u32]; one && !one->read(sum_))
        lose(one);
    if (monotonic::now() < beat_at_)
      return;
    beat_at_ = monotonic::now() + heartbeat_every;
    for (auto& one : followers_)
      if (one && !one->beat())
        lose(one);
  }

  void lose(std::unique_ptr<follower>& who) {
    who.reset();
    ++losses_;
  }

  const crowd_options& options_;
  system_clock_source clock_;
  std::map<std::string, std::unique_ptr<mutual_tls>> rules_;
  std::vector<std::unique_ptr<follower>> followers_;
  epoll_loop loop_;
  monotonic::time_point beat_at_ = monotonic::now() + heartbeat_every;
  heard sum_;
  std::uint64_t losses_ = 0;
};

} // namespace

boost::json::object run_crowd(const crowd_options& options) {
  std::signal(SIGPIPE, SIG_IGN);
  remember_stop_signals();
  crowd_run run{options};
  std::cerr << "ready" << std::endl;
  return run.run();
}

} // namespace xylem::bench
