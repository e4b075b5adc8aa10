#include "tests/actors/web_connection_bench.hpp"

#include "actors/web_session.hpp"

namespace xylem::testing {

web_connection_bench::web_connection_bench() {
  host->on_ended = [this] { connection.reset(); };
  open();
  run();
}

web_connection_bench::~web_connection_bench() {
  if (connection)
    std::shared_ptr{connection}->close();
  run();
  CHECK(ended());
  CHECK(host->ended_connections.size() == 1);
  for (const auto& each : all_)
    CHECK(each.expired());
  CHECK(subscriber.expired());
}

void web_connection_bench::open() {
  using session = web_session<scripted_stream>;
  auto upgrade = [this](std::shared_ptr<web_socket<scripted_stream>> socket) {
    subscriber = socket->subscriber();
    all_.emplace_back(socket);
    connection = std::move(socket);
  };
  auto made = std::make_shared<session>(1, scripted_stream{script}, "peer", host, upgrade);
  all_.emplace_back(made);
  connection = made;
  made->start();
}

void web_connection_bench::run() {
  io.restart();
  while (io.poll() > 0)
    io.restart();
}

void web_connection_bench::advance(std::chrono::seconds by) {
  for (; by > 0s; by -= 1s) {
    clock.move(1s);
    if (auto alive = connection)
      alive->tick(clock.now().mono);
    run();
  }
}

std::vector<web_answer> answers_in(std::string_view written, bool to_head) {
  std::vector<web_answer> all;
  while (!written.empty()) {
    auto end = written.find("\r\n\r\n");
    REQUIRE(end != std::string_view::npos);
    REQUIRE(written.starts_with("HTTP/1.1 "));
    auto status = std::stoul(std::string{written.substr(9, 3)});
    web_answer answer{.status = static_cast<unsigned>(status),
                      .head = std::string{written.substr(0, end + 2)}};
    written.remove_prefix(end + 4);
    constexpr std::string_view name = "\r\nContent-Length: ";
    if (auto at = answer.head.find(name); at != std::string::npos && !to_head) {
      auto size = std::stoul(answer.head.substr(at + name.size()));
      REQUIRE(written.size() >= size);
      answer.body = written.substr(0, size);
      written.remove_prefix(size);
    }
    all.push_back(std::move(answer));
  }
  return all;
}

// -- WebSocket

std::string frame_of(web_opcode code, std::string_view payload, bool last) {
  constexpr std::string_view mask{"\x12\x34\x56\x78", 4};
  std::string out(1, static_cast<char>(static_cast<int>(code) | (last ? 0x80 : 0)));
  auto add = [&](std::uint64_t value, int bytes) {
    for (auto i = bytes - 1; i >= 0; --i)
      out += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  if (payload.size() < 126) {
    add(0x80 | payload.size(), 1);
  } else if (payload.size() < 65'536) {
    add(0x80 | 126, 1);
    add(payload.size(), 2);
  } else {
    add(0x80 | 127, 1);
    add(payload.size(), 8);
  }
  out += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

std::string close_frame(std::uint16_t code) {
  return frame_of(web_opcode::close,
                  std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)});
}

unsigned web_frame::close_code() const {
  REQUIRE(code == web_opcode::close);
  REQUIRE(payload.size() >= 2);
  return static_cast<unsigned char>(payload[0]) << 8U | static_cast<unsigned char>(payload[1]);
}

std::vector<web_frame> frames_in(std::string_view written) {
  auto at = written.find("\r\n\r\n");
  REQUIRE(at != std::string_view::npos);
  written.remove_prefix(at + 4);
  std::vector<web_frame> all;
  auto number = [&](std::size_t bytes) {
    std::uint64_t value = 0;
    REQUIRE(written.size() >= bytes);
    for (std::size_t i = 0; i < bytes; ++i)
      value = value << 8 | static_cast<unsigned char>(written[i]);
    written.remove_prefix(bytes);
    return value;
  };
  while (!written.empty()) {
    auto first = number(1);
    REQUIRE((first & 0x80) != 0); // the gateway does not split messages
    auto size = number(1);
    if (size >= 126)
      size = number(size == 126 ? 2 : 8);
    REQUIRE(written.size() >= size);
    all.push_back({static_cast<web_opcode>(first & 0x0F), std::string{written.substr(0, size)}});
    written.remove_prefix(size);
  }
  return all;
}

} // namespace xylem::testing
