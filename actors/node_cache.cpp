#include "actors/node_cache.hpp"

#include "actors/error.hpp"

namespace xylem {

namespace {

/// A node is told idle or disconnected at most this late.
constexpr auto sweep_period = std::chrono::seconds{1};

/// What was before is read from the disk, a snapshot and up to a minute of events.
constexpr auto restore_timeout = std::chrono::seconds{20};

/// Nodes that are fetched at once: about as many as the processor can wait for at a time.
constexpr std::size_t prefetched = 16;

} // namespace

node_cache_core::node_cache_core(node_cache_actor::pointer self, mesh_index mesh,
                                 const mesh_settings& settings,
                                 std::shared_ptr<const dialect> speech, environment& env)
    : self_{self}, mesh_{mesh}, env_{env}, log_{env.log, "node_cache", settings.name},
      speech_{std::move(speech)},
      table_{{.mesh = mesh,
              .idle_after = settings.idle_after,
              .disconnected_after = settings.disconnected_after,
              .history_depth = settings.history_depth,
              .cache_bytes = settings.cache_bytes}},
      queries_{table_, *speech_}, types_{settings.registry()},
      json_queries_{table_, types_, settings.name}, remote_{settings.remote} {}

void node_cache_core::connect(const mesh_wiring& wiring) {
  event_hub_ = wiring.event_hub;
  socket_server_ = wiring.socket_server;
  web_server_ = wiring.web_server;
  if (wiring.recorder && !std::exchange(restoring_, true))
    ask_what_was(wiring.recorder);
}

/// Whatever else comes waits for the answer.
void node_cache_core::ask_what_was(const recorder_actor& recorder) {
  self_->request(recorder, restore_timeout, restore_query{mesh_, restore_query::part::nodes})
    .await([this](const restored_mesh& restored) { restore(restored); },
           [this](const caf::error& error) {
             log_.error(
               "nodes of the last run cannot be restored; they come back as they are heard",
               {{"reason", describe(error)}});
             table_.number_from(number_beyond(env_.clock.now().wall));
           });
}

void node_cache_core::restore(const restored_mesh& restored) {
  if (!restored.was)
    return;
  for (const auto& each : restored.was->nodes)
    table_.restore(each);
  for (const auto& what : *restored.since)
    table_.recover(what);
  table_.number_from(restored.was->last_reading);
  if (!table_.addresses().empty())
    log_.info("nodes are restored", {{"nodes", table_.addresses().size()},
                                     {"readings", table_.cache().readings}});
}

void node_cache_core::store(event_batch& batch) {
  if (remote_) {
    for (const auto& what : batch.events)
      table_.mirror(what);
    return publish(std::move(batch));
  }
  event_batch changes{.received = batch.received};
  changes.events.reserve(batch.events.size());
  for_groups(batch.events, [&](event& what) {
    table_.apply(std::move(what), batch.received.mono, changes.events);
  });
  publish(std::move(changes));
}

/// Visits all, and has what the next few are about fetched before it is needed.
template <class Item, class Visitor>
void node_cache_core::for_groups(std::vector<Item>& items, Visitor visit) {
  std::array<series_key, prefetched> coming;
  for (auto rest = std::span{items}; !rest.empty();) {
    auto group = rest.first(std::min(rest.size(), coming.size()));
    std::ranges::transform(group, coming.begin(),
                           [](const Item& item) { return series_key{item.node, item.code}; });
    if (group.size() > 1)
      table_.prefetch(std::span{coming}.first(group.size()));
    std::ranges::for_each(group, visit);
    rest = rest.subspan(group.size());
  }
}

void node_cache_core::publish(event_batch batch) {
  if (event_hub_ && !batch.events.empty())
    self_->send(event_hub_, std::move(batch));
}

void node_cache_core::answer(request_batch&& batch) {
  for_groups(batch.requests, [&](const queued_request& request) {
    auto begin = batch.encoded.size();
    answer(request, batch.encoded);
    auto size = static_cast<std::uint32_t>(batch.encoded.size() - begin);
    if (!batch.replies.empty() && batch.replies.back().session == request.session) {
      auto& run = batch.replies.back();
      run.size += size;
      ++run.requests;
    } else {
      batch.replies.push_back({request.session, size, 1});
    }
  });
  if (socket_server_)
    self_->send(socket_server_, std::move(batch));
}

void node_cache_core::answer(const queued_request& request, bytes& out) {
  std::optional<failure> failed;
  switch (request.result) {
    case queued_request::outcome::success: speech_->append_success(out); break;
    case queued_request::outcome::failed:
      failed = request.reason;
      speech_->append_failure(out, request.reason);
      break;
    case queued_request::outcome::open:
      failed = queries_.answer({request.kind, request.max, request.node, request.code}, out);
      break;
  }
  if (failed)
    ++failures_[*failed];
}

void node_cache_core::answer(web_batch&& batch) {
  auto now = env_.clock.now().wall;
  for (auto& question : batch.questions)
    question.answer = json_queries_.answer(question.asked, now, question.body);
  if (web_server_)
    self_->send(web_server_, std::move(batch));
}

series_part node_cache_core::answer(const history_query& asked) const {
  return json_queries_.part_of(asked);
}

saved_nodes node_cache_core::save(const save_query& asked) const {
  const auto& addresses = table_.addresses();
  auto first = asked.after ? std::ranges::upper_bound(addresses, *asked.after) : addresses.begin();
  auto rest = std::span{first, addresses.end()};
  auto page = rest.first(std::min(rest.size(), asked.max_nodes));
  saved_nodes saved{.last_reading = table_.last_seq(), .complete = page.size() == rest.size()};
  for (auto address : page)
    saved.nodes.push_back(xylem::save(*table_.find(address)));
  return saved;
}

nodes_page node_cache_core::tell(const nodes_query& asked) const {
  auto saved = save({asked.after, std::min<std::size_t>(asked.max, monitor_limits::page_nodes)});
  nodes_page page{.mesh = asked.mesh, .complete = saved.complete};
  std::size_t size = 0;
  for (auto& each : saved.nodes) {
    const auto& known = *table_.find(each.address);
    remote_node told{known.status, known.heard, std::move(each)};
    trim_to_page(told);
    size += encoded_size(told);
    if (size > monitor_limits::page_bytes && !page.nodes.empty()) {
      page.complete = false;
      break;
    }
    page.nodes.push_back(std::move(told));
  }
  return page;
}

// -- of a mesh that is followed

void node_cache_core::mirror(const nodes_page& page) {
  event_batch changes{.received = env_.clock.now()};
  for (const auto& each : page.nodes)
    table_.mirror(each, changes.received.wall, changes.events);
  publish(std::move(changes));
}

/// The gateway that has the mesh is reached, or not any more.
void node_cache_core::link_changed(const link_report& report) {
  event_batch changes{.received = env_.clock.now()};
  changes.events.push_back({.time = changes.received.wall,
                            .mesh = mesh_,
                            .kind = event_kind::link_changed,
                            .state = static_cast<std::uint8_t>(report.state),
                            .data = small_bytes{view_of(report.reason)}});
  if (report.state == link_state::down)
    table_.lose(changes.received.wall, changes.events);
  publish(std::move(changes));
}

void node_cache_core::sweep() {
  if (remote_)
    return;
  event_batch changes{.received = env_.clock.now()};
  table_.sweep(changes.received, changes.events);
  publish(std::move(changes));
  self_->delayed_send(node_cache_actor{self_}, sweep_period, tick_atom::value);
}

boost::json::object node_cache_core::status() const {
  auto nodes = table_.statuses();
  const auto& cache = table_.cache();
  boost::json::object failures;
  for (auto [reason, count] : failures_)
    failures[to_string(reason)] = count;
  return {{"nodes",
           {{"total", nodes.total},
            {"active", nodes.active},
            {"idle", nodes.idle},
            {"disconnected", nodes.disconnected}}},
          {"cache",
           {{"readings", cache.readings},
            {"bytes", cache.bytes},
            {"evicted", cache.evicted},
            {"refused", cache.refused}}},
          {"failures", std::move(failures)}};
}

node_cache_actor::behavior_type
node_cache(io_actor_of<node_cache_actor, node_cache_core>* self, mesh_index mesh,
           const mesh_settings* settings, std::shared_ptr<const dialect> speech,
           environment* env) {
  self->set_exception_handler(to_error);
  self->state.core
    = std::make_shared<node_cache_core>(self, mesh, *settings, std::move(speech), *env);
  auto core = self->state.core.get();
  core->sweep();
  return {
    [core](const wiring_ptr& wiring) { core->connect(*wiring); },
    [core](event_batch& batch) { core->store(batch); },
    [core](request_batch& batch) { core->answer(std::move(batch)); },
    [core](web_batch& batch) { core->answer(std::move(batch)); },
    [core](const history_query& asked) { return core->answer(asked); },
    [core](const save_query& asked) { return core->save(asked); },
    [core](const nodes_query& asked) { return core->tell(asked); },
    [core](const nodes_page& page) { core->mirror(page); },
    [core](const link_report& report) { core->link_changed(report); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](tick_atom) { core->sweep(); },
  };
}

} // namespace xylem
