#pragma once

#include "protocol/bytes.hpp"

namespace xylem {

/// One vector of a file in tests/vectors. A file is made of lines, `#` begins a comment:
///   == a name          a new vector
///   @ word word …      what holds, in the words of the test that reads the file
///   FF 00 05 "[D]"     bytes: hex, "text", XX*N (N times XX), and AAAA..BBBB:XX
///                      (every 16-bit number from AAAA to BBBB, each followed by XX)
///   -> word word …     what is expected, in the words of the test
struct wire_vector {
  std::string name;
  std::vector<std::string> settings;
  bytes data;
  std::vector<std::string> expected;
};

/// Every vector of tests/vectors/`file`. Throws std::runtime_error with the line at fault.
std::vector<wire_vector> read_vectors(const std::string& file);

/// The bytes that a line of a vector writes down. Throws std::runtime_error.
bytes parse_bytes(std::string_view text);

/// `-> get 2A*3` means `-> get 2a2a2a`.
std::vector<std::string> with_runs_written_out(std::vector<std::string> lines);

/// `a b c` → a, b, c.
std::vector<std::string> words_of(std::string_view text);

} // namespace xylem
