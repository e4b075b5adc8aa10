#include "protocol/host_findings.hpp"

#include <algorithm>

namespace xylem {

finding judge_listener(const listener_fact& listener, const own_processes& gateway,
                       const typist& who) {
  finding out{.id = "listen_address", .subject = listener.address};
  out.statement = listener.address + " is free (" + listener.key + ")";
  if (!listener.is_taken)
    return out;
  auto may_listen = [&](const process_fact& one) { return is_own(one, gateway) || one.pid == 1; };
  auto own = std::ranges::find_if(listener.holders, may_listen);
  if (own != listener.holders.end()) {
    out.statement = (own->pid == 1 ? "systemd listens on " : "the gateway listens on ")
                    + listener.address + " (" + listener.key + ")";
    return out;
  }
  if (listener.holders.empty() && !gateway.empty()) {
    out.statement = listener.address + " is taken, it seems by the gateway (" + listener.key + ")";
    return out; // whose files this user may not see
  }
  out.level = severity::error;
  out.statement = listener.address + " is taken (" + listener.key + ")";
  if (listener.holders.empty()) {
    out.evidence = "by a process that this user may not see";
    if (!who.is_root) {
      out.level = severity::warning;
      out.advice = "ask again with sudo to see whose it is: it may be the gateway";
      return out;
    }
  } else {
    out.evidence = "by " + to_text(listener.holders.front());
  }
  out.command = !listener.edit.empty()     ? listener.edit
                : listener.holders.empty() ? ""
                                           : ending_of(listener.holders.front(), who);
  return out;
}

namespace {

finding judge_files(const limit_fact& limits, const typist& who) {
  finding out{.id = "limit_files", .statement = "as many files may be open as clients may come"};
  out.evidence =
      std::to_string(limits.files) + " allowed, " + std::to_string(limits.wanted_files) + " needed";
  if (limits.files >= limits.wanted_files)
    return out;
  auto wanted = std::to_string(limits.wanted_files);
  out.level = severity::warning;
  out.statement = "fewer files may be open than clients may come";
  auto folder = std::string{"/etc/systemd/system/xylem.service.d"};
  out.command = limits.has_service
                    ? who.as_root("mkdir -p " + folder) + " && printf '[Service]\\nLimitNOFILE="
                          + wanted + "\\n' | " + who.as_root("tee " + folder + "/files.conf")
                          + " >/dev/null && " + who.as_root("systemctl daemon-reload") + " && "
                          + who.as_root("systemctl restart xylem")
                    : "";
  out.advice =
      limits.has_service ? "" : "ulimit -Hn " + wanted + " as root, in the shell that starts it";
  return out;
}

finding judge_inotify(const limit_fact& limits, const typist& who) {
  finding out{.id = "limit_inotify", .statement = "a port that comes back is noticed at once"};
  out.evidence = "fs.inotify.max_user_watches = " + std::to_string(limits.watches)
                 + ", max_user_instances = " + std::to_string(limits.instances);
  if (limits.can_watch)
    return out;
  out.level = severity::warning;
  out.statement = "folders cannot be watched: a port that comes back is noticed after 2 s";
  auto more = [](std::uint64_t now, std::uint64_t least) { return std::max(2 * now, least); };
  out.command = who.as_root(
      "sysctl -w fs.inotify.max_user_instances=" + std::to_string(more(limits.instances, 256))
      + " fs.inotify.max_user_watches=" + std::to_string(more(limits.watches, 8192)));
  out.advice = "the same two lines in /etc/sysctl.d/60-inotify.conf make it last";
  return out;
}

finding judge_terminals(const limit_fact& limits, const typist& who) {
  finding out{.id = "limit_terminals", .statement = "pseudo terminals are left"};
  out.evidence = std::to_string(limits.used_terminals) + " of " + std::to_string(limits.terminals)
                 + " are used";
  if (limits.terminals == 0 || limits.used_terminals < limits.terminals)
    return out;
  out.level = severity::note;
  out.statement = "no pseudo terminal is left: `xylem sim` cannot start";
  out.command = who.as_root("sysctl -w kernel.pty.max=" + std::to_string(2 * limits.terminals));
  return out;
}

} // namespace

std::vector<finding> judge_limits(const limit_fact& limits, const typist& who) {
  return {judge_files(limits, who), judge_inotify(limits, who), judge_terminals(limits, who)};
}

} // namespace xylem
