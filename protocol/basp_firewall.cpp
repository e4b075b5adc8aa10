#include "protocol/basp_firewall.hpp"

#include <algorithm>
#include <utility>

namespace xylem {

namespace {

/// Actors of ours that have ended, to whom messages may still be on their way.
constexpr std::size_t max_gone = 64;

/// Actors of ours, and questions of theirs, that are remembered; the oldest are forgotten.
constexpr std::size_t max_remembered = 4096;

/// Memory for a payload that stays between two of them.
constexpr std::size_t kept_capacity = 64 * 1024;

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
  begun_ = false;
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
    if (!begun_) {
      std::string_view wire;
      if (!collect(input, basp_header_size, header_kept_, wire))
        return need_more{};
      header_kept_ = wire; // the payload may come with another read
      header_ = parse_basp_header(wire);
      begun_ = true;
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
      return basp_frame{header_kept_, payload};
  }
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
  if (is(header, basp_operation::down_message))
    gone_.push_back(header.source);
  if (gone_.size() > max_gone) {
    told_.erase(gone_.front());
    gone_.pop_front();
  }
  if (!is(header, basp_operation::direct_message) || header.source == 0)
    return true;
  remember(told_, header.source);
  if (is_request(header))
    remember(asked_, {header.source, header.operation_data | basp_answer_flag});
  return true;
}

} // namespace xylem
