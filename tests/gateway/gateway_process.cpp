#include "gateway_process.hpp"

#include "app/client/json_view.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <exception>

namespace xylem::testing {

namespace {

std::vector<std::string> run_with(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"run", "--web", "127.0.0.1:0"});
  return arguments;
}

std::vector<std::string> with_sets(const std::string& serial,
                                   const std::vector<std::string>& sets) {
  std::vector<std::string> arguments{"--serial",    serial,  "--listen",
                                     "127.0.0.1:0", "--set", "mesh.transmit=stream"};
  for (const auto& each : sets)
    arguments.insert(arguments.end(), {"--set", each});
  return arguments;
}

std::string plugged(pty_root& root) {
  root.plug();
  return root.link();
}

} // namespace

gateway_process::gateway_process(const temp_folder& folder, std::vector<std::string> arguments,
                                 const std::vector<std::string>& meshes)
    : process_{run_with(std::move(arguments)), folder.path()} {
  auto await_line = [this](auto is_there) {
    await("the gateway listens", [&] { return is_there() || !process_.is_running(); });
    if (!is_there())
      throw std::runtime_error{"the gateway does not run:\n" + log()};
  };
  for (const auto& mesh : meshes)
    await_line([&] { return reads_port(mesh); });
  await_line([this] { return reads_url(); });
}

/// `… mesh=default msg="listening" address=127.0.0.1:40001`, once its line is complete.
bool gateway_process::reads_port(const std::string& mesh) {
  auto text = log();
  auto mark = " mesh=" + mesh + " msg=\"listening\" address=127.0.0.1:";
  auto found = text.find(mark);
  if (found == std::string::npos || text.find('\n', found) == std::string::npos)
    return false;
  ports_[mesh] = static_cast<std::uint16_t>(std::stoul(text.substr(found + mark.size())));
  return true;
}

/// `… msg="serving" url=http://127.0.0.1:40002/`, once its line is complete.
bool gateway_process::reads_url() {
  auto text = log();
  const std::string mark = " msg=\"serving\" url=";
  auto found = text.find(mark);
  auto end = text.find('\n', found);
  if (found == std::string::npos || end == std::string::npos)
    return false;
  auto begin = found + mark.size();
  url_ = client::parse_gateway_url(text.substr(begin, end - begin)).value();
  return true;
}

gateway_process::~gateway_process() {
  if (ended_ || std::uncaught_exceptions() > 0)
    return; // the child is killed
  try {
    auto over = end(SIGTERM);
    CHECK_MESSAGE(over.code == 0, over.err);
    // No fault of what is tested: a machine that stalls uses up a part's grace of a second.
    WARN_MESSAGE(over.err.find("ended by force") == std::string::npos, over.err);
  } catch (const std::exception& error) {
    FAIL_CHECK(error.what());
  }
}

void gateway_process::await_log(const std::string& text) const {
  await("the log says " + text, [&] { return log().find(text) != std::string::npos; });
}

process_end gateway_process::end(int signal) {
  ended_ = true;
  process_.signal(signal);
  return process_.end();
}

client::connection gateway_process::connect(const std::string& mesh) const {
  auto made = client::connection::open({"127.0.0.1", port(mesh)}, {patience, patience});
  if (!made)
    throw std::runtime_error{made.error().text};
  return *std::move(made);
}

client::http_gateway gateway_process::web() const {
  return client::http_gateway{{url_, {}, {}, client::tls_trust::verified, patience}};
}

boost::json::value gateway_process::status() const {
  auto text = web().status();
  if (!text)
    throw std::runtime_error{text.error().text};
  return client::parse_json(*text).value();
}

std::size_t gateway_process::watchers() const {
  return status().at_pointer("/events/subscribers").as_array().size();
}

std::uint64_t gateway_process::number(const std::string& pointer) const {
  return status().at_pointer("/meshes/0/" + pointer).to_number<std::uint64_t>();
}

one_mesh::one_mesh(const std::vector<std::string>& sets)
    : gateway{folder, with_sets(plugged(root), sets)} {
  root.await_command(ninfo);
}

void one_mesh::learn(unsigned node, const std::vector<std::pair<std::string, std::string>>& items) {
  root.say(update(node, items));
  auto asker = gateway.connect();
  const auto& [type, data] = items.back();
  await("the gateway knows the update", [&] {
    auto latest = asker.latest(node_address{static_cast<std::uint16_t>(node)}, type_code{type});
    return latest && text_of(*latest) == data;
  });
}

} // namespace xylem::testing
