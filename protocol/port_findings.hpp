#pragma once

#include "protocol/finding.hpp"

#include <optional>
#include <vector>

/// What is wrong with the port of a root before a byte is read. Facts in, findings out.
namespace xylem {

struct account {
  std::string name;
  std::uint32_t user = 0;
  std::vector<std::uint32_t> groups{};          ///< that it has now, its primary one included
  std::vector<std::uint32_t> groups_at_login{}; ///< that it will have after the next login
};

/// A file, and whose it is.
struct owned_file {
  std::string path;
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  std::string user_name{};
  std::string group_name{};
  std::uint32_t mode = 0; ///< permission bits
};

/// Bits of a permission, as one digit of `chmod` has them.
enum class file_right : std::uint8_t {
  enter = 1,
  write = 2,
  read = 4,
  read_and_write = 6,
  use = 7
};

/// By the permission bits alone; root may everything.
bool may(const account& who, const owned_file& what, file_right wanted) noexcept;

/// `root:dialout 0660`.
std::string owner_text(const owned_file& what);

/// A running process, as far as this user may see it.
struct process_fact {
  std::int64_t pid = 0;
  std::string program{}; ///< its name
  std::string unit{};    ///< of systemd, `ModemManager.service`; may be empty

  bool operator==(const process_fact&) const = default;
};

/// `minicom (pid 1234, minicom.service)`.
std::string to_text(const process_fact& process);

/// Processes that are the gateway's own: itself, and its gate.
using own_processes = std::vector<std::int64_t>;

bool is_own(const process_fact& process, const own_processes& own) noexcept;

/// What ends a process for good, for a shell; nothing does so with the first one.
std::string ending_of(const process_fact& process, const typist& who);

/// Every serial port of the machine.
struct present_ports {
  std::vector<std::string> devices{}; ///< `/dev/ttyUSB0`
  std::vector<std::string> names{};   ///< links of /dev/serial/by-id and /dev/xylem-root
};

struct configured_port {
  std::string mesh;
  std::string serial;                   ///< as it is configured
  std::string device{};                 ///< that it leads to; empty: there is none
  std::vector<std::string> matches{};   ///< of a glob
  std::vector<std::string> own_names{}; ///< that lead to the same device and never change
  bool is_serial = true;                ///< false: the device is something else
};

/// `port_exists`
finding judge_port_exists(const configured_port& port, const present_ports& present);

/// `port_name`; `edit` makes the configuration name another port, empty: it cannot.
finding judge_port_name(const configured_port& port, const std::string& edit);

/// `port_access`, of who runs the gateway.
finding judge_port_access(const configured_port& port, const owned_file& device,
                          const account& runs, const typist& who);

/// `port_holder`; the gateway may hold it.
finding judge_port_holder(const configured_port& port, const std::vector<process_fact>& holders,
                          const own_processes& gateway, const typist& who);

} // namespace xylem
