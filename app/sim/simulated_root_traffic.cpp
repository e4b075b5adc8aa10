#include "app/sim/simulated_root.hpp"

#include <algorithm>

namespace xylem {

void simulated_root::join(sim_time when) {
  auto& node = identities_[joined_++];
  payload_.clear();
  codec_->append_joined(payload_, node);
  transmit(sim_frame::joined, when);
  auto share = options_.join_window / static_cast<int>(options_.nodes);
  due(occasion::join) = joined_ < options_.nodes
                            ? std::max(when, join_began_at_ + share * static_cast<int>(joined_))
                            : never_due;
}

void simulated_root::take_turn(occasion what, sim_time when) {
  due(what) += period_[static_cast<std::size_t>(what)];
  if (nodes_.empty())
    return;
  auto speaker = what == occasion::update      ? turn_++ % nodes_.size()
                 : what == occasion::heartbeat ? beat_++ % nodes_.size()
                                               : random_.below(nodes_.size());
  if (speaker >= joined_ || when < mesh_back_at_)
    return;
  if (what == occasion::update || what == occasion::heartbeat)
    return send_update(speaker, when,
                       what == occasion::update ? sim_frame::update : sim_frame::heartbeat);
  auto from = identities_[speaker].address;
  auto number = std::to_string(++said_);
  payload_.clear();
  if (what == occasion::message) {
    auto text = "message " + number + " from node " + std::to_string(from.value);
    codec_->append_message(payload_, from, view_of(text));
    return transmit(sim_frame::message, when);
  }
  auto text = "request " + number + " from node " + std::to_string(from.value);
  codec_->append_request(payload_, from, view_of(text));
  if (is_heard())
    requests_.ask(from, copy_of(view_of(text)));
  transmit(sim_frame::request, when);
}

void simulated_root::send_update(std::size_t node, sim_time when, sim_frame kind) {
  if (!is_heard()) {
    ++statistics_.unheard_frames;
    return;
  }
  payload_.clear();
  auto readings = kind == sim_frame::update ? options_.types.size() : 0;
  codec_->append_update(payload_, identities_[node].address, readings);
  for (const auto& type : std::span{options_.types}.first(readings)) {
    auto data = std::span{reading_}.first(type.length);
    nodes_[node].measure(type, options_.escape_percent, when, data);
    codec_->append_reading(payload_, type.code, data);
  }
  if (options_.trailer)
    codec_->append_trailer(payload_);
  transmit(kind, when);
  if (finished())
    end_traffic();
}

bool simulated_root::is_flooding() const noexcept {
  return options_.rate == 0 && running_ && joined_ > 0 && is_heard() && !is_stalled()
         && !finished();
}

void simulated_root::flood(sim_time now, std::size_t limit) {
  if (!is_flooding() || now < mesh_back_at_)
    return;
  while (!finished() && !is_full(limit))
    send_update(turn_++ % joined_, now, sim_frame::update);
}

void simulated_root::end_traffic() {
  for (auto what : {occasion::update, occasion::message, occasion::request, occasion::heartbeat})
    due(what) = never_due;
}

void simulated_root::send_snapshot(sim_time when) {
  auto begin = std::min(snapshot_at_, joined_);
  auto count = std::min(root_codec::nodes_a_snapshot, joined_ - begin);
  payload_.clear();
  codec_->append_snapshot(payload_, std::span{identities_}.subspan(begin, count));
  transmit(sim_frame::snapshot, when);
  // As in the field, each frame begins with the node that ended the one before.
  snapshot_at_ = begin + count - 1;
  if (begin + count < joined_)
    return;
  snapshot_at_ = 0;
  if (--snapshots_ == 0)
    due(occasion::snapshot) = never_due;
}

void simulated_root::transmit(sim_frame kind, sim_time when) {
  if (!is_heard()) {
    ++statistics_.unheard_frames;
    return;
  }
  auto& target = line_.is_paced() ? line_.tail(when) : *out_;
  auto begin = target.size();
  append_frame(target, payload_);
  faults_.damage(target, begin, when, statistics_.faults);
  ++statistics_.frames[static_cast<std::size_t>(kind)];
  statistics_.bytes += target.size() - begin;
}

void simulated_root::print(std::string_view text, sim_time when) {
  if (!is_heard())
    return;
  append(line_.is_paced() ? line_.tail(when) : *out_, text);
  statistics_.bytes += text.size();
}

} // namespace xylem
