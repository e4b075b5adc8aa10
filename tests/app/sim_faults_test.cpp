#include "sim_harness.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

root_options mesh_with(std::vector<sim_step> steps) {
  auto options = quiet_mesh(4);
  options.rate = 100;
  options.steps = std::move(steps);
  return options;
}

std::uint64_t fault_count(const listener& gateway, sim_action action) {
  return count_of(gateway.root.statistics().faults, action);
}

std::uint64_t reject_count(const listener& gateway, reject_reason reason) {
  return gateway.decoder.counters().rejects[static_cast<std::size_t>(reason)];
}

std::size_t good_updates(const listener& gateway) {
  return gateway.all(root_message_kind::data).size();
}

} // namespace

TEST_CASE("sim: noise comes between frames, about as often as asked, and hardly costs a frame") {
  listener clean{mesh_with({})}, noisy{mesh_with({always(sim_action::garbage, 0.1)})};
  clean.pass(20s);
  noisy.pass(20s);
  auto bursts = fault_count(noisy, sim_action::garbage);
  CHECK((bursts > 120 && bursts < 280)); // 200 expected, 6 standard deviations
  CHECK(good_updates(noisy) == good_updates(clean));
  CHECK(noisy.decoder.counters().console_bytes > clean.decoder.counters().console_bytes + bursts);
}

TEST_CASE("sim: faults do not change the traffic itself") {
  listener clean{mesh_with({})}, noisy{mesh_with({always(sim_action::garbage, 0.3)})};
  clean.pass(20s);
  noisy.pass(20s);
  auto before = clean.all(root_message_kind::data);
  auto after = noisy.all(root_message_kind::data);
  REQUIRE(before.size() == after.size());
  for (std::size_t i = 0; i < before.size(); ++i)
    CHECK(before[i].readings == after[i].readings);
}

TEST_CASE("sim: faults are the same for the same seed") {
  auto options =
      mesh_with({always(sim_action::garbage, 0.1), always(sim_action::flip, 0.1),
                 always(sim_action::truncate, 0.1), always(sim_action::log_inside, 0.1)});
  listener first{options}, second{options};
  first.pass(10s, 10ms);
  second.pass(10s, 3ms);
  CHECK(first.wire == second.wire);
}

TEST_CASE("sim: a flipped bit changes one byte of a frame") {
  listener clean{mesh_with({})}, flipped{mesh_with({always(sim_action::flip, 0.2)})};
  clean.pass(20s);
  flipped.pass(20s);
  REQUIRE(clean.wire.size() == flipped.wire.size());
  std::size_t changed = 0;
  for (std::size_t i = 0; i < clean.wire.size(); ++i)
    changed += clean.wire[i] != flipped.wire[i] ? 1 : 0;
  CHECK(changed == fault_count(flipped, sim_action::flip));
  CHECK(changed > 200);
}

TEST_CASE("sim: every truncated frame is noticed by the decoder") {
  auto options = mesh_with({always(sim_action::truncate, 0.1)});
  listener gateway{options};
  gateway.pass(20s);
  auto cut = fault_count(gateway, sim_action::truncate);
  CHECK(cut > 100);
  auto open = gateway.decoder.counters().pending_bytes > 0 ? 1u : 0u; // the last frame was cut
  auto seen = reject_count(gateway, reject_reason::truncated)
              + reject_count(gateway, reject_reason::bad_escape); // cut after an escape
  CHECK(seen + open == cut);
  CHECK(gateway.decoder.counters().frames + cut
        == count_of(gateway.root.statistics(), sim_frame::update)
               + count_of(gateway.root.statistics(), sim_frame::joined)
               + count_of(gateway.root.statistics(), sim_frame::restarted));
}

TEST_CASE("sim: a log line inside a frame spoils that frame alone") {
  listener gateway{mesh_with({always(sim_action::log_inside, 0.1)})};
  gateway.pass(20s);
  auto logs = fault_count(gateway, sim_action::log_inside);
  CHECK(logs > 100);
  auto made = count_of(gateway.root.statistics(), sim_frame::update);
  CHECK(good_updates(gateway) >= made - logs);
  CHECK(good_updates(gateway) < made);
  auto inside = std::ranges::count_if(
      gateway.frames, [](const auto& heard) { return heard.kind == root_message_kind::malformed; });
  CHECK(inside > 0);
}

TEST_CASE("sim: a line fault without a probability hits the next frame, once") {
  listener gateway{mesh_with({once(sim_action::truncate, 2s)})};
  gateway.pass(5s);
  CHECK(fault_count(gateway, sim_action::truncate) == 1);
  CHECK(count_of(gateway.root.statistics(), sim_frame::update) == good_updates(gateway) + 1);
}

TEST_CASE("sim: garbage without a probability is one burst of that many bytes") {
  auto step = once(sim_action::garbage, 2s);
  step.bytes = 5000;
  auto options = quiet_mesh(0);
  options.steps = {step};
  listener gateway{options};
  gateway.pass(1s);
  gateway.forget();
  gateway.pass(5s);
  CHECK(gateway.wire.size() == 5000);
}

TEST_CASE("sim: a probability ends with its time") {
  auto step = always(sim_action::truncate, 1);
  step.at = 5s;
  step.duration = 1s;
  listener gateway{mesh_with({step})};
  gateway.pass(20s);
  CHECK(fault_count(gateway, sim_action::truncate) == 100); // a second at 100 frames a second
}

TEST_CASE("sim: an unplugged port is gone, nothing is heard or taken, then it is back") {
  listener gateway{mesh_with({once(sim_action::unplug, 5s, 2s)})};
  gateway.pass(5s - 10ms);
  CHECK(gateway.root.condition() == port_condition::attached);
  gateway.pass(10ms);
  CHECK(gateway.root.condition() == port_condition::detached);
  gateway.forget();
  gateway.command({command_kind::network_info, {}, {}});
  gateway.pass(2s - 10ms);
  CHECK(gateway.wire.empty());
  CHECK(gateway.root.statistics().commands[0] == 0);
  gateway.pass(10ms);
  CHECK(gateway.root.condition() == port_condition::attached);
  gateway.pass(1s);
  CHECK(gateway.wire.empty()); // nobody has opened it again
  gateway.root.port_opened(gateway.now);
  gateway.pass(1s);
  CHECK(good_updates(gateway) == 100);
  CHECK(gateway.all(root_message_kind::root_restarted).empty());
}

TEST_CASE("sim: after a power cycle the root boots") {
  listener gateway{mesh_with({once(sim_action::power_cycle, 5s, 2s)})};
  gateway.pass(7s);
  gateway.forget();
  gateway.root.port_opened(gateway.now);
  gateway.pass(1s);
  CHECK(gateway.console.starts_with("ets"));
  CHECK(gateway.all(root_message_kind::root_restarted).size() == 1);
}

TEST_CASE("sim: unplugs repeat as often as asked") {
  auto step = once(sim_action::unplug, 1s, 500ms);
  step.every = 1s;
  step.times = 3;
  listener gateway{mesh_with({step})};
  int unplugged = 0;
  auto before = port_condition::attached;
  for (int i = 0; i < 1000; ++i) {
    gateway.pass(10ms);
    auto after = gateway.root.condition();
    unplugged += before == port_condition::attached && after == port_condition::detached ? 1 : 0;
    before = after;
  }
  CHECK(unplugged == 3);
  CHECK(fault_count(gateway, sim_action::unplug) == 3);
}

TEST_CASE("sim: overlapping unplugs end with the last") {
  listener gateway{mesh_with({once(sim_action::unplug, 1s, 5s), once(sim_action::unplug, 2s, 1s)})};
  gateway.pass(5990ms);
  CHECK(gateway.root.condition() == port_condition::detached);
  gateway.pass(10ms);
  CHECK(gateway.root.condition() == port_condition::attached);
}

TEST_CASE("sim: a stalled root says nothing, and does not make up for it") {
  listener gateway{mesh_with({once(sim_action::stall, 5s, 3s)})};
  gateway.pass(5s);
  gateway.forget();
  CHECK(gateway.root.condition() == port_condition::stalled);
  gateway.pass(3s - 10ms);
  CHECK(gateway.wire.empty());
  CHECK(gateway.root.next_due() == 8s);
  gateway.pass(10ms + 1s);
  CHECK(gateway.root.condition() == port_condition::attached);
  CHECK((good_updates(gateway) >= 99 && good_updates(gateway) <= 101));
  CHECK(gateway.root.statistics().skipped_turns >= 299);
}

TEST_CASE("sim: a stalled root answers when it is back") {
  auto options = mesh_with({once(sim_action::stall, 5s, 3s)});
  options.rate = 0.000001;
  listener gateway{options};
  gateway.pass(4900ms);
  gateway.command({command_kind::send, root_address, copy_of(view_of("a"))});
  gateway.command({command_kind::send, node_address{1}, copy_of(view_of("b"))});
  gateway.pass(3s);
  gateway.pass(1s);
  CHECK(gateway.texts(root_message_kind::message).size() == 2);
}

TEST_CASE("sim: a reset ends a stall") {
  listener gateway{mesh_with({once(sim_action::stall, 5s, 60s), once(sim_action::reset, 6s)})};
  gateway.pass(5s);
  gateway.forget();
  gateway.pass(2s);
  CHECK(gateway.all(root_message_kind::root_restarted).size() == 1);
}

TEST_CASE("sim: an unplug comes even when the port takes no more") {
  auto options = mesh_with({once(sim_action::unplug, 5s, 1s)});
  options.rate = 0;
  listener gateway{options};
  gateway.pass(1s, 100ms);
  gateway.now = 5s;
  CHECK(gateway.root.next_interruption() == 5s);
  gateway.look(0);
  CHECK(gateway.root.condition() == port_condition::detached);
  CHECK(gateway.root.next_interruption() == 6s);
  gateway.now = 6s;
  gateway.look(0);
  CHECK(gateway.root.condition() == port_condition::attached);
}

TEST_CASE("sim: a flood stops at a stall and at an unplug") {
  auto options = mesh_with({once(sim_action::stall, 2s, 1s), once(sim_action::unplug, 4s, 1s)});
  options.rate = 0;
  listener gateway{options};
  for (auto [at, flows] : {std::pair<sim_time, int>{1s, 1}, {2s, 0}, {3s, 1}, {4s, 0}, {5s, 0}}) {
    gateway.now = at;
    gateway.forget();
    gateway.look(1000);
    CAPTURE(at.count());
    CHECK((gateway.wire.size() >= 1000) == (flows == 1));
  }
}

TEST_CASE("sim: steps of one moment happen in the order they were written") {
  step_schedule schedule{
      {once(sim_action::reset, 2s), once(sim_action::flip, 1s), once(sim_action::garbage, 2s)}};
  CHECK(schedule.next_due() == 1s);
  CHECK(schedule.take().action == sim_action::flip);
  CHECK(schedule.take().action == sim_action::reset);
  CHECK(schedule.take().action == sim_action::garbage);
  CHECK_FALSE(schedule.next_due());
}
