#include "actors/io_unit.hpp"

#include <boost/asio/post.hpp>

namespace xylem {

namespace {

/// Messages that an actor handles before the next one has its turn.
constexpr std::size_t throughput = 300;

/// Actors that run before the sockets have their turn again.
constexpr std::size_t jobs_per_turn = 256;

} // namespace

io_unit::io_unit(caf::actor_system& system, boost::asio::io_context& io)
    : caf::execution_unit{&system}, io_{io} {}

void io_unit::exec_later(caf::resumable* job) {
  if (std::this_thread::get_id() == io_thread_) {
    ready_.push_back(job);
    schedule();
    return;
  }
  auto first = false;
  {
    std::scoped_lock lock{mutex_};
    first = arrived_.empty();
    arrived_.push_back(job);
    has_arrived_ = true;
  }
  if (first)
    boost::asio::post(io_, [this] { run(); });
}

void io_unit::schedule() {
  if (scheduled_)
    return;
  scheduled_ = true;
  boost::asio::post(io_, [this] {
    scheduled_ = false;
    run();
  });
}

void io_unit::run() {
  if (has_arrived_) {
    std::scoped_lock lock{mutex_};
    ready_.insert(ready_.end(), arrived_.begin(), arrived_.end());
    arrived_.clear();
    has_arrived_ = false;
  }
  auto was_scheduled = std::exchange(scheduled_, true); // what becomes ready below runs below
  for (std::size_t jobs = 0; !ready_.empty() && jobs < jobs_per_turn;) {
    running_.swap(ready_);
    for (auto job : running_) {
      ++jobs;
      switch (job->resume(this, throughput)) {
        case caf::resumable::resume_later: ready_.push_back(job); break;
        case caf::resumable::awaiting_message:
        case caf::resumable::done: caf::intrusive_ptr_release(job); break;
        case caf::resumable::shutdown_execution_unit: break;
      }
    }
    running_.clear();
  }
  scheduled_ = was_scheduled;
  if (!ready_.empty())
    schedule();
}

} // namespace xylem
