#include "app/spare_memory.hpp"

#include <fstream>

#include <malloc.h>
#include <unistd.h>

namespace xylem {

namespace {

/// Resident memory of this process that is no file's and not in use, bytes.
std::size_t spare() {
  std::size_t all = 0;
  std::size_t resident = 0;
  std::size_t of_files = 0;
  if (!(std::ifstream{"/proc/self/statm"} >> all >> resident >> of_files))
    return 0;
  auto own = (resident - of_files) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  auto known = ::mallinfo2();
  auto used = known.uordblks + known.hblkhd;
  return own > used ? own - used : 0;
}

} // namespace

std::size_t spare_memory::look() {
  auto before = spare();
  if (!policy_.is_worth_it(before))
    return 0;
  ::malloc_trim(0);
  auto left = spare();
  policy_.trimmed(left);
  return before > left ? before - left : 0;
}

} // namespace xylem
