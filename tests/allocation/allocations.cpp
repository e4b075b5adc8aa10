#include "tests/allocation/allocations.hpp"

#include <cerrno>
#include <cstdlib>

#include <execinfo.h>
#include <unistd.h>

namespace xylem::testing {

namespace {

constinit thread_local bool counting = false;
constinit thread_local std::size_t counted = 0;

void trace() noexcept {
  void* stack[32];
  auto depth = ::backtrace(stack, 32);
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, "allocation\n", 11);
  ::backtrace_symbols_fd(stack, depth, STDERR_FILENO);
}

bool traced() noexcept {
  static const bool wanted = std::getenv("XYLEM_TRACE_ALLOCATIONS") != nullptr;
  return wanted;
}

} // namespace

/// The heap is asked for memory.
void note_allocation() noexcept {
  if (!counting)
    return;
  ++counted;
  if (!traced())
    return;
  counting = false; // what the trace itself takes is not counted
  trace();
  counting = true;
}

allocation_counter::allocation_counter() noexcept {
  traced();
  counted = 0;
  counting = true;
}

allocation_counter::~allocation_counter() { counting = false; }

std::size_t allocation_counter::count() const noexcept { return counted; }

} // namespace xylem::testing

using xylem::testing::note_allocation;

#if defined(__SANITIZE_ADDRESS__)

// GCC comes without the header that declares it.
extern "C" int __sanitizer_install_malloc_and_free_hooks(
  void (*on_malloc)(const volatile void*, std::size_t), void (*on_free)(const volatile void*));

namespace {

[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
  [](const volatile void*, std::size_t) { note_allocation(); }, [](const volatile void*) {});

} // namespace

#else

// Every way to the heap ends in one of these; those of glibc are called by its own names for them.
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  note_allocation();
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  note_allocation();
  return __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size) {
  note_allocation();
  return __libc_realloc(old, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  note_allocation();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
  note_allocation();
  *out = __libc_memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}

} // extern "C"

#endif
