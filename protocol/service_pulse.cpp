#include "protocol/service_pulse.hpp"

#include <algorithm>
#include <array>

namespace xylem {

namespace {

constexpr std::array critical{
    std::string_view{"supervisor"}, std::string_view{"event_hub"},
    std::string_view{"network_manager"}, std::string_view{"node_cache"},
    std::string_view{"socket_server"}, std::string_view{"web_server"},
    std::string_view{"recorder"}, std::string_view{"monitor_gate"}};

} // namespace

bool service_pulse::is_critical(std::string_view actor) noexcept {
  return std::ranges::find(critical, actor.substr(0, actor.find('/'))) != critical.end();
}

std::optional<std::uint64_t> service_pulse::ask(const std::string& actor, mono_time now) {
  auto& who = actors_[actor];
  if (who.question)
    return std::nullopt;
  if (!who.since)
    who.since = now;
  return who.question = ++questions_;
}

service_pulse::state* service_pulse::find(const std::string& actor, std::uint64_t question) {
  auto found = actors_.find(actor);
  return found != actors_.end() && found->second.question == question ? &found->second : nullptr;
}

void service_pulse::answered(const std::string& actor, std::uint64_t question) {
  if (auto who = find(actor, question))
    *who = {};
}

void service_pulse::timed_out(const std::string& actor, std::uint64_t question) {
  if (auto who = find(actor, question))
    who->question.reset();
}

void service_pulse::ended(const std::string& actor, std::uint64_t question) {
  if (find(actor, question))
    actors_.erase(actor);
}

mono_time::duration service_pulse::patience_with(std::string_view actor) const noexcept {
  return actor == "recorder" ? std::max<mono_time::duration>(period_, longest_disk_stall) : period_;
}

service_pulse::verdict service_pulse::judge(mono_time now) {
  verdict out;
  std::vector<std::string> late;
  for (const auto& [name, who] : actors_) {
    if (!who.since || now - *who.since < patience_with(name))
      continue;
    late.push_back(name);
    out.longest = std::max(out.longest, now - *who.since);
  }
  out.alive = late.empty();
  out.answers_again = is_late_ && out.alive;
  if (!is_late_)
    out.silent = std::move(late);
  is_late_ = !out.alive;
  return out;
}

} // namespace xylem
