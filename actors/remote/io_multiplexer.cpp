#include "actors/remote/io_multiplexer.hpp"

#include <caf/io/datagram_servant.hpp>
#include <caf/io/doorman.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/scribe.hpp>
#include <caf/sec.hpp>

namespace xylem {

using namespace caf::io;

io_multiplexer::io_multiplexer(caf::actor_system* system) : multiplexer{system} {
  thread_id(std::this_thread::get_id());
}

io_multiplexer::~io_multiplexer() {
  for (auto job : waiting_)
    caf::intrusive_ptr_release(job);
}

void io_multiplexer::attach(io_unit& unit) {
  std::scoped_lock lock{mutex_};
  thread_id(std::this_thread::get_id());
  unit_ = &unit;
  for (auto job : std::exchange(waiting_, {}))
    unit.exec_later(job);
}

void io_multiplexer::detach() {
  std::scoped_lock lock{mutex_};
  thread_id(std::this_thread::get_id());
  unit_ = nullptr;
}

void io_multiplexer::exec_later(caf::resumable* job) {
  std::scoped_lock lock{mutex_};
  if (unit_)
    unit_->exec_later(job);
  else
    waiting_.push_back(job);
}

bool io_multiplexer::try_run_once() {
  caf::resumable* job = nullptr;
  {
    std::scoped_lock lock{mutex_};
    if (unit_ || waiting_.empty())
      return false;
    job = waiting_.front();
    waiting_.erase(waiting_.begin());
  }
  constexpr std::size_t throughput = 300;
  if (job->resume(this, throughput) == caf::resumable::resume_later)
    exec_later(job);
  else
    caf::intrusive_ptr_release(job);
  return true;
}

void io_multiplexer::run() {
  while (try_run_once())
    ;
}

scribe_ptr io_multiplexer::new_scribe(network::native_socket) {
  return nullptr;
}

caf::expected<scribe_ptr> io_multiplexer::new_tcp_scribe(const std::string&, std::uint16_t) {
  return caf::sec::bad_function_call;
}

doorman_ptr io_multiplexer::new_doorman(network::native_socket) {
  return nullptr;
}

caf::expected<doorman_ptr> io_multiplexer::new_tcp_doorman(std::uint16_t, const char*, bool) {
  return caf::sec::bad_function_call;
}

datagram_servant_ptr io_multiplexer::new_datagram_servant(network::native_socket) {
  return nullptr;
}

datagram_servant_ptr
io_multiplexer::new_datagram_servant_for_endpoint(network::native_socket,
                                                  const network::ip_endpoint&) {
  return nullptr;
}

caf::expected<datagram_servant_ptr> io_multiplexer::new_remote_udp_endpoint(const std::string&,
                                                                            std::uint16_t) {
  return caf::sec::bad_function_call;
}

caf::expected<datagram_servant_ptr> io_multiplexer::new_local_udp_endpoint(std::uint16_t,
                                                                           const char*, bool) {
  return caf::sec::bad_function_call;
}

void load_remote(caf::actor_system_config& config) {
  config.load<middleman, io_multiplexer>();
  config.set("middleman.manual-multiplexing", true);   // no thread of CAF's
  config.set("middleman.attach-utility-actors", true); // nor one for its manager
  config.set("middleman.workers", std::size_t{0});     // payloads are read where they arrive
  config.set("middleman.app-identifiers", std::vector<std::string>{remote_application});
  config.set("middleman.enable-automatic-connections", false);
}

} // namespace xylem
