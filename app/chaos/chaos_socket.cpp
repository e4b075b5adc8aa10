// A UNIX socket that takes a line and answers `ok`, or what was wrong with it:
//   kill uart/field     the actor of this name ends at once
//   clock +3600         the wall clock of this process jumps by so many seconds
#include "app/chaos/chaos.hpp"
#include "app/chaos/chaos_clock.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <caf/send.hpp>

#include <charconv>
#include <cstdlib>
#include <map>

namespace xylem {

namespace asio = boost::asio;

namespace {

using local = asio::local::stream_protocol;

constexpr std::size_t longest_line = 256;

/// A clock may not leave the years that a record can hold.
constexpr std::int64_t longest_jump = 10LL * 365 * 24 * 3600;

class chaos_socket final : public chaos {
public:
  chaos_socket(asio::io_context& io, const std::string& path) : acceptor_{io} {
    ::unlink(path.c_str());
    acceptor_.open();
    acceptor_.bind(local::endpoint{path});
    acceptor_.listen();
    accept();
  }

  const clock_source& clock() const override { return clock_; }

  void started(const std::string& name, const caf::actor_addr& who) override {
    actors_[name] = who;
  }

  void end() override {
    acceptor_.close();
    for (auto& weak : visits_)
      if (auto who = weak.lock())
        who->socket.close();
  }

private:
  struct visit {
    explicit visit(local::socket from) : socket{std::move(from)} {}

    local::socket socket;
    std::string text;
    std::string answer;
  };
  using visit_ptr = std::shared_ptr<visit>;

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, local::socket socket) {
      if (error)
        return;
      auto who = std::make_shared<visit>(std::move(socket));
      std::erase_if(visits_, [](const auto& weak) { return weak.expired(); });
      visits_.push_back(who);
      read(who);
      accept();
    });
  }

  void read(const visit_ptr& who) {
    asio::async_read_until(
      who->socket, asio::dynamic_buffer(who->text, longest_line), '\n',
      [this, who](boost::system::error_code error, std::size_t size) {
        if (error)
          return;
        who->answer = obey(std::string_view{who->text}.substr(0, size - 1)) + '\n';
        who->text.erase(0, size);
        asio::async_write(who->socket, asio::buffer(who->answer),
                          [this, who](boost::system::error_code failed, std::size_t) {
                            if (!failed)
                              read(who);
                          });
      });
  }

  std::string obey(std::string_view line) {
    auto space = std::min(line.find(' '), line.size());
    auto verb = line.substr(0, space);
    auto rest = line.substr(std::min(space + 1, line.size()));
    if (verb == "kill")
      return kill(std::string{rest});
    if (verb == "clock")
      return jump(rest);
    return "unknown: " + std::string{line};
  }

  std::string kill(const std::string& name) {
    auto found = actors_.find(name);
    if (found == actors_.end())
      return "no such actor: " + name;
    caf::anon_send_exit(found->second, caf::exit_reason::kill);
    return "ok";
  }

  std::string jump(std::string_view text) {
    if (text.starts_with('+'))
      text.remove_prefix(1);
    std::int64_t by = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), by);
    if (error != std::errc{} || end != text.data() + text.size() || std::abs(by) > longest_jump)
      return "not seconds: " + std::string{text};
    clock_.jump(std::chrono::seconds{by});
    return "ok";
  }

  chaos_clock clock_;
  local::acceptor acceptor_;
  std::vector<std::weak_ptr<visit>> visits_;
  std::map<std::string, caf::actor_addr> actors_; ///< the latest one of each name
};

} // namespace

std::unique_ptr<chaos> invite_chaos(asio::io_context& io) {
  auto path = std::getenv("XYLEM_CHAOS");
  if (!path || !*path)
    return {};
  return std::make_unique<chaos_socket>(io, path);
}

} // namespace xylem
