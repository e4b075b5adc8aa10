#include "actors/io_unit.hpp"

#include <boost/asio/post.hpp>

namespace xylem {

namespace {

/// Messages that an actor handles before the next one has its turn.
constexpr std::size_t throughput = 300;

/// Actors that run before the sockets have their turn again.
constexpr std::size_t jobs_per_turn = 256;

/// Actors that are ready at the same time: there is rarely more than one of each kind and mesh.
constexpr std::size_t usual_jobs = 256;

/// What a handler throws ends its actor, and its supervisor is told. Where memory is missing even
/// for that, or for an actor's turn, something would stand still for ever and nobody would know:
/// the process ends, and is started again.
template <class Work>
void or_end(Work work) noexcept {
  work();
}

} // namespace

io_unit::io_unit(caf::actor_system& system, boost::asio::io_context& io)
    : caf::execution_unit{&system}, io_{io} {
  for (auto jobs : {&ready_, &running_, &arrived_})
    jobs->reserve(usual_jobs);
}

void io_unit::exec_later(caf::resumable* job) {
  if (std::this_thread::get_id() == io_thread_) {
    or_end([&] { ready_.push_back(job); });
    schedule();
    return;
  }
  auto first = false;
  {
    std::scoped_lock lock{mutex_};
    first = arrived_.empty();
    or_end([&] { arrived_.push_back(job); });
    has_arrived_ = true;
  }
  if (first)
    or_end([&] { boost::asio::post(io_, [this] { run(); }); });
}

void io_unit::schedule() {
  if (scheduled_)
    return;
  scheduled_ = true;
  or_end([&] {
    boost::asio::post(io_, [this] {
      scheduled_ = false;
      run();
    });
  });
}

void io_unit::run() {
  if (has_arrived_) {
    std::scoped_lock lock{mutex_};
    or_end([&] { ready_.insert(ready_.end(), arrived_.begin(), arrived_.end()); });
    arrived_.clear();
    has_arrived_ = false;
  }
  auto was_scheduled = std::exchange(scheduled_, true); // what becomes ready below runs below
  for (std::size_t jobs = 0; !ready_.empty() && jobs < jobs_per_turn;) {
    running_.swap(ready_);
    for (auto job : running_) {
      ++jobs;
      auto result = caf::resumable::done;
      or_end([&] { result = job->resume(this, throughput); });
      switch (result) {
        case caf::resumable::resume_later: or_end([&] { ready_.push_back(job); }); break;
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
