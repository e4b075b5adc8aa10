#include "app/doctor/processes.hpp"

#include "app/config/quantity.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace xylem {

namespace fs = std::filesystem;

namespace {

/// What is read of one file of /proc: a table of 60,000 sockets has 9 MB.
constexpr std::size_t most_bytes = 16 * 1024 * 1024;
constexpr std::size_t most_processes = 65'536;
constexpr std::size_t most_files = 65'536; ///< of one process
constexpr std::size_t most_holders = 16;

std::string read_file(const fs::path& path, std::size_t most = 4096) {
  std::ifstream in{path, std::ios::binary};
  std::string out;
  std::array<char, 4096> room{};
  while (out.size() < most && (in.read(room.data(), room.size()) || in.gcount() > 0))
    out.append(room.data(), static_cast<std::size_t>(in.gcount()));
  return out;
}

std::optional<std::int64_t> number_of(const std::string& text) {
  std::int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

/// `…/system.slice/ssh.service` is that of ssh.service; what a user started has none.
std::string unit_of(const std::string& cgroup) {
  auto line = cgroup.substr(0, cgroup.find('\n'));
  auto slash = line.rfind('/');
  auto name = slash == std::string::npos ? std::string{} : line.substr(slash + 1);
  auto is_system = line.find("/system.slice/") != std::string::npos;
  return is_system && name.ends_with(".service") ? name : std::string{};
}

/// Calls `visit` with each process but this one, until it has seen enough.
template <class Visit>
void for_each_process(Visit visit) {
  std::error_code ignored;
  std::size_t count = 0;
  for (fs::directory_iterator entry{"/proc", ignored}, end; !ignored && entry != end;
       entry.increment(ignored)) {
    auto pid = number_of(entry->path().filename().string());
    if (pid && *pid != getpid() && ++count <= most_processes)
      visit(*pid, entry->path());
  }
}

/// True when a descriptor of the process leads to one of the targets.
bool has_open(const fs::path& process, const std::set<std::string>& targets) {
  std::error_code ignored;
  std::size_t count = 0;
  for (fs::directory_iterator entry{process / "fd", ignored}, end; !ignored && entry != end;
       entry.increment(ignored)) {
    std::error_code unreadable;
    if (++count > most_files)
      return false;
    if (targets.contains(fs::read_symlink(entry->path(), unreadable).string()))
      return true;
  }
  return false;
}

std::vector<process_fact> who_has(const std::set<std::string>& targets) {
  std::vector<process_fact> out;
  if (targets.empty())
    return out;
  for_each_process([&](std::int64_t pid, const fs::path& process) {
    if (out.size() < most_holders && has_open(process, targets))
      if (auto found = describe_process(pid))
        out.push_back(*found);
  });
  return out;
}

/// One line of /proc/net/tcp or tcp6: an address as the kernel has it in memory, in hex.
struct socket_row {
  std::string address;
  std::uint16_t port = 0;
  std::string inode;
};

std::vector<socket_row> listening_rows(const char* table) {
  std::vector<socket_row> out;
  std::istringstream text{read_file(table, most_bytes)};
  std::string line;
  std::getline(text, line);
  while (std::getline(text, line)) {
    std::istringstream words{line};
    std::string slot, local, remote, state, queues, timer, retries, user, timeout, inode;
    words >> slot >> local >> remote >> state >> queues >> timer >> retries >> user >> timeout
        >> inode;
    auto colon = local.find(':');
    unsigned port = 0;
    if (state != "0A" || colon == std::string::npos)
      continue;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), port, 16);
    out.push_back({local.substr(0, colon), static_cast<std::uint16_t>(port), inode});
  }
  return out;
}

std::string hex_of(const unsigned char* data, std::size_t words) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (std::size_t word = 0; word < words; ++word)
    for (std::size_t i = 4; i-- > 0;) {
      auto byte = data[4 * word + i];
      out += digits[byte >> 4];
      out += digits[byte & 15U];
    }
  return out;
}

/// As the tables of /proc write it on a little-endian machine; empty: it is a name.
std::string hex_address(const endpoint& where) {
  std::array<unsigned char, 16> room{};
  auto host = where.host == "localhost" ? std::string{"127.0.0.1"} : where.host;
  if (inet_pton(AF_INET, host.c_str(), room.data()) == 1)
    return hex_of(room.data(), 1);
  if (inet_pton(AF_INET6, host.c_str(), room.data()) == 1)
    return hex_of(room.data(), 4);
  return {};
}

bool is_all_zero(const std::string& address) {
  return address.find_first_not_of('0') == std::string::npos;
}

/// One address covers the other: no two sockets can listen there.
bool collide(const endpoint& where, const socket_row& row) {
  auto wanted = hex_address(where);
  if (where.port != row.port)
    return false;
  return wanted.empty() || wanted == row.address || is_all_zero(row.address)
         || is_any_address(where);
}

} // namespace

std::optional<process_fact> describe_process(std::int64_t pid) {
  auto folder = fs::path{"/proc"} / std::to_string(pid);
  auto name = read_file(folder / "comm");
  if (name.empty())
    return std::nullopt;
  return process_fact{pid, name.substr(0, name.find('\n')), unit_of(read_file(folder / "cgroup"))};
}

std::vector<process_fact> holders_of(const std::string& path) {
  std::error_code missing;
  auto real = fs::canonical(path, missing);
  return missing ? std::vector<process_fact>{} : who_has({real.string()});
}

listening_state who_listens(const endpoint& where) {
  listening_state out;
  std::set<std::string> sockets;
  if (where.port == 0)
    return out;
  for (auto table : {"/proc/net/tcp", "/proc/net/tcp6"})
    for (const auto& row : listening_rows(table))
      if (collide(where, row))
        sockets.insert("socket:[" + row.inode + ']');
  out.is_taken = !sockets.empty();
  out.holders = who_has(sockets);
  return out;
}

std::uint16_t free_port_after(const endpoint& where) {
  std::set<std::uint16_t> taken;
  for (auto table : {"/proc/net/tcp", "/proc/net/tcp6"})
    for (const auto& row : listening_rows(table))
      taken.insert(row.port);
  for (unsigned port = where.port + 1U; port < 65'536; ++port)
    if (!taken.contains(static_cast<std::uint16_t>(port)))
      return static_cast<std::uint16_t>(port);
  return 0;
}

} // namespace xylem
