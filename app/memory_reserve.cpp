#include "app/memory_reserve.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace xylem {

namespace {

std::atomic<void*> reserve{nullptr};

/// For any thread.
void give_back() {
  std::free(reserve.exchange(nullptr));
  throw std::bad_alloc{};
}

void take() noexcept {
  auto block = std::malloc(memory_reserve::size);
  void* none = nullptr;
  if (!reserve.compare_exchange_strong(none, block))
    std::free(block);
}

} // namespace

memory_reserve::memory_reserve(logger& log) : log_{log, "gateway"} {
  take();
  std::set_new_handler(give_back);
}

memory_reserve::~memory_reserve() {
  std::set_new_handler(nullptr);
  std::free(reserve.exchange(nullptr));
}

void memory_reserve::look() {
  if (is_there())
    return;
  take();
  if (!std::exchange(was_short_, !is_there()))
    log_.error("memory was missing; what needed it was ended and starts anew");
  else if (is_there())
    log_.info("there is memory again");
}

bool memory_reserve::is_there() noexcept {
  return reserve.load() != nullptr;
}

} // namespace xylem
