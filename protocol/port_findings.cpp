#include "protocol/port_findings.hpp"

#include <algorithm>
#include <array>

namespace xylem {

namespace {

/// More names than this do not help anybody who reads them.
constexpr std::size_t most_listed = 8;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < std::min(words.size(), most_listed); ++i)
    out += (out.empty() ? "" : ", ") + words[i];
  return words.size() > most_listed ? out + ", …" : out;
}

bool contains(const std::vector<std::uint32_t>& groups, std::uint32_t wanted) noexcept {
  return std::ranges::find(groups, wanted) != groups.end();
}

bool is_glob(std::string_view text) noexcept {
  return text.find_first_of("*?[") != std::string_view::npos;
}

/// Names that change with the order in which devices are plugged in.
bool is_numbered(std::string_view device) noexcept {
  return device.starts_with("/dev/ttyUSB") || device.starts_with("/dev/ttyACM");
}

std::string octal(std::uint32_t mode) {
  std::string out{"0"};
  for (auto shift : {6U, 3U, 0U})
    out += static_cast<char>('0' + (mode >> shift & 7U));
  return out;
}

constexpr std::uint32_t digit_of(file_right wanted) noexcept {
  return static_cast<std::uint32_t>(wanted);
}

/// The services that take a new serial port for their own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> intruders{
    {{"ModemManager", "systemctl disable --now ModemManager.service"},
     {"brltty", "systemctl mask --now brltty.service brltty-udev.service"}}};

} // namespace

bool may(const account& who, const owned_file& what, file_right wanted) noexcept {
  if (who.user == 0)
    return true;
  auto shift = who.user == what.user ? 6U : contains(who.groups, what.group) ? 3U : 0U;
  return (what.mode >> shift & digit_of(wanted)) == digit_of(wanted);
}

std::string owner_text(const owned_file& what) {
  return what.path + " is " + what.user_name + ':' + what.group_name + ' ' + octal(what.mode);
}

std::string to_text(const process_fact& process) {
  auto unit = process.unit.empty() ? "" : ", " + process.unit;
  auto name = process.program.empty() ? std::string{"a process"} : process.program;
  return name + " (pid " + std::to_string(process.pid) + unit + ')';
}

bool is_own(const process_fact& process, const own_processes& own) noexcept {
  return std::ranges::find(own, process.pid) != own.end();
}

std::string ending_of(const process_fact& process, const typist& who) {
  if (process.pid <= 1)
    return {};
  for (const auto& [program, command] : intruders)
    if (process.program == program)
      return who.as_root(command);
  if (!process.unit.empty())
    return who.as_root("systemctl stop " + shell_word(process.unit));
  return who.as_root("kill " + std::to_string(process.pid));
}

finding judge_port_exists(const configured_port& port, const present_ports& present) {
  finding out{.id = "port_exists", .subject = port.mesh};
  if (!port.is_serial) {
    out.level = severity::error;
    out.statement = port.serial + " is no serial port";
    out.evidence = port.device;
    out.advice = "set mesh.serial to the root's port";
    return out;
  }
  if (!port.device.empty()) {
    out.statement = port.serial + " is there";
    out.evidence = port.device == port.serial ? "" : "it is " + port.device;
    if (port.matches.size() <= 1)
      return out;
    out.level = severity::warning;
    out.statement = port.serial + " matches " + std::to_string(port.matches.size())
                    + " ports; the first is taken";
    out.evidence = joined(port.matches);
    out.advice = "name one of them in mesh.serial";
    return out;
  }
  out.level = severity::error;
  out.statement = port.serial + (is_glob(port.serial) ? " matches no port" : " does not exist");
  auto there = present.names.empty() ? present.devices : present.names;
  out.evidence =
      there.empty() ? "this machine has no serial port of USB" : "there is " + joined(there);
  out.advice = there.empty() ? "plug the root in; `dmesg | tail` says what the kernel makes of it"
                             : "set mesh.serial to the root's port: " + joined(there);
  return out;
}

finding judge_port_name(const configured_port& port, const std::string& edit) {
  finding out{.id = "port_name", .subject = port.mesh};
  out.statement = port.serial + " names the same device always";
  if (!is_numbered(port.serial))
    return out;
  out.evidence = port.own_names.empty() ? "it has no name in /dev/serial/by-id"
                                        : "it is also " + joined(port.own_names);
  if (port.own_names.empty()) {
    out.level = severity::note;
    out.statement = port.serial + " may be another device after the next start";
    return out;
  }
  out.level = severity::warning;
  out.statement = port.serial + " may be another device when it is plugged in again";
  out.command = edit;
  out.advice = "set mesh.serial to " + port.own_names.front();
  return out;
}

namespace {

void repair_group(finding& out, const owned_file& device, const account& runs, const typist& who) {
  auto group_may = (device.mode >> 3 & 6U) == 6U;
  if (group_may && contains(runs.groups_at_login, device.group)) {
    out.statement = runs.name + " is in the group " + device.group_name
                    + " now, and was not when this login began";
    out.advice = "log out and in again; a service: systemctl restart xylem";
    return;
  }
  auto join =
      who.as_root("usermod -aG " + shell_word(device.group_name) + ' ' + shell_word(runs.name));
  out.advice = "a group is had from the next login on; a service: systemctl restart xylem";
  if (group_may && device.group != 0) {
    out.command = join;
    return;
  }
  out.command = who.as_root("chown " + shell_word(runs.name) + ' ' + shell_word(device.path))
                + " && " + who.as_root("chmod u+rw " + shell_word(device.path));
  out.advice = "that is so until it is plugged in again: a rule of udev makes it last";
}

} // namespace

finding judge_port_access(const configured_port& port, const owned_file& device,
                          const account& runs, const typist& who) {
  finding out{.id = "port_access", .subject = port.mesh};
  out.evidence = owner_text(device);
  out.statement = runs.name + " may open " + device.path;
  if (may(runs, device, file_right::read_and_write))
    return out;
  out.level = severity::error;
  out.statement = runs.name + " may not open " + device.path;
  repair_group(out, device, runs, who);
  return out;
}

finding judge_port_holder(const configured_port& port, const std::vector<process_fact>& holders,
                          const own_processes& gateway, const typist& who) {
  finding out{.id = "port_holder", .subject = port.mesh};
  out.statement = "nobody else has " + port.device + " open";
  auto other = std::ranges::find_if_not(
      holders, [&](const process_fact& one) { return is_own(one, gateway); });
  if (other == holders.end()) {
    if (!holders.empty())
      out.statement = "the gateway has " + port.device + " open, nobody else";
    return out;
  }
  out.level = severity::error;
  out.statement = to_text(*other) + " has " + port.device + " open";
  out.evidence = std::to_string(holders.size())
                 + (holders.size() == 1 ? " process has it open" : " processes have it open");
  out.command = ending_of(*other, who);
  return out;
}

} // namespace xylem
