#pragma once

#include "protocol/port_findings.hpp"
#include "protocol/time.hpp"

/// What is wrong with the machine that a gateway runs on. Facts in, findings out.
namespace xylem {

struct clock_fact {
  bool is_synchronised = false; ///< the kernel says so (adjtimex)
  wall_time now{};
};

/// `clock`
finding judge_clock(const clock_fact& clock, const typist& who);

struct disk_fact {
  std::string path;
  std::uint64_t free_bytes = 0; ///< for who is not root
  std::uint64_t total_bytes = 0;
  std::uint64_t free_files = 0;
  std::uint64_t total_files = 0;        ///< 0: the file system does not count them
  std::uint64_t database_bytes = 0;     ///< has it now
  std::uint64_t database_limit = 0;     ///< may have; 0: no bound
  std::vector<std::string> set_aside{}; ///< databases that could not be read
  std::string edit{};                   ///< sets a bound that fits; empty: there is no command
};

/// `disk_space`, `disk_budget`
std::vector<finding> judge_disk(const disk_fact& disk, const typist& who);

struct folder_fact {
  std::string path;
  bool exists = false;
  bool is_read_only = false;     ///< its file system
  std::vector<owned_file> way{}; ///< the folders above it from the root on, then itself
};

/// `state_dir`, for who runs the gateway.
finding judge_state_dir(const folder_fact& folder, const account& runs, const typist& who);

struct journal_fact {
  folder_fact folder;
  bool is_in_memory = false;
};

/// `journal`
finding judge_journal(const journal_fact& journal, const account& runs, const typist& who);

struct secret_fact {
  std::string key; ///< of the configuration: `web.key`
  owned_file file;
  bool exists = false;
  std::string broken{}; ///< why it cannot be used
};

/// `secret_file`: who runs the gateway can read it, nobody else can.
finding judge_secret(const secret_fact& secret, const account& runs, const typist& who);

struct listener_fact {
  std::string key; ///< of the configuration: `web.listen`
  std::string address;
  std::vector<process_fact> holders{}; ///< who listens there
  bool is_taken = false;               ///< somebody does, seen or not
  std::string edit{};                  ///< takes a free port instead
};

/// `listen_address`; the gateway may listen there, and systemd for it.
finding judge_listener(const listener_fact& listener, const own_processes& gateway,
                       const typist& who);

struct limit_fact {
  std::uint64_t files = 0;        ///< that the gateway may have open
  std::uint64_t wanted_files = 0; ///< with all clients that it may have
  bool has_service = false;       ///< a unit xylem.service
  std::uint64_t watches = 0;      ///< fs.inotify.max_user_watches
  std::uint64_t instances = 0;    ///< fs.inotify.max_user_instances
  bool can_watch = true;          ///< it was tried
  std::uint64_t terminals = 0;    ///< kernel.pty.max
  std::uint64_t used_terminals = 0;
};

/// `limit_files`, `limit_inotify`, `limit_terminals`
std::vector<finding> judge_limits(const limit_fact& limits, const typist& who);

struct certificate_fact {
  std::string key; ///< of the configuration: `monitor.certificate`
  std::string path;
  std::string broken{}; ///< why it cannot be read; then nothing else is valid
  std::string name{};
  std::string issuer{};
  wall_time not_before{};
  wall_time not_after{};
  std::string authority_folder{}; ///< that can issue it anew; empty: it is not here
  bool needs_root = false;        ///< to use that folder
};

/// `certificate`
finding judge_certificate(const certificate_fact& certificate, wall_time now, const typist& who);

} // namespace xylem
