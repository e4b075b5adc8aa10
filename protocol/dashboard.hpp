#pragma once

#include "protocol/data_type.hpp"
#include "protocol/event.hpp"
#include "protocol/time.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace xylem {

/// The field's old dashboard messages (web §3.1), made from events: one text for all who only
/// listen. `trafficLog` is limited; what exceeds it is counted and told.
class dashboard {
public:
  /// Names in the order of their mesh_index; types of each, in the same order, outlive this.
  dashboard(std::vector<std::string> meshes, std::vector<const data_type_registry*> types);

  /// The client sockets listen, or do not; the next tell() says so.
  void set_socket(bool listens) noexcept { socket_ = listens; }

  /// What has happened, as messages in order.
  void tell(std::span<const event> events, mono_time now, std::vector<std::string>& out);

  /// What was left out, when its second is over. Call it now and then.
  void tell_suppressed(mono_time now, std::vector<std::string>& out);

  /// For who has just come: the state of links and of all nodes that events have named.
  std::vector<std::string> current() const;

  std::uint64_t suppressed() const noexcept { return suppressed_; }

private:
  struct node_key {
    mesh_index mesh;
    node_address node;

    auto operator<=>(const node_key&) const = default;
  };

  std::string name_of(node_key key) const;
  std::string connection_text() const;
  std::string nodes_text(std::span<const node_key> nodes) const;
  std::string traffic(const event& what) const;
  void tell_connection(std::vector<std::string>& out);
  void tell_nodes(std::vector<std::string>& out);
  void tell_traffic(const event& what, std::vector<std::string>& out);
  void note_node(const event& what);

  std::vector<std::string> meshes_;
  std::vector<const data_type_registry*> types_;
  std::vector<link_state> links_;
  std::map<node_key, bool> normal_;
  std::vector<node_key> changed_; // since the last message about nodes
  bool socket_ = false;
  std::string connection_; // as it was told last
  mono_time second_{};
  std::size_t told_ = 0;          // in this second
  std::uint64_t left_out_ = 0;    // in this second
  std::uint64_t suppressed_ = 0;
};

} // namespace xylem
