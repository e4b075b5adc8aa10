#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace xylem::bench {

/// Work that is the same in every run: Google Benchmark times it, callgrind counts it.
struct workload {
  std::function<void()> operation; ///< owns what it works on
  std::size_t items = 1;           ///< that one operation handles: frames, requests, events
  std::size_t bytes = 0;           ///< of them on the wire; 0: they have none
};

struct named_workload {
  std::string name; ///< subject/parameter/…
  std::function<workload()> set_up;
};

using workload_table = std::vector<named_workload>;

// One source a subject.
void add_frames(workload_table& table);
void add_messages(workload_table& table);
void add_nodes(workload_table& table);
void add_events(workload_table& table);
void add_queues(workload_table& table);
void add_commands(workload_table& table);
void add_actors(workload_table& table);

/// The compiler may not leave out what led to `value`.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

/// The same numbers in every run and with every standard library.
class fixed_random {
public:
  /// Less than `bound`.
  std::size_t below(std::size_t bound) { return engine_() % bound; }

private:
  std::mt19937_64 engine_{20'110'217};
};

/// Counts the operations of one workload under callgrind; the exit code of the program.
int count_instructions(const named_workload& subject, std::size_t operations);

} // namespace xylem::bench
