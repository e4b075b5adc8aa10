#include "actors/inherited_sockets.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace xylem {

namespace {

bool listens(int socket) {
  auto value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value == 1;
}

std::optional<endpoint> address_of(int socket) {
  sockaddr_storage where{};
  socklen_t size = sizeof where;
  if (!listens(socket) || ::getsockname(socket, reinterpret_cast<sockaddr*>(&where), &size) != 0)
    return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (where.ss_family == AF_INET) {
    auto& four = reinterpret_cast<const sockaddr_in&>(where);
    ::inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
    return endpoint{text.data(), ntohs(four.sin_port)};
  }
  if (where.ss_family == AF_INET6) {
    auto& six = reinterpret_cast<const sockaddr_in6&>(where);
    ::inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
    return endpoint{text.data(), ntohs(six.sin6_port)};
  }
  return std::nullopt;
}

/// The array that libsystemd gives away, and each of its strings.
struct name_deleter {
  void operator()(char** names) const noexcept {
    for (auto each = names; *each; ++each)
      std::free(*each);
    std::free(names);
  }
};

} // namespace

inherited_sockets::inherited_sockets(std::vector<named_socket> sockets) {
  for (auto& each : sockets) {
    auto address = address_of(each.descriptor.get());
    all_.push_back({std::move(each.name), std::move(each.descriptor), std::move(address)});
  }
}

const inherited_sockets::entry* inherited_sockets::find(const std::string& actor) const noexcept {
  auto found = std::ranges::find(all_, actor, &entry::actor);
  return found == all_.end() ? nullptr : &*found;
}

file_descriptor inherited_sockets::copy_for(const std::string& actor) const {
  auto found = find(actor);
  return file_descriptor{found ? ::fcntl(found->descriptor.get(), F_DUPFD_CLOEXEC, 0) : -1};
}

std::vector<std::string> inherited_sockets::close_rest() {
  std::vector<std::string> names;
  for (const auto& each : all_)
    if (each.actor.empty())
      names.push_back(each.name);
  std::erase_if(all_, [](const entry& each) { return each.actor.empty(); });
  return names;
}

inherited_sockets sockets_of_process() {
  constexpr auto not_for_children = 1;
  char** names = nullptr;
  auto count = ::sd_listen_fds_with_names(not_for_children, &names);
  std::vector<inherited_sockets::named_socket> sockets;
  if (!names)
    return inherited_sockets{std::move(sockets)};
  std::unique_ptr<char*, name_deleter> owned{names};
  for (auto i = 0; i < count; ++i)
    sockets.push_back({names[i], file_descriptor{SD_LISTEN_FDS_START + i}});
  return inherited_sockets{std::move(sockets)};
}

} // namespace xylem
