// What a link to a gateway is asked: commands for its meshes, and how it stands.
#include "actors/remote/gateway_link.hpp"

#include "actors/error.hpp"
#include "protocol/json.hpp"
#include "protocol/monitor_names.hpp"

namespace xylem {

namespace {

using namespace std::chrono_literals;

constexpr auto command_time = 5s;

/// A record is told with what is left of its time there; nothing runs out here.
constexpr auto longest_life = 10s;

boost::json::array types_json(const std::vector<data_type>& types) {
  data_type_registry registry;
  for (const auto& type : types)
    registry.declare(type);
  return to_json(registry);
}

} // namespace

// -- commands

template <class Question>
caf::result<command_answer> gateway_link_core::forward(Question question) {
  auto promise = self_->make_response_promise<command_answer>();
  self_->request(facade_, command_time, std::move(question))
    .then(
      [this, promise](remote_command_answer& answer) mutable {
        promise.deliver(here(std::move(answer)));
      },
      [promise](const caf::error& error) mutable {
        promise.deliver(command_answer{
          {}, problem{problem_kind::timeout, "the gateway does not answer: " + describe(error)}});
      });
  return promise;
}

command_answer gateway_link_core::here(remote_command_answer&& answer) const {
  if (auto why = std::get_if<problem>(&answer.result))
    return {{}, std::move(*why)};
  auto was = std::get<saved_command>(std::move(answer.result));
  auto id = id_here({position_, was.id});
  if (!id || answer.mesh.value >= meshes_.size())
    return {{}, problem{problem_kind::internal, "the gateway answers for another mesh"}};
  auto record = restored(was, env_.clock.now(), longest_life);
  record.id = *id;
  return {meshes_[answer.mesh.value], std::move(record)};
}

caf::result<command_answer> gateway_link_core::submit(const command_request& asked) {
  auto there = std::ranges::find(meshes_, asked.mesh);
  if (phase_ != phase::following || there == meshes_.end())
    return command_answer{asked.mesh, problem{problem_kind::no_serial_connection,
                                              "the gateway " + told_.name + " is not reached"}};
  auto mesh = static_cast<std::uint16_t>(there - meshes_.begin());
  return forward(remote_command{{mesh}, asked.what});
}

caf::result<command_answer> gateway_link_core::find(command_id id) {
  auto there = id_there(id);
  if (!there || there->gateway != position_)
    return command_answer{{}, problem{problem_kind::command_not_found, "no such command"}};
  if (phase_ != phase::following)
    return command_answer{{}, problem{problem_kind::not_available,
                                      "the gateway " + told_.name + " is not reached"}};
  return forward(remote_command_query{there->id});
}

// -- telling

boost::json::object gateway_link_core::status() const {
  boost::json::array meshes;
  for (std::size_t i = 0; i < told_.meshes.size(); ++i) {
    const auto& mesh = told_.meshes[i];
    meshes.push_back({{"name", mesh_path(told_.name, mesh.name).value_or(mesh.name)},
                      {"dialect", "remote"},
                      {"data_types", types_json(mesh.types)},
                      {"link", {{"state", to_string(mesh.link)}, {"reason", mesh.link_reason}}}});
  }
  auto behind = reached_ && reached_->epoch == newest_.epoch && newest_.seq > reached_->seq
                  ? newest_.seq - reached_->seq
                  : 0;
  return {{"name", told_.name},
          {"address", gateway_.address.host + ":" + std::to_string(gateway_.address.port)},
          {"state", to_string(told_.state)},
          {"reason", told_.reason},
          {"meshes", std::move(meshes)},
          {"epoch", reached_ ? reached_->epoch : 0},
          {"seq", reached_ ? reached_->seq : 0},
          {"behind", behind},
          {"events", counts_.events},
          {"missed", counts_.missed},
          {"gaps", counts_.gaps},
          {"connections", counts_.connections},
          {"failures", counts_.failures},
          {"received_bytes", connection_ ? connection_->bytes_received() : 0}};
}

} // namespace xylem
