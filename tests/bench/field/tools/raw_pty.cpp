#include "raw_pty.hpp"

#include "flood.hpp"
#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/root_frames.hpp"

#include <atomic>
#include <system_error>
#include <vector>

#include <fcntl.h>

namespace xylem::bench {

namespace {

/// Reads in a thread of its own, until as much was read as was written.
class plain_reader {
public:
  plain_reader(const std::string& device, int core)
      : line_{open(device.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)}, core_{core} {
    if (!line_)
      throw std::system_error{errno, std::generic_category(), "cannot open " + device};
  }

  void run() {
    pin_this_thread(core_);
    std::vector<char> room(65'536);
    while (read_ < expected_) {
      auto count = ::read(line_.get(), room.data(), room.size());
      if (count <= 0)
        return;
      read_ += static_cast<std::uint64_t>(count);
    }
    end_ns_ = now_ns();
  }

  void expect(std::uint64_t bytes) { expected_ = bytes; }
  std::uint64_t end_ns() const { return end_ns_; }

private:
  file_descriptor line_;
  int core_;
  std::uint64_t read_ = 0;
  std::atomic<std::uint64_t> expected_ = ~std::uint64_t{0};
  std::uint64_t end_ns_ = 0;
};

} // namespace

boost::json::object run_raw_pty(const raw_pty_options& options) {
  root_port port{""};
  plain_reader reader{port.device(), options.reader_core};
  std::thread thread{[&] { reader.run(); }};
  std::vector<std::string> frames{update_frame(1, "ABC", options.value_size)};
  apply(options.writer);
  auto start_ns = now_ns();
  auto sent = flood(port, frames, {options.duration_s, 0, options.frames_per_write, options.rate});
  // One frame more wakes the reader if it has all others already.
  reader.expect((sent + 1) * frames.front().size());
  port.write(frames.front());
  thread.join();
  auto time_s = seconds(start_ns, reader.end_ns());
  return {{"tool", "raw-pty"},
          {"frame_bytes", frames.front().size()},
          {"frames", sent + 1},
          {"seconds", time_s},
          {"rate", static_cast<double>(sent + 1) / time_s}};
}

} // namespace xylem::bench
