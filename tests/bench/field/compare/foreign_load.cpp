#include "foreign_load.hpp"

#include "tests/bench/field/shared/clock.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace xylem::bench {

namespace {

double user_s_of_all() {
  std::string name;
  double user = 0;
  double nice = 0;
  std::ifstream{"/proc/stat"} >> name >> user >> nice;
  return (user + nice) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double user_s_of_ours() {
  double sum = 0;
  for (auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    getrusage(who, &used);
    sum += static_cast<double>(used.ru_utime.tv_sec)
           + static_cast<double>(used.ru_utime.tv_usec) / 1e6;
  }
  return sum;
}

} // namespace

foreign_load::foreign_load()
    : start_ns_{now_ns()}, all_s_{user_s_of_all()}, ours_s_{user_s_of_ours()} {}

double foreign_load::cores() const {
  auto foreign_s = user_s_of_all() - all_s_ - (user_s_of_ours() - ours_s_);
  return std::max(0.0, foreign_s) / seconds(start_ns_, now_ns());
}

} // namespace xylem::bench
