#include "app/commands/monitor_attendant.hpp"

namespace xylem {

namespace {

using namespace std::chrono_literals;

/// Nobody reads faster.
constexpr auto drawn_each = 250ms;
constexpr auto tick_period = 250ms;
constexpr auto counted_each = 2s;

constexpr std::size_t shown_log_lines = 8;

} // namespace

monitor_attendant::monitor_attendant(monitor_node& node, logger& log, duties what)
    : node_{node}, log_{log}, duties_{std::move(what)} {
  if (duties_.time > 0ms)
    end_ = system_now().mono + duties_.time;
  thread_ = std::thread{[this] { run(); }};
}

monitor_attendant::~monitor_attendant() {
  {
    std::lock_guard guard{lock_};
    over_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void monitor_attendant::run() {
  std::optional<live_terminal> terminal;
  if (duties_.view)
    terminal.emplace();
  auto is_told = false;
  do {
    duties_.output.tick();
    if (terminal)
      draw(*terminal);
    if (end_ && system_now().mono >= *end_ && !std::exchange(is_told, true))
      node_.stop();
  } while (pause(terminal ? &*terminal : nullptr));
}

void monitor_attendant::draw(live_terminal& terminal) {
  auto now = system_now();
  if (now.mono - counted_ >= counted_each) {
    counted_ = now.mono;
    try {
      duties_.view->count_nodes(node_.status());
    } catch (const std::exception&) {
      // It begins, or ends: then what is shown stays.
    }
  }
  auto model = duties_.view->look(now);
  model.name = duties_.name;
  model.log = log_.recent(shown_log_lines);
  std::ranges::reverse(model.log);
  if (!terminal.show(frame_of(render(model, terminal.size()))))
    node_.stop();
}

/// False when it is over.
bool monitor_attendant::pause(live_terminal* terminal) {
  if (terminal && !terminal->wait(drawn_each)) {
    node_.stop();
    terminal = nullptr; // its keys are not waited for any more
  }
  auto period = terminal ? 0ms : tick_period;
  auto left =
      end_ ? std::chrono::ceil<std::chrono::milliseconds>(*end_ - system_now().mono) : period;
  std::unique_lock guard{lock_};
  return !wake_.wait_for(guard, std::clamp(left, 0ms, period), [this] { return over_; });
}

} // namespace xylem
