#pragma once

#include "actors/web_host.hpp"

#include <deque>

namespace xylem {

/// What a WebSocket says and is told, message by message, without its stream (web §3). Owned by
/// its web_socket; I/O thread only.
class web_subscriber final : public web_listener,
                             public std::enable_shared_from_this<web_subscriber> {
public:
  struct ending {
    std::uint16_t code = 1000; ///< of RFC 6455
    std::string_view reason{};
  };

  /// `wake` is called when next() or ending_wanted() has something new.
  web_subscriber(std::uint64_t connection, std::string name, web_client who, web_host& host,
                 std::function<void()> wake);

  /// Greets, and tells who only listens how things are.
  void start();

  void received(std::string_view text);

  /// False: too many requests are not answered yet.
  bool may_receive() const noexcept;

  /// The next message to send.
  std::optional<std::string> next();
  const std::optional<ending>& ending_wanted() const noexcept { return ending_; }

  void answered(web_question&& question);
  void tick(mono_time now);

  /// The gateway ends.
  void finish();

  /// Asks for the end, with a code of RFC 6455.
  void end(std::uint16_t code, std::string_view reason);

  /// The stream is no more.
  void detach();

  // -- web_listener
  void publish(const published& news) override;
  void tell(const std::string& message) override;
  void hub_restarted() override;
  bool only_listens() const noexcept override { return only_listens_; }
  std::optional<subscriber_status> subscriber() const override;
  const std::optional<token_hash>& token() const noexcept override { return who_.token; }
  void revoke() override;

private:
  struct followed_command {
    boost::json::value request; ///< the id that its client gave
    command_record record;
  };

  void greet(cursor newest);
  void cut(cut_off why, std::uint16_t code, std::string_view reason);
  void act(const boost::json::value& id, subscribe_request&& wanted);
  void act(const boost::json::value& id, const unsubscribe_request&);
  void act(const boost::json::value& id, command_request&& wanted);
  void act(const boost::json::value& id, const ping_request&);
  void supersede();
  void accepted(const boost::json::value& id, const command_answer& answer);
  bool end_subscription();
  void fetch();
  void replayed(std::uint64_t subscription, std::optional<replay_page> page);
  void follow(const event& what);
  void reply(const boost::json::value& id, boost::json::object more);
  void refuse(const boost::json::value& id, const problem& why);
  void send(const boost::json::object& message);
  std::string text_of(const event_subscription::events_message& news) const;
  std::string text_of(const event_subscription::snapshot_message& page) const;

  std::uint64_t connection_;
  std::string name_;
  web_client who_;
  web_host& host_;
  std::function<void()> wake_;
  std::deque<std::string> outbox_;
  std::size_t under_way_ = 0;
  bool greeted_ = false;
  bool only_listens_ = true;
  std::optional<ending> ending_;

  std::optional<event_subscription> subscription_;
  std::uint64_t subscriptions_ = 0;           // so many there have been
  std::optional<boost::json::value> to_confirm_; // the request whose subscription has not begun
  mono_time page_deadline_{};
  std::uint64_t page_serial_ = 0;
  bool page_under_way_ = false;
  std::map<command_id, followed_command> commands_;
};

} // namespace xylem
