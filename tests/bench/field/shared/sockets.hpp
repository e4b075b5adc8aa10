#pragma once

#include "actors/file_descriptor.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <netinet/in.h>

namespace xylem::bench {

/// `127.0.0.1:5001`, or a port alone; throws std::runtime_error.
sockaddr_in address_of(const std::string& text);

/// Of 127.0.0.1, at this moment.
std::uint16_t free_port();

/// Throws std::system_error.
file_descriptor listen_on(const sockaddr_in& where);

/// A connected socket with TCP_NODELAY, blocking, whose reads and writes end after `patience`.
/// Throws std::system_error.
file_descriptor connect_to(const sockaddr_in& where,
                           std::chrono::seconds patience = std::chrono::seconds{10});

/// The same, but as long as nobody listens it is tried again.
file_descriptor connect_when_listening(const sockaddr_in& where,
                                       std::chrono::seconds patience = std::chrono::seconds{10});

/// Nothing throws here; false: nobody listens.
bool is_listening(const sockaddr_in& where);

void set_no_delay(int socket);
void set_non_blocking(int socket);

/// Both need a blocking socket and throw std::runtime_error when it ends before.
void send_all(int socket, std::string_view data);
std::string receive(int socket, std::size_t size);

/// Until the server ends it; may be nothing.
std::string receive_rest(int socket);

/// As many sockets as the system allows.
void raise_descriptor_limit();

} // namespace xylem::bench
