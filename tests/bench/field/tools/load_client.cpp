#include "load_client.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/sockets.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <sys/socket.h>

namespace xylem::bench {

namespace {

/// One source address has 28,000 ports, and a closed connection keeps its own for a while.
constexpr std::uint32_t source_addresses = 8;

constexpr std::uint64_t stuck_after_ns = 5'000'000'000;

std::array<char, 65'536> room;

} // namespace

load_client::load_client(const load_plan& plan, load_counts& counts, std::uint32_t number)
    : plan_{plan}, counts_{counts}, random_{number + 1}, under_way_(plan.depth) {
  source_.sin_family = AF_INET;
  source_.sin_addr.s_addr = htonl(INADDR_LOOPBACK + number % source_addresses);
}

bool load_client::step(std::uint64_t time_ns) {
  auto is_new = !socket_;
  if (is_new)
    open();
  if (plan_.rate > 0 && due_ns_ == 0)
    due_ns_ = time_ns + random_() % static_cast<std::uint64_t>(1e9 / plan_.rate);
  if (plan_.rate > 0)
    ask_those_due(time_ns);
  else
    while (socket_ && waiting_ < plan_.depth)
      ask(time_ns);
  if (socket_ && !flush())
    drop();
  return is_new && socket_;
}

/// What the server kept us from sending in time counts as its latency; what we are late by
/// ourselves moves the request to now.
void load_client::ask_those_due(std::uint64_t time_ns) {
  auto interval_ns = static_cast<std::uint64_t>(1e9 / plan_.rate);
  while (socket_ && waiting_ < plan_.depth && due_ns_ <= time_ns) {
    auto start_ns = time_ns - (std::max(free_since_ns_, due_ns_) - due_ns_);
    ask(start_ns);
    due_ns_ = std::max(due_ns_ + interval_ns, start_ns);
  }
}

void load_client::open() {
  socket_ = file_descriptor{socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  int yes = 1;
  if (plan_.use == connection_use::one_shot) {
    setsockopt(socket_.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    bind(socket_.get(), reinterpret_cast<const sockaddr*>(&source_), sizeof source_);
  } else {
    set_no_delay(socket_.get());
  }
  if (plan_.rate > 0)
    ask_for_stamps(socket_.get());
  ++counts_.connects;
  auto* where = reinterpret_cast<const sockaddr*>(&plan_.server);
  if (connect(socket_.get(), where, sizeof plan_.server) != 0 && errno != EINPROGRESS)
    drop();
}

void load_client::ask(std::uint64_t start_ns) {
  auto index = random_() % plan_.exchanges.size();
  under_way_[(oldest_ + waiting_++) % plan_.depth] = {index, start_ns};
  out_ += plan_.exchanges[index].request;
}

/// False: the connection is over.
bool load_client::flush() {
  while (sent_ < out_.size()) {
    auto count = send(socket_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (count < 0)
      return errno == EAGAIN || errno == EINTR;
    sent_ += static_cast<std::size_t>(count);
  }
  out_.clear();
  sent_ = 0;
  return true;
}

bool load_client::read() {
  auto chunk = receive();
  if (chunk.code == EAGAIN || chunk.code == EINTR)
    return true;
  if (chunk.data.empty()) {
    count(chunk.code == 0 ? &load_counts::closed : &load_counts::refused, chunk.came_ns);
    drop();
    return false;
  }
  auto is_right = plan_.over_http ? take_http(chunk) : take(chunk);
  if (!is_right)
    count(&load_counts::wrong, chunk.came_ns);
  if (!is_right || (plan_.use == connection_use::one_shot && waiting_ == 0))
    drop();
  return static_cast<bool>(socket_);
}

/// Stamps cost a call some time: only who has a rate has that left.
reception load_client::receive() const {
  if (plan_.rate > 0)
    return receive_stamped(socket_.get(), room);
  auto size = recv(socket_.get(), room.data(), room.size(), 0);
  if (size < 0)
    return {{}, errno, wall_ns(), false};
  return {{room.data(), static_cast<std::size_t>(size)}, 0, wall_ns(), false};
}

/// False: a byte is not as it must be.
bool load_client::take(const reception& chunk) {
  for (auto data = std::string_view{chunk.data}; !data.empty();) {
    if (waiting_ == 0)
      return false;
    const auto& reply = plan_.exchanges[under_way_[oldest_].index].reply;
    auto wanted = std::string_view{reply}.substr(matched_);
    auto size = std::min(wanted.size(), data.size());
    if (data.substr(0, size) != wanted.substr(0, size))
      return false;
    data.remove_prefix(size);
    matched_ += size;
    if (size < wanted.size())
      return true;
    matched_ = 0;
    answered(chunk);
  }
  return true;
}

/// False: not a reply, or not the right one.
bool load_client::take_http(const reception& chunk) {
  constexpr std::string_view length = "Content-Length: ";
  in_ += chunk.data;
  for (;;) {
    auto head = in_.find("\r\n\r\n");
    if (head == std::string::npos)
      return true;
    auto at = in_.find(length);
    if (waiting_ == 0 || !in_.starts_with("HTTP/1.1 200") || at > head)
      return false;
    auto size = head + 4 + std::strtoul(in_.c_str() + at + length.size(), nullptr, 10);
    if (in_.size() < size)
      return true;
    auto reply = std::string_view{in_}.substr(0, size);
    if (reply.find(plan_.exchanges[under_way_[oldest_].index].reply, head) == std::string_view::npos)
      return false;
    in_.erase(0, size);
    answered(chunk);
  }
}

void load_client::answered(const reception& chunk) {
  auto time_ns = chunk.came_ns;
  auto start_ns = under_way_[oldest_].start_ns;
  if (waiting_ == plan_.depth)
    free_since_ns_ = time_ns;
  oldest_ = (oldest_ + 1) % plan_.depth;
  --waiting_;
  count(&load_counts::replies, time_ns);
  if (!chunk.is_stamped)
    count(&load_counts::unstamped, time_ns);
  if (time_ns >= plan_.measured_from_ns)
    counts_.latency.add(time_ns - std::min(start_ns, time_ns));
}

void load_client::count(std::uint64_t load_counts::*what, std::uint64_t time_ns) {
  if (time_ns >= plan_.measured_from_ns)
    ++(counts_.*what);
}

bool load_client::is_stuck(std::uint64_t time_ns) const {
  return waiting_ != 0 && under_way_[oldest_].start_ns + stuck_after_ns < time_ns;
}

void load_client::drop() {
  socket_.close();
  out_.clear();
  in_.clear();
  sent_ = matched_ = waiting_ = 0;
}

} // namespace xylem::bench
