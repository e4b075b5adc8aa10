// A snapshot (record §3), as a disk may give it back. As it is, and as a body whose header and
// checksum are right: what is accepted is written as the same bytes, and a table and a ledger go
// on from it.
#include "protocol/saved_state.hpp"
#include "protocol/snapshot.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/protocol/saved_states.hpp"

namespace {

using namespace xylem;

void require_table(const saved_mesh& mesh) {
  constexpr std::size_t budget = 4096;
  node_table table{{.history_depth = 4, .cache_bytes = budget}};
  for (const auto& node : mesh.nodes)
    table.restore(node);
  table.number_from(mesh.last_reading);
  require(table.addresses().size() == mesh.nodes.size());
  require(table.cache().bytes <= budget);
  event heard{.node = {7}, .kind = event_kind::reading};
  std::vector<event> told;
  auto last = table.last_seq();
  table.apply(std::move(heard), {}, told);
  require(told.back().id == 0 || told.back().id == last + 1);
}

void require_ledger(const saved_mesh& mesh) {
  command_ledger ledger;
  for (const auto& each : mesh.commands)
    ledger.restore(restored(each, {}, std::chrono::seconds{10}));
  ledger.number_from({mesh.last_command});
  auto counters = ledger.counters();
  require(counters.accepted == counters.waiting);
  ledger.link_up();
  auto id = ledger.accept_own({}, {});
  require(!id || id->value > mesh.last_command);
  ledger.expire({mono_time{std::chrono::hours{1}}, {}});
  require(ledger.counters().waiting == 0);
}

void require_same(bytes_view file) {
  auto decoded = decode_snapshot(file);
  if (auto* why = std::get_if<std::string>(&decoded)) {
    require(!why->empty() && why->size() < 1024);
    return;
  }
  const auto& state = std::get<saved_state>(decoded);
  auto again = encode_snapshot(state);
  require(std::ranges::equal(again, file));
  for (const auto& mesh : state.meshes) {
    require_table(mesh);
    require_ledger(mesh);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto input = std::as_bytes(std::span{data, size});
  require_same(copy_of(input));
  is_later_snapshot(input);
  static const auto header = [] {
    auto file = encode_snapshot({});
    file.resize(snapshot_header);
    return file;
  }();
  auto sound = header;
  append(sound, input.subspan(std::min(size, snapshot_header)));
  seal(sound);
  require_same(sound);
  return 0;
}
