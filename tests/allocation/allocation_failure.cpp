#include "tests/allocation/allocation_failure.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include <execinfo.h>
#include <unistd.h>

namespace xylem::testing {

namespace {

constinit thread_local bool armed = false;
constinit thread_local std::size_t until_failure = 0;
constinit thread_local std::size_t failures_left = 0;
constinit thread_local bool happened = false;

/// With XYLEM_TRACE_ALLOCATIONS: where memory is missing, on standard error.
void trace() noexcept {
  static const bool wanted = std::getenv("XYLEM_TRACE_ALLOCATIONS") != nullptr;
  if (!wanted)
    return;
  void* stack[48];
  ::backtrace_symbols_fd(stack, ::backtrace(stack, 48), STDERR_FILENO);
}

bool fails() noexcept {
  if (!armed)
    return false;
  if (until_failure > 0) {
    --until_failure;
    return false;
  }
  if (failures_left == 0)
    return false;
  --failures_left;
  happened = true;
  trace();
  return true;
}

} // namespace

/// As the standard library's, but for what fails here.
void* allocate(std::size_t size, std::size_t alignment) {
  for (;;) {
    auto memory = fails() ? nullptr
                  : alignment <= alignof(std::max_align_t)
                    ? std::malloc(std::max<std::size_t>(size, 1))
                    : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory)
      return memory;
    auto handler = std::get_new_handler();
    if (!handler)
      throw std::bad_alloc{};
    handler();
  }
}

void* allocate_or_null(std::size_t size, std::size_t alignment) noexcept {
  try {
    return allocate(size, alignment);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

allocation_failure::allocation_failure(std::size_t after, std::size_t times) noexcept {
  until_failure = after;
  failures_left = times;
  happened = false;
  armed = true;
}

allocation_failure::~allocation_failure() { armed = false; }

bool allocation_failure::has_happened() const noexcept { return happened; }

} // namespace xylem::testing

using xylem::testing::allocate;
using xylem::testing::allocate_or_null;

constexpr auto usual = alignof(std::max_align_t);

void* operator new(std::size_t size) { return allocate(size, usual); }
void* operator new[](std::size_t size) { return allocate(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, usual);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, usual);
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
