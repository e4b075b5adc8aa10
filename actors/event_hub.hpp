#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "protocol/event_journal.hpp"
#include "protocol/event_ring.hpp"

namespace xylem {

/// The events of all meshes, numbered, and who wants them. Owned by its actor.
class event_hub_core {
public:
  /// Every life of the hub has an epoch of its own.
  event_hub_core(event_hub_actor::pointer self, const event_settings& settings,
                 std::uint64_t epoch, environment& env);

  void publish(event_batch& batch);
  void subscribe(const subscriber_actor& who, const subscriber_filter& filter,
                 std::optional<cursor> from);
  replay_page replay(const replay_query& asked) const;
  caf::result<replay_page> replay_news(const replay_query& asked);
  void tell_news(const news_reader_actor& who, cursor seen);
  void forget(const caf::actor_addr& who);
  boost::json::object status() const;

private:
  struct subscription {
    subscriber_actor who;
    subscriber_filter filter;
    std::uint64_t published = 0;
    std::shared_ptr<std::vector<event>> collected{}; // not sent yet; none: nothing is wanted

    void collect(const event& what);
  };

  struct held_question {
    caf::actor_addr who;
    replay_query asked;
    caf::typed_response_promise<replay_page> answer;
  };

  void open_journal(std::uint64_t epoch);
  void answer_held();
  void send(subscription& to, mono_time received);

  event_hub_actor::pointer self_;
  environment& env_;
  event_ring ring_;
  mapped_file journal_memory_;
  journal_writer journal_;
  std::vector<subscription> subscriptions_;
  std::vector<news_reader_actor> wait_for_news_;
  std::vector<held_question> held_; // until there is something to tell
};

event_hub_actor::behavior_type event_hub(io_actor_of<event_hub_actor, event_hub_core>* self,
                                         event_settings settings, std::uint64_t epoch,
                                         environment* env);

} // namespace xylem
