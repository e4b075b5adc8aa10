#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"

namespace xylem {

/// The newest traffic of one mesh's serial line, in memory (record §4). Owned by its actor.
class capture_core {
public:
  capture_core(const mesh_settings& settings, environment& env);

  void push(captured&& what) { ring_.push(std::move(what)); }
  capture_page read(const capture_query& asked) const;
  boost::json::object status() const;

private:
  const mesh_settings& settings_;
  wall_time since_;
  capture_ring ring_;
};

capture_actor::behavior_type capture(io_actor_of<capture_actor, capture_core>* self,
                                     const mesh_settings* settings, environment* env);

} // namespace xylem
