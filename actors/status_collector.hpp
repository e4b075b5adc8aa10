#pragma once

#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace xylem {

/// Gathers the actors' answers to one status request and makes one document of them. Kept alive
/// by the requests that are under way; calls `done` when the last one has been answered.
class status_collector {
public:
  using done_callback = std::function<void(boost::json::object)>;

  status_collector(boost::json::object base, std::vector<std::string> meshes, done_callback done);
  ~status_collector();

  status_collector(const status_collector&) = delete;
  status_collector& operator=(const status_collector&) = delete;

  /// `actor` is `role/mesh` or `event_hub`.
  void answered(const std::string& actor, boost::json::object body);
  void silent(const std::string& actor);

private:
  boost::json::object recorder_document();
  boost::json::object gate_document() const;
  boost::json::object mesh_document(const std::string& mesh);
  boost::json::array gateways_document() const;
  void merge_followed(boost::json::object& into, const std::string& mesh) const;

  boost::json::object base_;
  std::vector<std::string> meshes_;
  done_callback done_;
  std::map<std::string, boost::json::object> answers_;
  boost::json::array silent_;
};

} // namespace xylem
