#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace xylem {

using io_executor = boost::asio::io_context::executor_type;

/// A coroutine on the I/O thread.
template <class T>
using task = boost::asio::awaitable<T, io_executor>;

/// Makes an operation awaitable.
inline constexpr boost::asio::use_awaitable_t<io_executor> use_task{};

/// The same, with errors as values: `auto [error, size] = co_await …`.
inline constexpr auto use_result = boost::asio::as_tuple(use_task);

/// What one coroutine waits for and others bring about. I/O thread only. Who waits when this is
/// destroyed is destroyed, too.
class wake_up {
public:
  /// Until notify(). One at a time.
  auto wait() {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<io_executor>, void()>(
      [this]<class Handler>(Handler handler) {
        waiting_ = std::make_unique<waiting_handler<Handler>>(std::move(handler));
      },
      use_task);
  }

  /// The coroutine goes on at once, before this returns. Nothing happens when none waits.
  void notify() {
    if (auto waiting = std::exchange(waiting_, nullptr))
      waiting->go_on();
  }

private:
  struct waiting_coroutine {
    virtual ~waiting_coroutine() = default;
    virtual void go_on() = 0;
  };

  template <class Handler>
  struct waiting_handler final : waiting_coroutine {
    explicit waiting_handler(Handler handler) : handler_{std::move(handler)} {}
    void go_on() override { std::move(handler_)(); }
    Handler handler_;
  };

  std::unique_ptr<waiting_coroutine> waiting_;
};

} // namespace xylem
