#include "actors/journal_sink.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>
#include <sys/un.h>

namespace xylem {

namespace {

constexpr std::size_t longest_message = 32 * 1024;
constexpr std::size_t most_fields = 32;
constexpr std::size_t longest_name = 64; ///< of the journal

/// syslog(3): LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR.
std::string_view priority_of(log_level level) {
  switch (level) {
  case log_level::debug: return "7";
  case log_level::info: return "6";
  case log_level::warning: return "4";
  case log_level::error: return "3";
  }
  return "3";
}

/// A value in one line stands behind `=`; another one behind its length (64 bits, little-endian).
void append(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  if (value.find('\n') == std::string_view::npos) {
    out.append("=").append(value).append("\n");
    return;
  }
  out += '\n';
  for (auto shift = 0; shift < 64; shift += 8)
    out += static_cast<char>(static_cast<std::uint64_t>(value.size()) >> shift & 0xFF);
  out.append(value).append("\n");
}

/// Names of fields have capital letters, digits and `_`.
std::string name_of(std::string_view key) {
  std::string made = "XYLEM_";
  for (auto c : key.substr(0, longest_name - made.size())) {
    auto is_small = c >= 'a' && c <= 'z';
    auto is_fine = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    made += is_small ? static_cast<char>(c - 'a' + 'A') : is_fine ? c : '_';
  }
  return made;
}

} // namespace

std::string to_journal(const log_entry& entry, std::string_view message, std::uint64_t lost) {
  std::string out;
  append(out, "MESSAGE", message.substr(0, longest_message));
  append(out, "PRIORITY", priority_of(entry.level));
  append(out, "SYSLOG_IDENTIFIER", "xylem");
  append(out, "XYLEM_MSG", cut_value(entry.message));
  append(out, "XYLEM_ACTOR", cut_value(entry.actor));
  if (!entry.mesh.empty())
    append(out, "XYLEM_MESH", cut_value(entry.mesh));
  for (const auto& field : entry.fields.first(std::min(entry.fields.size(), most_fields)))
    append(out, name_of(field.key()), cut_value(value_text(field, entry.level)));
  if (lost > 0)
    append(out, "XYLEM_LOST_BEFORE", std::to_string(lost));
  return out;
}

journal_sink::journal_sink(std::string path, std::shared_ptr<spdlog::sinks::sink> otherwise)
    : path_{std::move(path)}, otherwise_{std::move(otherwise)},
      socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {}

bool journal_sink::write(const log_entry& entry, std::string_view message) {
  sockaddr_un to{};
  if (!socket_ || path_.size() >= sizeof to.sun_path)
    return false;
  to.sun_family = AF_UNIX;
  std::ranges::copy(path_, to.sun_path);
  auto datagram = to_journal(entry, message, lost_);
  auto sent = ::sendto(socket_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL,
                       reinterpret_cast<const sockaddr*>(&to), sizeof to);
  if (sent >= 0) {
    lost_ = 0;
    return true;
  }
  auto is_busy = errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS;
  lost_ += is_busy ? 1 : 0;
  return is_busy;
}

} // namespace xylem
