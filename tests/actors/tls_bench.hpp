#pragma once

#include "actors/remote/mutual_tls.hpp"
#include "app/pki/authority.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <array>

#include <sys/stat.h>

namespace xylem::testing {

/// 2023-11-14T22:13:20Z
inline constexpr wall_time tls_test_time{std::chrono::milliseconds{1'700'000'000'000}};

class clock_of_a_test final : public clock_source {
public:
  instant now() const override { return {mono_time{}, wall}; }

  wall_time wall = tls_test_time;
};

/// An authority and its nodes, in folders of their own.
struct tls_bench {
  /// The files of a node whose certificate was issued at `when`.
  tls_files node(const std::string& name, pki::certificate_use use = pki::certificate_use::node,
                 wall_time when = tls_test_time,
                 std::chrono::days lifetime = std::chrono::days{1}) {
    return write(name, ca.issue(name, use, when, lifetime));
  }

  tls_files write(const std::string& name, const pki::new_identity& made) {
    serials[name] = made.about.serial;
    auto certificate = folder.write(name + ".pem", made.files.certificate);
    auto key = folder.write(name + ".key", made.files.key);
    chmod(key.c_str(), 0600);
    return {folder.write("ca.pem", ca_files.certificate), certificate, key};
  }

  void revoke(const std::vector<std::string>& names) {
    std::vector<pki::revocation> all;
    for (const auto& name : names)
      all.push_back({serials.at(name), tls_test_time});
    folder.write("revoked.pem", ca.revoke(all, tls_test_time, ++lists));
  }

  temp_folder folder{};
  clock_of_a_test clock{};
  pki::identity_files ca_files =
      pki::authority::create("farm", tls_test_time - std::chrono::days{100});
  pki::authority ca{ca_files};
  std::map<std::string, std::string> serials{};
  std::uint64_t lists = 0;
};

/// One side of a connection.
struct tls_end {
  using socket = boost::asio::local::stream_protocol::socket;

  tls_end(boost::asio::io_context& io, boost::asio::ssl::context& how) : stream{io, how} {}

  SSL* connection() { return stream.native_handle(); }
  tls_problem problem() { return describe_tls_error(error, connection()); }

  boost::asio::ssl::stream<socket> stream;
  boost::system::error_code error{boost::asio::error::would_block};
  std::array<char, 16> received{};
};

/// Two ends, whose handshake is over: both have read a byte of the other one, or have failed.
struct tls_pair {
  tls_pair(boost::asio::ssl::context& server_rules, boost::asio::ssl::context& client_rules)
      : server{io, server_rules}, client{io, client_rules} {
    boost::asio::local::connect_pair(server.stream.lowest_layer(), client.stream.lowest_layer());
  }

  void shake_hands();

  bool is_connected() const { return !server.error && !client.error; }

  boost::asio::io_context io{1};
  tls_end server;
  tls_end client;
};

} // namespace xylem::testing
