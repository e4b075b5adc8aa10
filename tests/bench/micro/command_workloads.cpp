#include "protocol/command_ledger.hpp"
#include "protocol/dialect.hpp"
#include "protocol/transmit_scheduler.hpp"
#include "tests/bench/micro/workload.hpp"

#include <memory>
#include <stdexcept>

namespace xylem::bench {

namespace {

constexpr std::size_t batch = 32; // commands that wait together

const command hello{.kind = command_kind::send,
                    .node = node_address{5},
                    .message = copy_of(view_of("hello"))};

bytes frame_of(const command& what) {
  auto speech = make_dialect("classic");
  bytes wire;
  append_frame(wire, speech->encode_command(what), speech->uart_framing());
  return wire;
}

/// Commands are enqueued, and the port takes every burst of them as a whole.
workload transmitting(transmit_profile profile) {
  struct state {
    transmit_scheduler scheduler;
    bytes frame = frame_of(hello);
    mono_time now{std::chrono::hours{24}};
    std::uint64_t last_id = 0;
  };
  auto all = std::make_shared<state>(
    state{.scheduler = transmit_scheduler{profile, wire_rate::of_baud(115'200)}});
  auto operation = [all] {
    for (std::size_t i = 0; i < batch; ++i)
      all->scheduler.enqueue(command_id{++all->last_id}, all->frame);
    for (std::size_t written = 0; written < batch;) {
      all->now = std::max(all->now, all->scheduler.wake_at().value_or(all->now));
      auto burst = all->scheduler.next(all->now);
      written += all->scheduler.wrote(burst.size(), all->now).size();
    }
  };
  return {operation, batch, batch * all->frame.size()};
}

/// The life of a command: accepted, then written.
workload keeping_books() {
  struct state {
    command_ledger ledger{};
    instant now{mono_time{std::chrono::hours{24}}, {}};
  };
  auto all = std::make_shared<state>();
  all->ledger.link_up();
  auto operation = [all] {
    std::array<command_id, batch> ids{};
    for (auto& id : ids)
      id = std::get<command_id>(all->ledger.accept(hello, all->now));
    for (auto id : ids)
      if (!all->ledger.written(id, all->now))
        throw std::logic_error{"a command was lost"};
  };
  for (std::size_t i = 0; i <= limits::finished_commands / batch; ++i)
    operation(); // it remembers as many as it will
  return {operation, batch};
}

} // namespace

void add_commands(workload_table& table) {
  for (auto profile : {transmit_profile::stream, transmit_profile::gap, transmit_profile::block})
    table.push_back({"transmit/" + std::string{to_string(profile)},
                     [=] { return transmitting(profile); }});
  table.push_back({"ledger/accept_written", keeping_books});
}

} // namespace xylem::bench
