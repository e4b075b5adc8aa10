#pragma once

#include "child_process.hpp"
#include "scripted_root.hpp"
#include "temp_folder.hpp"

#include "app/client/connection.hpp"
#include "app/client/http_gateway.hpp"

#include <boost/json/value.hpp>

namespace xylem::testing {

/// `xylem run` on free ports, one of them for HTTP. It is told to end when the test ends, and must
/// then say 0.
class gateway_process {
public:
  /// `arguments` follow `run`; the meshes are those that must be listening.
  gateway_process(const temp_folder& folder, std::vector<std::string> arguments,
                  const std::vector<std::string>& meshes = {"default"});
  ~gateway_process();

  std::uint16_t port(const std::string& mesh = "default") const { return ports_.at(mesh); }
  const client::gateway_url& url() const noexcept { return url_; }
  pid_t pid() const noexcept { return process_.pid(); }
  std::string log() const { return process_.err(); }
  void await_log(const std::string& text) const;

  /// Tells it to end, and waits.
  process_end end(int signal);

  client::connection connect(const std::string& mesh = "default") const;

  /// Its HTTP port, for a test's patience.
  client::http_gateway web() const;

  /// What `xylem status --json` says.
  boost::json::value status() const;

  /// Who follows events.
  std::size_t watchers() const;

  /// `uart/frames` of the first mesh, say.
  std::uint64_t number(const std::string& pointer) const;

private:
  bool reads_port(const std::string& mesh);
  bool reads_url();

  child_process process_;
  std::map<std::string, std::uint16_t> ports_;
  client::gateway_url url_;
  bool ended_ = false;
};

/// A gateway with one mesh, whose root is scripted and has been asked for its nodes: the link is
/// open. Commands go out at once unless `sets` say otherwise.
struct one_mesh {
  explicit one_mesh(const std::vector<std::string>& sets = {});

  /// The root says an update, and the gateway has it.
  void learn(unsigned node, const std::vector<std::pair<std::string, std::string>>& items);

  temp_folder folder;
  pty_root root{folder / "root"};
  gateway_process gateway;
};

} // namespace xylem::testing
