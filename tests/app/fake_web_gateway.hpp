#pragma once

#include "app/client/gateway_url.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace xylem::testing {

/// A request that must come, and what is answered.
struct web_exchange {
  std::string request; ///< `GET /api/v1/status`
  std::string answer;
  unsigned status = 200;
};

/// What a WebSocket tells who has subscribed.
struct web_feed {
  std::vector<std::string> messages;
  std::string result = R"({"type":"result","id":1,"ok":true,"epoch":7,"seq":40})";
};

enum class web_ending {
  client_closes,
  gateway_closes, ///< in order: with a close frame, if it is a WebSocket
  breaks,         ///< in the middle of the answer
};

/// One connection: requests and answers, then perhaps a WebSocket; without either, silence.
struct web_script {
  std::vector<web_exchange> exchanges{};
  std::optional<web_feed> feed{};
  web_ending end = web_ending::client_closes;
  unsigned close_code = 1000;
};

struct seen_request {
  std::string line; ///< as web_exchange has it
  std::string authorization;
  std::string body;
};

/// PEM.
struct web_identity {
  std::string certificate;
  std::string key;
};

/// Plays one script a connection on a free port of 127.0.0.1, in a thread of its own. A request
/// that is not in the script is answered with a 500 that says so.
class fake_web_gateway {
public:
  explicit fake_web_gateway(std::vector<web_script> scripts,
                            std::optional<web_identity> identity = {});
  ~fake_web_gateway();

  client::gateway_url url() const;

  /// Everything that has come so far, subscriptions among them.
  std::vector<seen_request> seen() const;

private:
  class connection;

  void play_all();

  std::vector<web_script> scripts_;
  std::optional<web_identity> identity_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_; // guards what follows
  std::vector<seen_request> seen_;
  int current_ = -1; // the connection that is being played
  bool over_ = false;
  std::thread thread_;
};

/// The script of one connection with these exchanges.
std::vector<web_script> one_connection(std::vector<web_exchange> exchanges);

/// A problem as a gateway writes it (web §1.2).
std::string problem_json(const std::string& type, const std::string& detail);

/// A key and a certificate for an IP address, signed by itself.
web_identity self_signed(const std::string& address);

} // namespace xylem::testing
