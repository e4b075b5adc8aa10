#pragma once

#include <boost/asio/io_context.hpp>

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace xylem {

/// Runs actors on the thread of an io_context, so that a message between them costs no wake-up of
/// another thread. Whatever becomes ready in one poll cycle runs after the handlers of that cycle,
/// or with the work that made it ready. Outlives the actors that it runs.
class io_unit final : public caf::execution_unit {
public:
  io_unit(caf::actor_system& system, boost::asio::io_context& io);

  /// Thread-safe; what arrives from another thread wakes the I/O thread.
  void exec_later(caf::resumable* job) override;

  boost::asio::io_context& io() noexcept { return io_; }

  /// Names the calling thread as the one that runs the io_context; before anything runs there.
  void adopt_thread() noexcept { io_thread_ = std::this_thread::get_id(); }

  /// Runs what is ready, does `work`, and runs what is ready then, each up to a bound: what came
  /// before the work is done before it. I/O thread only, outside of actors.
  template <class Work>
  void work_and_run(Work work) {
    run();
    auto was_scheduled = std::exchange(scheduled_, true); // what becomes ready in it runs below
    try {
      work();
    } catch (...) {
      scheduled_ = was_scheduled;
      schedule();
      throw;
    }
    scheduled_ = was_scheduled;
    run();
  }

private:
  void run();
  void schedule();

  boost::asio::io_context& io_;
  std::thread::id io_thread_ = std::this_thread::get_id();
  bool scheduled_ = false;                // I/O thread only
  std::vector<caf::resumable*> ready_;    // I/O thread only
  std::vector<caf::resumable*> running_;  // I/O thread only
  std::mutex mutex_;
  std::vector<caf::resumable*> arrived_; // from other threads; guarded by mutex_
  std::atomic<bool> has_arrived_ = false; // arrived_ is not empty
};

} // namespace xylem
