#include "app/gateway.hpp"

#include "actors/error.hpp"
#include "actors/remote/io_multiplexer.hpp"
#include "actors/remote/monitor_rules.hpp"
#include "actors/remote/tls_dialer.hpp"
#include "actors/serial_port.hpp"
#include "actors/service_watch.hpp"
#include "actors/supervisor.hpp"
#include "app/chaos/chaos.hpp"
#include "app/config/configuration_text.hpp"
#include "app/memory_reserve.hpp"
#include "app/periodic.hpp"
#include "app/process.hpp"
#include "app/spare_memory.hpp"
#include "app/web/page_assets.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/post.hpp>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <csignal>
#include <random>

namespace xylem {

namespace asio = boost::asio;

namespace {

struct gateway_config : quiet_config {
  explicit gateway_config(const gateway_settings& settings) {
    if (settings.gateways.empty())
      return;
    load_remote(*this);
    add_monitor_types(*this);
  }
};

/// What it takes to follow gateways elsewhere.
struct remote_side {
  remote_side(const monitor_settings& who, caf::actor_system& system, io_unit& unit,
              const clock_source& clock)
      : node{system, unit}, tls{{who.authority, who.certificate, who.key}, clock},
        dialer{node, tls} {}

  basp_node node;
  mutual_tls tls;
  tls_dialer dialer;
};

instance_id new_instance() {
  std::random_device random;
  return {static_cast<std::uint64_t>(random()) << 32 | random()};
}

/// What dies with the process is then what was not recorded in its last 200 ms.
std::optional<crash_journal> open_journal(const gateway_settings& settings, logger& log) {
  const auto& wanted = settings.recorder;
  if (settings.state_dir.empty() || !wanted.enabled || wanted.journal.empty())
    return std::nullopt;
  std::vector<std::string> names;
  for (const auto& mesh : settings.meshes)
    names.push_back(mesh.name);
  try {
    return crash_journal{wanted.journal, settings.state_dir, fingerprint_of(names)};
  } catch (const std::system_error& error) {
    actor_log{log, "gateway"}.warning(
      "no crash journal: should the process die, what is not recorded yet is lost",
      {{"reason", error.what()}});
    return std::nullopt;
  }
}

constexpr auto status_timeout = std::chrono::seconds{5};

} // namespace

struct gateway::parts {
  parts(gateway_settings wanted, logger& log, port_opener open_port)
      : settings{std::move(wanted)}, config{settings}, system{config}, unit{system, io},
        signals{io},
        journal{open_journal(settings, log)},
        reserve{log},
        env{io,
            trouble ? trouble->clock() : clock,
            log,
            open_port ? std::move(open_port) : make_port_opener(io),
            settings.web.page ? page_assets() : web_assets{},
            journal ? &*journal : nullptr,
            shown_configuration(settings),
            new_instance()} {
    if (trouble)
      env.on_start = [this](const auto& name, const auto& who) { trouble->started(name, who); };
    if (settings.gateways.empty())
      return;
    remote.emplace(settings.monitor, system, unit, env.clock);
    env.dialer = &remote->dialer;
    if (settings.monitor.name.empty())
      settings.monitor.name = remote->tls.own().name;
  }

  gateway_settings settings;
  system_clock_source clock;
  asio::io_context io{1};
  std::unique_ptr<chaos> trouble = invite_chaos(io);
  gateway_config config;
  caf::actor_system system;
  io_unit unit;
  std::optional<remote_side> remote;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::signal_set signals;
  asio::signal_set hangup{io};
  std::function<reload_outcome()> read_again;
  std::optional<crash_journal> journal;
  memory_reserve reserve;
  spare_memory spare;
  periodic reserve_looks{io, memory_reserve::period, [this] { reserve.look(); }};
  periodic spare_looks{io, spare_memory::period, [this] { spare.look(); }};
  environment env;
  supervisor_actor root;
  service_manager* manager = nullptr; // null: nobody wants to be told
  service_watch_actor watch;
  caf::error ended_by;
  bool ended = false;
};

/// The tree ends with its root, and then there is nothing left for the I/O thread to do.
void gateway::watch_root() {
  auto& all = *parts_;
  all.root->attach_functor([&all](const caf::error& reason) {
    // Posted, so that the actors that were just ended are gone when the loop ends.
    asio::post(all.io, [&all, reason] {
      all.ended_by = reason;
      all.signals.cancel();
      all.hangup.cancel();
      all.reserve_looks.end();
      all.spare_looks.end();
      if (all.trouble)
        all.trouble->end();
      if (all.watch)
        caf::anon_send_exit(all.watch, caf::exit_reason::user_shutdown);
      all.work.reset();
    });
  });
}

gateway::gateway(gateway_settings settings, logger& log, port_opener open_port,
                 monitor_observer* observer)
    : parts_{std::make_unique<parts>(std::move(settings), log, std::move(open_port))} {
  raise_descriptor_limit();
  give_memory_back();
  std::signal(SIGPIPE, SIG_IGN); // a ser2net that goes is an error of its write, not our end
  std::signal(SIGXFSZ, SIG_IGN); // so is a file that may not grow: the record is degraded then
  auto& all = *parts_;
  all.env.observer = observer;
  all.signals.add(SIGINT);
  all.signals.add(SIGTERM);
  caf::actor_config on_io_thread{&all.unit};
  auto start = supervisor;
  all.root = all.system.spawn_functor<caf::no_spawn_options>(
    std::true_type{}, on_io_thread, start, &all.settings, &all.env);
  watch_root();
}

/// Also ends a gateway that was never run: no actor may outlive the system.
gateway::~gateway() {
  if (parts_->ended)
    return;
  stop();
  run();
}

void gateway::run() {
  auto& all = *parts_;
  all.unit.adopt_thread();
  take_short_turns();
  all.signals.async_wait([this](boost::system::error_code error, int) {
    if (error)
      return;
    if (parts_->manager)
      parts_->manager->stopping();
    stop();
  });
  actor_log log{all.env.log, "gateway"};
  while (!all.io.stopped()) {
    try {
      all.io.run();
    } catch (const std::exception& error) {
      // It left the callback of one connection; all else goes on.
      log.error("an unexpected error was caught; everything goes on", {{"error", error.what()}});
      all.reserve_looks.go_on();
      all.spare_looks.go_on();
    }
  }
  all.ended = true;
  if (all.ended_by != caf::exit_reason::user_shutdown)
    throw std::runtime_error{describe(all.ended_by)};
}

void gateway::report_to(service_manager& manager) {
  auto& all = *parts_;
  all.manager = &manager;
  caf::actor_config on_io_thread{&all.unit};
  auto start = service_watch;
  all.watch = all.system.spawn_functor<caf::no_spawn_options>(
    std::true_type{}, on_io_thread, start, all.root, &manager, &all.env);
  all.watch->attach_functor([log = actor_log{all.env.log, "gateway"}](const caf::error& reason) {
    if (reason != caf::exit_reason::user_shutdown)
      log.error("the service manager is told nothing any more: an error in the gateway",
                {{"reason", describe(reason)}});
  });
  all.env.on_start = [watch = all.watch, others = std::move(all.env.on_start)](
                       const std::string& name, const caf::actor_addr& who) {
    if (others)
      others(name, who);
    caf::anon_send(watch, started_actor{name, who});
  };
}

void gateway::inherit(inherited_sockets& sockets) {
  parts_->env.inherited = &sockets;
}

void gateway::on_hangup(std::function<reload_outcome()> read_again) {
  parts_->read_again = std::move(read_again);
  parts_->hangup.add(SIGHUP);
  wait_for_hangup();
}

void gateway::wait_for_hangup() {
  parts_->hangup.async_wait([this](boost::system::error_code error, int) {
    if (error || parts_->ended_by || parts_->ended) // a signal that came already is not cancelled
      return;
    wait_for_hangup();
    reload();
  });
}

void gateway::reload() {
  auto& all = *parts_;
  struct reloading {
    ~reloading() {
      if (manager)
        manager->reloaded();
    }
    service_manager* manager;
  } over{all.manager};
  if (all.manager)
    all.manager->reloading(all.clock.now().mono);
  auto outcome = all.read_again();
  if (outcome.allow) {
    all.env.configuration = std::move(outcome.shown);
    caf::anon_send(all.root, allow_list{*std::move(outcome.allow)});
  }
  if (all.watch)
    caf::anon_send(all.watch, service_note{std::move(outcome.note)});
}

void gateway::stop() {
  caf::anon_send(parts_->root, stop_atom::value);
}

void gateway::submit(std::string mesh, command what,
                     std::function<void(std::variant<command_id, problem>)> done) {
  named_command asked{std::move(mesh), std::move(what), [done](const command_answer& answer) {
    if (auto record = std::get_if<command_record>(&answer.result))
      done(record->id);
    else
      done(std::get<problem>(answer.result));
  }};
  caf::anon_send(parts_->root, std::move(asked));
}

boost::json::object gateway::status() {
  caf::scoped_actor self{parts_->system};
  boost::json::object all;
  std::string problem;
  self->request(parts_->root, status_timeout, status_atom::value)
    .receive([&](actor_status& answer) { all = std::move(answer.body); },
             [&](const caf::error& error) { problem = describe(error); });
  if (!problem.empty())
    throw std::runtime_error{"the gateway does not answer: " + problem};
  return all;
}

} // namespace xylem
