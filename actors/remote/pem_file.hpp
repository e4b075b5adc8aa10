#pragma once

#include <cstdint>
#include <string>

namespace xylem {

enum class pem_secrecy : std::uint8_t {
  open_to_all,
  owner_only, ///< a file that others may read is refused
};

/// The text of a file of at most 4 MiB. Throws std::runtime_error: `path: why`, perhaps with what
/// to do.
std::string read_pem_file(const std::string& path, pem_secrecy secrecy = pem_secrecy::open_to_all);

} // namespace xylem
