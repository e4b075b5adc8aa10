#pragma once

#include "protocol/saved_state.hpp"
#include "tests/golden/capture_script.hpp"

#include <filesystem>

/// The files of a scenario: NAME.pcap, NAME.toml (unless its settings are the defaults), and what
/// is expected: NAME.jsonl, or NAME.jsonl.sha256 when it is long, and NAME.state.
namespace xylem::testing {

/// The capture and its settings.
void write_capture(const golden& what, const std::filesystem::path& folder);

/// What the program makes of it now, for somebody who has read it.
void write_expected(const golden& what, const std::filesystem::path& folder);

/// What a replay of `capture` gives.
struct replayed {
  std::string events{};
  saved_state state{};
};
replayed replay(const std::vector<capture_packet>& capture, const std::string& settings);

/// The state for people: a line a node, a line a series.
std::string text_of(const saved_state& state);

std::string sha256_of(std::string_view text);
std::string read_text(const std::filesystem::path& file);

} // namespace xylem::testing
