#pragma once

#include "protocol/basp_violation.hpp"
#include "protocol/basp_wire.hpp"

#include <deque>
#include <functional>
#include <set>
#include <span>
#include <variant>

namespace xylem {

/// A message that the peer may send: the name of its type for CAF, and whether a text is the
/// encoding of one.
struct basp_message_rule {
  std::string type{};
  std::function<bool(std::string_view)> valid{};
};

/// The side that publishes an actor and expects a client's handshake, or the other one.
enum class basp_side : std::uint8_t { server, client };

struct basp_policy {
  basp_side side = basp_side::server;
  basp_node_id own{};
  std::string application = "generic-caf-app";
  std::vector<basp_message_rule> messages{}; ///< all that the peer may say
  std::size_t max_handshake = 16 * 1024;
  std::size_t max_message = 1024 * 1024; ///< of one payload
  std::size_t max_sources = 16;          ///< actors of the peer, over the life of the connection
};

/// A frame that may pass to CAF. Both views live until the next call of next(), or as long as the
/// bytes that it was given.
struct basp_frame {
  std::string_view header{};
  std::string_view payload{};
};

struct basp_counters {
  std::uint64_t messages = 0;   ///< of the peer, passed
  std::uint64_t heartbeats = 0; ///< taken, not passed: CAF does nothing with them
  std::uint64_t dropped = 0;    ///< of the peer: what CAF asks by itself
  std::uint64_t withheld = 0;   ///< the same of ours
};

/// Stands between the bytes of one connection and CAF, which trusts whatever it reads: a bounded
/// set of frames passes, everything else is a violation, and final. Keeps at most one frame, and
/// of that only what has come. Sees what our side sends, to know what may be answered.
class basp_firewall {
public:
  struct need_more {};
  using step = std::variant<need_more, basp_frame, basp_violation>;

  explicit basp_firewall(basp_policy policy);

  /// Takes bytes of the peer off the front of `input`. After need_more it is empty.
  step next(std::string_view& input);

  /// Notes what CAF has written, whole frames, and takes out of it what is not to be sent.
  void filter_output(std::vector<char>& frames);

  /// Known as soon as its handshake has passed.
  const std::optional<basp_node_id>& peer() const noexcept { return peer_; }

  /// What the server side said of itself; on the server side, what we did.
  const basp_server_handshake& server() const noexcept { return server_; }

  const basp_counters& counters() const noexcept { return counters_; }

private:
  enum class verdict : std::uint8_t { pass, drop };
  using judgement = std::variant<verdict, basp_violation>;
  using violation = std::optional<basp_violation>;

  bool collect(std::string_view& input, std::size_t wanted, std::string& kept,
               std::string_view& whole);
  void forget_frame();
  step violate(basp_violation what);

  violation judge_header() const;
  violation judge_handshake_header() const;
  violation judge_message_header() const;
  judgement judge(std::string_view payload);
  judgement judge_handshake(std::string_view payload);
  judgement judge_notice(std::string_view payload);
  judgement judge_message(std::string_view payload);
  violation judge_receiver();
  violation judge_content(std::string_view payload) const;
  bool is_between_us(std::string_view payload) const;
  bool keep_sent(const basp_header& header, std::string_view payload);

  basp_policy policy_;
  std::optional<basp_node_id> peer_;
  basp_server_handshake server_;
  basp_counters counters_;
  std::optional<basp_violation> broken_;

  basp_header header_;
  std::string header_kept_;
  std::string payload_kept_;
  bool begun_ = false; // the header is complete
  bool done_ = false;  // the frame was returned

  std::set<std::uint64_t> sources_; // actors of the peer that it told of
  std::set<std::uint64_t> told_;    // actors of ours that the peer was told of
  std::deque<std::uint64_t> gone_;  // of those, the latest that have ended
  std::set<std::pair<std::uint64_t, std::uint64_t>> asked_; // our actor, id of the answer
  std::size_t named_ = 0;
};

} // namespace xylem
