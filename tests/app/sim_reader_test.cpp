#include "sim_harness.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

bytes framed(std::string_view payload) {
  bytes out;
  append_frame(out, view_of(payload));
  return out;
}

bytes zeros(std::size_t count) {
  return bytes(count, std::byte{0});
}

std::vector<std::string> payloads(const std::vector<command_block>& blocks) {
  std::vector<std::string> found;
  for (const auto& block : blocks)
    for (const auto& frame : block.frames)
      found.emplace_back(text_of(frame));
  return found;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("sim: the field's reader looks after one second of silence") {
  command_reader reader{reader_kind::field};
  CHECK_FALSE(reader.deadline());
  CHECK(reader.feed(framed("NINFO\n"), 5s).empty());
  CHECK(reader.deadline() == 6s);
  CHECK_FALSE(reader.expire(6s - 1ns));
  auto block = reader.expire(6s);
  REQUIRE(block);
  CHECK(block->when == 6s);
  CHECK(payloads({*block}) == texts{"NINFO\n"});
  CHECK_FALSE(reader.deadline());
}

TEST_CASE("sim: a trickle delays a command until it ends or 1,024 bytes are in") {
  command_reader reader{reader_kind::field};
  reader.feed(framed("NINFO\n"), 0s); // 8 bytes
  sim_time now{};
  for (int i = 0; i < 1015; ++i)
    CHECK(reader.feed(zeros(1), now += 900ms).empty());
  CHECK(payloads(reader.feed(zeros(1), now += 900ms)) == texts{"NINFO\n"});
}

TEST_CASE("sim: a block padded to 1,024 bytes is acted on at once") {
  command_reader reader{reader_kind::field};
  auto burst = framed("NINFO\n");
  append(burst, framed("CLEAN\n"));
  burst.resize(1024);
  auto blocks = reader.feed(burst, 3s);
  REQUIRE(blocks.size() == 1);
  CHECK(blocks[0].when == 3s);
  CHECK(payloads(blocks) == texts{"NINFO\n", "CLEAN\n"});
  CHECK_FALSE(blocks[0].half_message);
}

TEST_CASE("sim: a frame that crosses the mark is lost and counted, the next one is not") {
  command_reader reader{reader_kind::field};
  auto stream = zeros(1020);
  append(stream, framed("NINFO\n"));
  append(stream, framed("CLEAN\n"));
  auto blocks = reader.feed(stream, 0s);
  REQUIRE(blocks.size() == 1);
  CHECK(blocks[0].frames.empty());
  CHECK(blocks[0].half_message);
  CHECK(reader.lost_at_mark() == 1);
  auto rest = reader.expire(1s);
  REQUIRE(rest);
  CHECK(payloads({*rest}) == texts{"CLEAN\n"});
  CHECK(reader.lost_at_mark() == 1);
}

TEST_CASE("sim: a frame that ends with the block is read, at every position before it is lost") {
  for (std::size_t begin = 1010; begin <= 1024; ++begin) {
    command_reader reader{reader_kind::field};
    auto stream = zeros(begin);
    append(stream, framed("NINFO\n")); // 8 bytes
    stream.resize(2048);
    auto blocks = reader.feed(stream, 0s);
    REQUIRE(blocks.size() == 2);
    auto crosses = begin > 1024 - 8 && begin < 1024;
    CAPTURE(begin);
    CHECK(payloads(blocks).size() == (crosses ? 0 : 1));
    CHECK(reader.lost_at_mark() == (crosses ? 1 : 0));
  }
}

TEST_CASE("sim: half a message at the end of a silence is told, but was not lost at the mark") {
  command_reader reader{reader_kind::field};
  reader.feed(view_of("\xFFNINF"), 0s);
  auto block = reader.expire(1s);
  REQUIRE(block);
  CHECK(block->half_message);
  CHECK(reader.lost_at_mark() == 0);
}

TEST_CASE("sim: bytes after a silence belong to a new block") {
  command_reader reader{reader_kind::field};
  reader.feed(framed("NINFO\n"), 0s);
  auto blocks = reader.feed(framed("CLEAN\n"), 5s);
  REQUIRE(blocks.size() == 1);
  CHECK(blocks[0].when == 1s);
  CHECK(payloads(blocks) == texts{"NINFO\n"});
  CHECK(payloads({*reader.expire(6s)}) == texts{"CLEAN\n"});
}

TEST_CASE("sim: the immediate reader takes frames in any pieces, at once") {
  command_reader reader{reader_kind::immediate};
  auto stream = framed("SEND-\xFE");
  append(stream, framed("CLEAN\n"));
  std::vector<std::string> found;
  for (auto byte : stream)
    for (auto& text : payloads(reader.feed(bytes_view{&byte, 1}, 0s)))
      found.push_back(text);
  CHECK(found == texts{"SEND-\xFE", "CLEAN\n"});
  CHECK_FALSE(reader.deadline());
}

TEST_CASE("sim: the root acts on a command a second after it came, or when the block is full") {
  auto options = quiet_mesh(1);
  options.reader = reader_kind::field;
  listener gateway{options};
  gateway.pass(1s);
  gateway.forget();
  gateway.command({command_kind::network_info, {}, {}});
  CHECK(gateway.root.next_due() == gateway.now + 1s);
  gateway.pass(990ms);
  CHECK(gateway.frames.empty());
  gateway.pass(10ms);
  CHECK(gateway.all(root_message_kind::snapshot).size() == 1);
  gateway.command({command_kind::network_info, {}, {}});
  gateway.root.receive(zeros(1016), gateway.now);
  gateway.look();
  CHECK(gateway.all(root_message_kind::snapshot).size() == 2);
}

TEST_CASE("sim: a restarted root has forgotten the commands it had not looked at") {
  auto options = quiet_mesh(1);
  options.reader = reader_kind::field;
  options.steps.push_back(once(sim_action::reset, 1500ms));
  listener gateway{options};
  gateway.pass(1s);
  gateway.command({command_kind::network_info, {}, {}});
  gateway.pass(5s);
  CHECK(gateway.all(root_message_kind::snapshot).empty());
  gateway.command({command_kind::clean, {}, {}});
  gateway.pass(2s);
  CHECK(gateway.all(root_message_kind::snapshot).empty());
  CHECK(count_of(gateway.root.statistics(), sim_command_kind::clean) == 1);
}

TEST_CASE("sim: the root warns of half a message and counts the command it has lost") {
  auto options = quiet_mesh(1);
  options.reader = reader_kind::field;
  listener gateway{options};
  gateway.pass(1s);
  gateway.forget();
  gateway.root.receive(zeros(1020), gateway.now);
  gateway.command({command_kind::network_info, {}, {}});
  gateway.pass(3s);
  CHECK(gateway.all(root_message_kind::snapshot).empty());
  CHECK(gateway.texts(root_message_kind::root_log)
        == texts{"[Warning] Buffer might have remaining half message!!"});
  CHECK(gateway.root.statistics().lost_at_mark == 1);
  CHECK(gateway.root.statistics().half_messages == 1);
}
