#pragma once

#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>

#include <sys/resource.h>

namespace xylem {

/// No file of the process grows beyond this.
class file_size_limit {
public:
  explicit file_size_limit(std::uintmax_t bytes) {
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    auto limit = before_;
    limit.rlim_cur = bytes;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }

  ~file_size_limit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

private:
  struct ::rlimit before_ {};
  void (*handler_)(int) = SIG_DFL;
};

} // namespace xylem
