#pragma once

#include "actors/task.hpp"
#include "actors/web_host.hpp"
#include "protocol/web_request.hpp"
#include "protocol/web_response.hpp"

namespace xylem {

/// What of a request decides its answer; views into the request.
struct web_request_view {
  std::string_view method;
  std::string_view target;
  std::string_view host{};
  std::string_view origin{};
  std::string_view authorization{};
  std::string_view subprotocols{};
  std::string_view websocket_key{};
  std::string_view websocket_version{};
  std::string_view if_none_match{};
  std::string_view content_type{};
  bool accepts_gzip = false;
  bool has_length = false;
  std::string_view body{};
};

/// Answers the requests of one HTTP connection, one at a time (web §1). I/O thread only.
class web_responder {
public:
  web_responder(std::uint64_t connection, web_host& host) : connection_{connection}, host_{host} {}

  task<web_response> respond(web_request_view request);

  /// Who may open a WebSocket, or the answer to who may not.
  std::variant<web_client, web_response> admit_socket(const web_request_view& request);

  void answered(web_question&& question);

  /// Gives up what is not answered in time.
  void tick(mono_time now);

  /// Who waits does not wait any more.
  void give_up();

private:
  task<web_response> dispatch(const web_call& call, const web_request_view& request);
  task<web_response> at_once(const web_call& call, const web_request_view& request);
  web_response log(const web_call& call) const;
  web_response set_log(const web_request_view& request);
  web_response asset(const web_call& call, const web_request_view& request) const;
  task<web_response> about_nodes(const web_call& call, std::string_view if_none_match);
  task<web_response> history(const web_call& call, std::string_view if_none_match);
  task<web_response> submit(const web_call& call, const web_request_view& request);
  task<web_response> find_command(command_id id);
  task<web_response> incidents(const web_call& call);
  task<web_response> capture(const web_call& call);
  task<web_response> readiness();
  task<web_response> from_status(const web_call& call);
  std::variant<web_client, problem> admit(std::optional<std::string_view> token,
                                          access_scope needed);
  std::optional<mesh_index> find_mesh(std::string_view name) const;
  web_response mesh_not_found(std::string_view name) const;

  /// Starts `ask`, which is given a callback, and waits for what it is called with.
  template <class T, class Ask>
  task<T> wait_for(Ask ask);

  std::uint64_t connection_;
  web_host& host_;
  web_client client_;
  std::uint64_t serial_ = 0;
  std::optional<web_question> answer_;
  mono_time deadline_ = mono_time::max(); // of the node cache
  wake_up arrived_;
  std::function<void()> give_up_; // what else is waited for
};

} // namespace xylem
