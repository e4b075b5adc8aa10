#include "app/periodic.hpp"

#include <new>

namespace xylem {

periodic::periodic(boost::asio::io_context& io, std::chrono::seconds period,
                   std::function<void()> what)
    : timer_{io}, period_{period}, what_{std::move(what)} {
  wait();
}

void periodic::go_on() noexcept try {
  if (!waits_ && !ended_)
    wait();
} catch (const std::bad_alloc&) {
  // There is no memory yet; the next exception is another chance.
}

void periodic::end() {
  ended_ = true; // a wait that is over already cannot be cancelled
  timer_.cancel();
}

void periodic::wait() {
  timer_.expires_after(period_);
  timer_.async_wait([this](boost::system::error_code error) {
    waits_ = false;
    if (error || ended_)
      return;
    wait();
    what_();
  });
  waits_ = true;
}

} // namespace xylem
