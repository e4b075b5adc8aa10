#pragma once

#include "exchange.hpp"

#include "tests/bench/field/shared/histogram.hpp"
#include "tests/bench/field/shared/stamped_receive.hpp"

#include "actors/file_descriptor.hpp"

#include <random>

#include <netinet/in.h>

namespace xylem::bench {

enum class connection_use : std::uint8_t {
  one_shot, ///< connect, ask, get the reply, close; the client closes first
  kept,
};

/// Since the warm-up was over.
struct load_counts {
  histogram latency;
  std::uint64_t replies = 0;
  std::uint64_t connects = 0;
  std::uint64_t wrong = 0;  ///< replies with other bytes than they must have
  std::uint64_t closed = 0; ///< by the server, with a request under way
  std::uint64_t refused = 0;
  std::uint64_t unstamped = 0; ///< replies whose arrival the kernel did not tell
};

/// What all clients of a run share.
struct load_plan {
  sockaddr_in server{};
  connection_use use = connection_use::kept;
  std::size_t depth = 1; ///< requests under way on a connection
  double rate = 0;       ///< requests a second of one client; 0: the next one when a reply came
  std::vector<exchange> exchanges;
  bool over_http = false; ///< else replies are compared byte by byte
  std::uint64_t measured_from_ns = 0;
};

/// One client: keeps its requests under way and compares every reply. One-shot clients open a
/// connection for each request. Not thread-safe; driven by load.cpp's loop.
class load_client {
public:
  load_client(const load_plan& plan, load_counts& counts, std::uint32_t number);

  /// Sends what may be sent now. True: the descriptor is a new one.
  bool step(std::uint64_t time_ns);

  /// Reads what is there. False: the connection is over, step() opens the next one.
  bool read();

  int descriptor() const noexcept { return socket_.get(); }
  std::uint64_t due() const noexcept { return due_ns_; } ///< when step() has something to do
  bool waits_for_room() const noexcept { return sent_ < out_.size(); }
  bool is_stuck(std::uint64_t time_ns) const;

private:
  struct request {
    std::size_t index; // of its exchange
    std::uint64_t start_ns;
  };

  void open();
  void ask_those_due(std::uint64_t time_ns);
  void ask(std::uint64_t start_ns);
  bool flush();
  reception receive() const;
  bool take(const reception& chunk);
  bool take_http(const reception& chunk);
  void answered(const reception& chunk);
  void count(std::uint64_t load_counts::*what, std::uint64_t time_ns);
  void drop();

  const load_plan& plan_;
  load_counts& counts_;
  std::minstd_rand random_;
  sockaddr_in source_{};
  file_descriptor socket_;
  std::vector<request> under_way_; // a ring of plan_.depth; `oldest_` is the next to be answered
  std::size_t oldest_ = 0;
  std::size_t waiting_ = 0;
  std::string out_;
  std::size_t sent_ = 0;    // of out_
  std::size_t matched_ = 0; // bytes of the oldest reply
  std::string in_;          // of HTTP
  std::uint64_t due_ns_ = 0;
  std::uint64_t free_since_ns_ = 0; // when a reply made room where there was none
};

} // namespace xylem::bench
