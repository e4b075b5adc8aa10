#pragma once

#include <string>

namespace xylem::bench {

/// `connection` is `keep-alive` or `close`.
inline std::string http_get(const std::string& path, const std::string& connection) {
  return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: " + connection + "\r\n\r\n";
}

} // namespace xylem::bench
