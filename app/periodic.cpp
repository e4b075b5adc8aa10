#include "app/periodic.hpp"

namespace xylem {

periodic::periodic(boost::asio::io_context& io, std::chrono::seconds period,
                   std::function<void()> what)
    : timer_{io}, period_{period}, what_{std::move(what)} {
  wait();
}

void periodic::end() {
  ended_ = true; // a wait that is over already cannot be cancelled
  timer_.cancel();
}

void periodic::wait() {
  timer_.expires_after(period_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error || ended_)
      return;
    wait();
    what_();
  });
}

} // namespace xylem
