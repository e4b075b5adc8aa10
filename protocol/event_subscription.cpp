#include "protocol/event_subscription.hpp"

namespace xylem {

namespace {

/// Nodes a page: some 50 KB with a few types each.
constexpr std::uint16_t nodes_per_page = 100;

/// Events a page of the replay: with the longest data they fit a queue.
constexpr std::size_t events_per_page = 200;

} // namespace

event_subscription::event_subscription(subscribe_request wanted, std::size_t meshes)
    : wanted_{std::move(wanted)}, meshes_{meshes}, queue_{wanted_.policy}, reached_{wanted_.from},
      snapshot_mesh_{meshes} {
  if (wanted_.snapshot.value_or(!wanted_.from.has_value()))
    start_snapshot();
}

bool event_subscription::offer(std::uint64_t epoch, const event& what) {
  if (catching_up_ || epoch != reached_->epoch || what.seq <= reached_->seq)
    return true;
  auto fits = !wanted_.filter.matches(what)
              || queue_.offer(what) != offer_result::must_disconnect;
  reached_->seq = what.seq;
  return fits;
}

void event_subscription::hub_restarted() {
  catching_up_ = true;
  replay_asked_ = false;
}

void event_subscription::replayed(replay_page page) {
  if (!std::exchange(replay_asked_, false))
    return;
  if (!begin_)
    begin_ = wanted_.from.value_or(page.reached);
  if (page.gap) {
    gap_ = std::move(page.gap);
    if (wanted_.snapshot.value_or(true))
      start_snapshot();
  }
  for (const auto& what : page.events)
    queue_.offer(what);
  reached_ = page.reached;
  catching_up_ = !page.complete;
}

/// Never more than the queue has room for, so that no policy has to drop what is replayed.
std::optional<replay_query> event_subscription::wanted_replay() {
  if (!catching_up_ || replay_asked_ || !queue_.empty() || gap_)
    return std::nullopt;
  replay_asked_ = true;
  return replay_query{reached_, wanted_.filter, events_per_page};
}

std::optional<event_subscription::snapshot_page> event_subscription::wanted_page() {
  if (snapshot_due_ && queue_.empty())
    start_snapshot();
  if (!begin_ || page_asked_ || page_ || snapshot_mesh_ >= meshes_)
    return std::nullopt; // a page is never older than the events that follow it
  page_asked_ = true;
  return snapshot_page{mesh_index{static_cast<std::uint16_t>(snapshot_mesh_)}, page_query()};
}

json_query event_subscription::page_query() const {
  return {.about = json_query::subject::snapshot,
          .cursor = snapshot_cursor_,
          .limit = nodes_per_page,
          .nodes = wanted_.filter.nodes,
          .codes = wanted_.filter.codes};
}

void event_subscription::start_snapshot() noexcept {
  snapshot_due_ = false;
  restart_snapshot_ = page_asked_;
  page_.reset();
  snapshot_mesh_ = 0;
  snapshot_cursor_.reset();
  skip_unwanted_meshes();
}

void event_subscription::skip_unwanted_meshes() noexcept {
  while (snapshot_mesh_ < meshes_
         && !wanted_.filter.meshes.contains(
           mesh_index{static_cast<std::uint16_t>(snapshot_mesh_)}))
    ++snapshot_mesh_;
}

/// A mesh whose cache does not answer is left out: its nodes come as events.
void event_subscription::page_arrived(const json_answer& answer, std::string nodes) {
  if (!std::exchange(page_asked_, false) || std::exchange(restart_snapshot_, false)
      || snapshot_mesh_ >= meshes_)
    return;
  snapshot_message made{.mesh = mesh_index{static_cast<std::uint16_t>(snapshot_mesh_)},
                        .nodes = answer.failed ? "\"nodes\":[]" : std::move(nodes)};
  advance_snapshot(answer);
  made.last = snapshot_mesh_ >= meshes_;
  page_ = std::move(made);
}

void event_subscription::advance_snapshot(const json_answer& answer) {
  snapshot_cursor_ = answer.next;
  if (answer.next && !answer.failed)
    return;
  snapshot_cursor_.reset();
  ++snapshot_mesh_;
  skip_unwanted_meshes();
}

/// A page goes before the events that came after it was made.
event_subscription::message event_subscription::next(std::size_t max_events) {
  if (gap_) {
    events_message told{{*std::move(gap_)}, seen()};
    gap_.reset();
    return told;
  }
  if (page_) {
    auto made = *std::move(page_);
    page_.reset();
    return made;
  }
  if (queue_.empty())
    return std::monostate{};
  auto events = queue_.take(max_events);
  if (events.front().kind == event_kind::gap)
    snapshot_due_ = wanted_.snapshot.value_or(true);
  return events_message{std::move(events), seen()};
}

/// What was looked at and does not match need not be looked at again.
cursor event_subscription::seen() const noexcept {
  auto up_to = reached_.value_or(cursor{});
  if (!queue_.empty())
    up_to.seq = queue_.resume_seq();
  return up_to;
}

subscriber_counters event_subscription::counters() const noexcept {
  return queue_.counters();
}

} // namespace xylem
