#pragma once

#include "actors/file_descriptor.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace xylem {

/// A process that speaks with this one over a socket pair; its end is descriptor 3 there. Ended and
/// reaped at the latest some time after this is destroyed. I/O thread only.
class gate_process {
public:
  virtual ~gate_process() = default;

  /// The end of this side; whoever takes it owns it.
  virtual file_descriptor take_socket() = 0;

  virtual int pid() const noexcept = 0;

  /// Calls back once it has ended: `exit status 1`, `signal 9 (Killed)`. Once; never from within a
  /// call of this class, nor after its destruction.
  virtual void when_ended(std::function<void(std::string how)> tell) = 0;

  /// SIGKILL.
  virtual void kill() noexcept = 0;
};

/// Throws std::system_error when it cannot be started.
using gate_starter = std::function<std::unique_ptr<gate_process>()>;

/// Starts `program`, an absolute path, with `arguments`, its name first: nicer by 5 than this process, with the
/// standard streams of this process but an empty input, all signals as by default. It is told to end
/// (SIGTERM) when the calling thread ends.
std::unique_ptr<gate_process> start_gate_process(boost::asio::io_context& io,
                                                 const std::string& program,
                                                 const std::vector<std::string>& arguments);

/// This program as `xylem gate`.
gate_starter make_gate_starter(boost::asio::io_context& io);

} // namespace xylem
