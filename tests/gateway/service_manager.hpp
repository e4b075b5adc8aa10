#pragma once

#include "actors/file_descriptor.hpp"
#include "child_process.hpp"
#include "temp_folder.hpp"

#include <cstdint>

namespace xylem::testing {

/// A service manager as systemd is one: hears what its service says, opens sockets for it.
class service_manager {
public:
  service_manager();

  /// The port of a listening socket that the service gets under this name. On `address`, such as
  /// 127.0.0.1.
  std::uint16_t open(const std::string& name, const std::string& address = "127.0.0.1");

  /// A descriptor of another kind under this name.
  void hand(const std::string& name, file_descriptor descriptor);

  /// The command that becomes `xylem ARGUMENTS` with what a service is given; `watchdog` in
  /// microseconds, 0: none. For child_process with the program /bin/bash.
  std::vector<std::string> start(const std::vector<std::string>& arguments,
                                 std::uint64_t watchdog = 0) const;

  /// Waits until it has said this line since the last call of forget().
  void await_line(const std::string& line);
  void await_status(const std::string& part);
  std::size_t times(const std::string& line);
  void forget();

private:
  struct socket {
    std::string name;
    file_descriptor descriptor;
  };

  void hear();

  temp_folder folder_;
  file_descriptor listening_;
  std::vector<socket> sockets_;
  std::vector<std::string> lines_;
};

} // namespace xylem::testing
