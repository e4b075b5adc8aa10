#pragma once

#include "app/doctor/port_listener.hpp"
#include "protocol/host_findings.hpp"

#include <map>

namespace xylem {

struct disk_space {
  std::uint64_t free_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t free_files = 0;
  std::uint64_t total_files = 0;
};

/// What is asked of the machine and cannot be made so for a test.
struct host_probe {
  std::function<clock_fact()> clock;
  std::function<std::optional<disk_space>(const std::string& path)> disk;
  std::function<std::variant<line_reader, std::string>(const mesh_settings&)> line;
};

host_probe this_host();

/// systemd knows a unit xylem.service.
bool has_service();

/// XYLEM_ variables that a unit sets for the gateway, as far as the file itself says so.
std::map<std::string, std::string> variables_of_unit(std::string_view text);

/// Those of the unit xylem.service; none without one.
std::map<std::string, std::string> variables_of_service();

/// Nothing of it is the gateway's alone; `pid` is that of one that runs.
limit_fact find_limits(const gateway_settings& settings, std::optional<std::int64_t> pid);

/// The disk of a state_dir, and what the database has of it.
std::optional<disk_fact> find_disk(const host_probe& host, const gateway_settings& settings);

journal_fact find_journal(const std::string& path);

/// A certificate in PEM; a file of several: its first.
certificate_fact read_certificate_file(const std::string& key, const std::string& path);

} // namespace xylem
