// check_golden FOLDER NAME: everything that must hold for one golden capture.
#include "app/commands/replay.hpp"
#include "protocol/snapshot.hpp"
#include "tests/golden/golden_files.hpp"

#include <boost/json/parse.hpp>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <sstream>

namespace xylem::testing {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

class check {
public:
  check(const golden& what, fs::path folder) : what_{what}, folder_{std::move(folder)} {}

  bool run() {
    is_what_the_scenario_makes();
    is_replayed_as_expected();
    auto made = replay(what_.script.packets(), what_.settings);
    is_what_the_scenario_says(made);
    state_is_expected(made.state);
    is_the_same_however_it_is_read(made);
    return good_;
  }

private:
  fs::path file(std::string_view ending) const { return folder_ / (what_.name + std::string{ending}); }

  void require(bool holds, const std::string& what) {
    if (!holds)
      std::cerr << what_.name << ": " << what << '\n';
    good_ = good_ && holds;
  }

  /// The files that are kept cannot drift away from the code that made them.
  void is_what_the_scenario_makes() {
    auto fresh = fs::temp_directory_path() / ("xylem-golden-" + what_.name + "-"
                                              + std::to_string(::getpid()));
    fs::create_directory(fresh);
    write_capture(what_, fresh);
    for (const auto& made : fs::directory_iterator{fresh}) {
      auto kept = folder_ / made.path().filename();
      require(fs::exists(kept) && read_text(kept) == read_text(made.path()),
              kept.string() + " is not what its scenario makes: run make_captures");
    }
    require(what_.settings.empty() == !fs::exists(file(".toml")), "there is a .toml too many");
    fs::remove_all(fresh);
  }

  /// As a user does it, twice.
  void is_replayed_as_expected() {
    replay_options options{.capture = file(".pcap").string()};
    if (!what_.settings.empty())
      options.configuration = file(".toml").string();
    std::ostringstream first, second, told;
    require(run_replay(options, first, told) == 0, told.str());
    require(run_replay(options, second, told) == 0, told.str());
    require(first.str() == second.str(), "a second replay differs");
    if (what_.is_long) {
      require(sha256_of(first.str()) + '\n' == read_text(file(".jsonl.sha256")),
              "the digest of the events is another one");
      return;
    }
    options.expected = file(".jsonl").string();
    std::ostringstream differences;
    require(run_replay(options, second, differences) == 0, differences.str());
  }

  /// Sums and an order that come from the documents.
  void is_what_the_scenario_says(const replayed& made) {
    std::map<std::string, std::uint64_t> counted;
    std::istringstream lines{made.events};
    auto part = what_.in_order.begin();
    std::uint64_t seq = 0;
    for (std::string line; std::getline(lines, line);) {
      auto told = json::parse(line).as_object();
      ++counted[std::string{told.at("kind").as_string()}];
      require(told.at("seq").to_number<std::uint64_t>() == ++seq, "a number is missing: " + line);
      if (part != what_.in_order.end() && line.find(*part) != std::string::npos)
        ++part;
    }
    require(part == what_.in_order.end(),
            part == what_.in_order.end() ? "" : "not found, or not in this order: " + *part);
    for (const auto& [kind, count] : what_.events)
      require(counted[kind] == count, std::to_string(counted[kind]) + " events of kind " + kind
                                        + ", not " + std::to_string(count));
    for (const auto& [kind, count] : counted)
      require(count == 0 || what_.events.contains(kind), "unexpected events of kind " + kind);
  }

  void state_is_expected(const saved_state& state) {
    std::size_t nodes = 0;
    std::uint64_t malformed = 0, readings = 0;
    for (const auto& mesh : state.meshes) {
      nodes += mesh.nodes.size();
      for (const auto& node : mesh.nodes) {
        malformed += node.counters.malformed;
        readings += node.counters.readings;
      }
    }
    auto told = what_.events.find("reading");
    require(nodes == what_.nodes, std::to_string(nodes) + " nodes at the end");
    require(malformed == what_.malformed, std::to_string(malformed) + " malformed frames");
    require(readings == (told == what_.events.end() ? 0 : told->second),
            std::to_string(readings) + " readings counted by nodes");
    require(text_of(state) == read_text(file(".state")),
            "the state is another one:\n" + text_of(state));
    auto kept = decode_snapshot(encode_snapshot(state));
    require(std::holds_alternative<saved_state>(kept) && std::get<saved_state>(kept) == state,
            "the state does not survive a snapshot");
  }

  /// Reads of one byte, of seven, of a hundred.
  void is_the_same_however_it_is_read(const replayed& made) {
    for (auto size : {1U, 7U, 100U}) {
      std::vector<capture_packet> split;
      for (const auto& packet : what_.script.packets())
        append_split(split, packet, size);
      auto again = replay(split, what_.settings);
      require(again.events == made.events,
              "other events when it is read in pieces of " + std::to_string(size));
      require(again.state == made.state, "another state when it is read in pieces of "
                                           + std::to_string(size));
    }
  }

  static void append_split(std::vector<capture_packet>& out, const capture_packet& packet,
                           std::size_t size) {
    if (packet.what.kind != capture_kind::from_root) {
      out.push_back(packet);
      return;
    }
    for (bytes_view rest = packet.what.data; !rest.empty();) {
      auto piece = rest.first(std::min(size, rest.size()));
      out.push_back({packet.mesh, {packet.what.when, packet.what.kind, copy_of(piece)}});
      rest = rest.subspan(piece.size());
    }
  }

  const golden& what_;
  fs::path folder_;
  bool good_ = true;
};

} // namespace

} // namespace xylem::testing

int main(int argc, char** argv) {
  using namespace xylem::testing;
  if (argc != 3)
    return 2;
  auto all = golden_scenarios();
  auto found = std::ranges::find(all, argv[2], &golden::name);
  if (found == all.end()) {
    std::cerr << "no scenario makes " << argv[2] << '\n';
    return 1;
  }
  return check{*found, argv[1]}.run() ? 0 : 1;
}
