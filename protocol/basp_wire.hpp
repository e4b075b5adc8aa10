#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// BASP of CAF 0.17 as it is on the wire (monitor §2): frames of a header and a payload, numbers
/// big-endian, lengths as variable bytes.
namespace xylem {

enum class basp_operation : std::uint8_t {
  server_handshake,
  client_handshake,
  direct_message,
  routed_message,
  monitor_message,
  down_message,
  heartbeat,
};

inline constexpr std::size_t basp_header_size = 32;
inline constexpr std::uint64_t basp_version = 3;

/// The receiver of a direct message is a name, not a number.
inline constexpr std::uint8_t basp_named_receiver = 0x01;

/// Of a client's handshake: use this connection, and no other one to the same node.
inline constexpr std::uint8_t basp_select_connection = 0x02;

struct basp_header {
  std::uint8_t operation = 0; ///< of an honest peer, a basp_operation
  std::uint16_t padding = 0;
  std::uint8_t flags = 0;
  std::uint32_t payload_size = 0;
  std::uint64_t operation_data = 0;
  std::uint64_t source = 0;
  std::uint64_t destination = 0;
};

/// Of basp_header_size bytes.
basp_header parse_basp_header(std::string_view wire);

inline constexpr bool is(const basp_header& header, basp_operation operation) noexcept {
  return header.operation == static_cast<std::uint8_t>(operation);
}

// Operation data of a message: a request has a number, its answer the same number and the flag.
inline constexpr std::uint64_t basp_answer_flag = 0x8000'0000'0000'0000;
inline constexpr std::uint64_t basp_request_number = 0x0FFF'FFFF'FFFF'FFFF;

/// Of a message that nobody waits for an answer to.
inline constexpr std::uint64_t basp_plain_message = 0x1000'0000'0000'0000;

/// Of requests that were answered, and of what belongs to a stream: on no message on its way.
inline constexpr std::uint64_t basp_other_flags = 0x6000'0000'0000'0000;

inline constexpr bool is_answer(const basp_header& header) noexcept {
  return (header.operation_data & basp_answer_flag) != 0;
}

inline constexpr bool is_request(const basp_header& header) noexcept {
  return (header.operation_data & basp_request_number) != 0 && !is_answer(header);
}

/// Names an actor system: process and host, as they are on the wire.
struct basp_node_id {
  std::array<char, 32> wire{};

  std::string_view view() const noexcept { return {wire.data(), wire.size()}; }
  auto operator<=>(const basp_node_id&) const = default;
};

/// Reads a payload. After the first thing that is not there, or is written in another way than CAF
/// would, everything is empty and ok() is false. What it returns points into the payload.
class basp_reader {
public:
  explicit basp_reader(std::string_view payload) noexcept : left_{payload} {}

  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return ok_ && left_.empty(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint64_t u64() { return number(8); }
  std::uint32_t count();
  std::string_view text() { return take(count()); }
  std::string_view take(std::size_t size);
  std::optional<basp_node_id> node();

private:
  std::uint64_t number(std::size_t size);

  std::string_view left_;
  bool ok_ = true;
};

/// What a server says first.
struct basp_server_handshake {
  basp_node_id node{};
  std::vector<std::string> applications{};
  std::uint64_t actor = 0; ///< that is published, 0: none
  std::vector<std::string> signatures{};
};

std::optional<basp_server_handshake> parse_server_handshake(std::string_view payload);

/// Appends a whole frame: a direct message of one value, named as a monitor's rules name its type,
/// and its encoding. What CAF would write.
void append_basp_message(std::vector<char>& out, std::uint64_t source, std::uint64_t destination,
                         std::string_view type, std::string_view content);

/// True if this is how CAF writes an error whose context is nothing but a few texts.
bool skip_basp_error(basp_reader& from);

} // namespace xylem
