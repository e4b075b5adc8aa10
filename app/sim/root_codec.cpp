#include "app/sim/root_codec.hpp"

namespace xylem {

namespace {

constexpr std::string_view too_short = "Error: Command Too Short";
constexpr std::string_view too_long = "Error: Command Too Long";
constexpr std::string_view unterminated = "Error: Command Without End";
constexpr std::string_view not_known = "Error: Unknown Command";
constexpr std::string_view not_for_all = "Error: Broadcast With Address";

sim_command broken(std::string_view error) {
  return {sim_command_kind::broken, {}, {}, error};
}

/// `node_addr(2) | length(1) | message(length) | 0A`, after the command (wire §3).
sim_command parse_addressed(sim_command_kind kind, bytes_view rest) {
  constexpr std::size_t header = 3;
  if (rest.size() < header + 1)
    return broken(too_short);
  auto length = std::to_integer<std::size_t>(rest[2]);
  if (rest.size() != header + length + 1)
    return broken(rest.size() < header + length + 1 ? too_short : too_long);
  auto address = static_cast<std::uint16_t>(std::to_integer<unsigned>(rest[0]) << 8
                                            | std::to_integer<unsigned>(rest[1]));
  auto message = rest.subspan(header, length);
  if (kind == sim_command_kind::broadcast && address != 0)
    return broken(not_for_all);
  if (kind == sim_command_kind::send && text_of(message).starts_with("<R>"))
    return {sim_command_kind::answer, node_address{address}, message.subspan(3), {}};
  return {kind, node_address{address}, message, {}};
}

/// wire §2 and §3, written from the wire alone.
class classic_root_codec final : public root_codec {
public:
  void append_update(bytes& out, node_address from, std::size_t readings) const override {
    head(out, from, "[D]");
    out.push_back(static_cast<std::byte>(readings));
  }

  void append_reading(bytes& out, type_code code, bytes_view data) const override {
    append(out, code.view());
    out.push_back(static_cast<std::byte>(data.size()));
    append(out, data);
  }

  void append_trailer(bytes& out) const override { append(out, "[E]"); }

  void append_message(bytes& out, node_address from, bytes_view text) const override {
    auto sent = text.first(std::min<std::size_t>(text.size(), 255));
    head(out, from, "[M]");
    out.push_back(static_cast<std::byte>(sent.size()));
    append(out, sent);
  }

  void append_request(bytes& out, node_address from, bytes_view body) const override {
    head(out, from, "<Q>");
    append(out, body);
  }

  void append_snapshot(bytes& out, std::span<const sim_identity> nodes) const override {
    head(out, root_address, "NET");
    out.push_back(static_cast<std::byte>(nodes.size()));
    for (const auto& node : nodes) {
      append_big(out, node.address.value);
      append(out, node.uuid);
    }
  }

  void append_joined(bytes& out, const sim_identity& node) const override {
    head(out, node.address, "NOD");
    append(out, node.uuid);
  }

  void append_restarted(bytes& out) const override { head(out, root_address, "RST"); }

  void append_log(bytes& out, std::string_view text) const override {
    head(out, root_address, text);
  }

  sim_command parse(bytes_view payload) const override {
    constexpr std::size_t name_size = 5;
    if (payload.size() <= name_size)
      return broken(too_short);
    auto name = text_of(payload.first(name_size));
    auto rest = payload.subspan(name_size);
    if (name == "SEND-" || name == "BCAST") {
      auto kind = name == "SEND-" ? sim_command_kind::send : sim_command_kind::broadcast;
      auto parsed = parse_addressed(kind, rest);
      if (parsed.kind != sim_command_kind::broken && rest.back() != std::byte{'\n'})
        return broken(unterminated);
      return parsed;
    }
    return parse_bare(name, rest);
  }

private:
  static void head(bytes& out, node_address from, std::string_view type) {
    append_big(out, from.value);
    append(out, type);
  }

  static sim_command parse_bare(std::string_view name, bytes_view rest) {
    auto kind = name == "NINFO"   ? sim_command_kind::network_info
                : name == "RST-R" ? sim_command_kind::reset_root
                : name == "CLEAN" ? sim_command_kind::clean
                                  : sim_command_kind::broken;
    if (kind == sim_command_kind::broken)
      return broken(not_known);
    if (rest.size() != 1)
      return broken(too_long);
    return rest.front() == std::byte{'\n'} ? sim_command{kind, {}, {}, {}} : broken(unterminated);
  }
};

} // namespace

std::string_view to_string(sim_command_kind kind) noexcept {
  constexpr std::array<std::string_view, sim_command_kinds> names{
      "network_info", "send", "answer", "broadcast", "reset_root", "clean", "broken"};
  return names.at(static_cast<std::size_t>(kind));
}

std::unique_ptr<const root_codec> make_root_codec(std::string_view dialect) {
  if (dialect == "classic")
    return std::make_unique<classic_root_codec>();
  return nullptr;
}

} // namespace xylem
