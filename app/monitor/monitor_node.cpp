#include "app/monitor/monitor_node.hpp"

#include "app/gateway.hpp"
#include "app/monitor/gateway_teller.hpp"
#include "protocol/monitor_names.hpp"

namespace xylem {

struct monitor_node::parts {
  parts(gateway_settings settings, logger& log) : house{std::move(settings), log, {}, &teller} {}

  monitor_callbacks callbacks;
  gateway_teller teller{callbacks};
  gateway house;
};

monitor_node::monitor_node(gateway_settings settings, logger& log)
    : parts_{std::make_unique<parts>(std::move(settings), log)} {}

monitor_node::~monitor_node() = default;

void monitor_node::on_event(std::function<void(const followed_event&)> callback) {
  parts_->callbacks.event = std::move(callback);
}

void monitor_node::on_change(std::function<void(const gateway_change&)> callback) {
  parts_->callbacks.change = std::move(callback);
}

void monitor_node::on_progress(std::function<void(const gateway_progress&)> callback) {
  parts_->callbacks.progress = std::move(callback);
}

void monitor_node::start_at(std::string gateway, cursor from) {
  parts_->teller.start_at(std::move(gateway), from);
}

void monitor_node::run() {
  parts_->house.run();
}

void monitor_node::stop() {
  parts_->house.stop();
}

void monitor_node::send(std::string mesh, command what,
                        std::function<void(std::variant<command_id, problem>)> done) {
  parts_->house.submit(std::move(mesh), std::move(what),
                       [done = std::move(done)](std::variant<command_id, problem> outcome) {
                         // Events carry the number that it has there.
                         if (auto id = std::get_if<command_id>(&outcome))
                           if (auto there = id_there(*id))
                             *id = there->id;
                         done(std::move(outcome));
                       });
}

boost::json::object monitor_node::status() {
  return parts_->house.status();
}

} // namespace xylem
