#pragma once

#include "actors/file_descriptor.hpp"
#include "actors/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace xylem {

/// Listening sockets that the service manager has opened for this process. They stay open as long
/// as this: who connects while an actor, or the process, is started anew waits in the backlog.
/// Filled before actors run, constant while they do.
class inherited_sockets {
public:
  struct named_socket {
    std::string name; ///< as the service manager calls it
    file_descriptor descriptor;
  };

  explicit inherited_sockets(std::vector<named_socket> sockets);

  std::size_t size() const noexcept { return all_.size(); }
  const std::string& name(std::size_t index) const { return all_[index].name; }

  /// Nothing: it is no TCP socket that listens.
  const std::optional<endpoint>& address(std::size_t index) const { return all_[index].address; }

  /// This actor, such as `socket_server/field`, listens on it.
  void give(std::size_t index, std::string actor) { all_[index].actor = std::move(actor); }
  bool has(const std::string& actor) const noexcept { return find(actor) != nullptr; }

  /// Another descriptor of what this actor was given; none: nothing was.
  file_descriptor copy_for(const std::string& actor) const;

  /// Closes what was given to nobody, and tells the names.
  std::vector<std::string> close_rest();

private:
  struct entry {
    std::string name;
    file_descriptor descriptor;
    std::optional<endpoint> address;
    std::string actor{};
  };

  const entry* find(const std::string& actor) const noexcept;

  std::vector<entry> all_;
};

/// Those of this process (sd_listen_fds_with_names(3)), once: its children do not have them.
inherited_sockets sockets_of_process();

} // namespace xylem
