#include "protocol/line_findings.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace xylem;

namespace {

bytes raw(std::string_view text) {
  bytes out;
  append(out, text);
  return out;
}

/// Frames with these payloads, again and again.
bytes frames(const std::vector<std::string>& payloads, std::size_t times = 3,
             std::byte mask = std::byte{0xFA}) {
  bytes out;
  for (std::size_t i = 0; i < times; ++i)
    for (const auto& payload : payloads)
      append_frame(out, view_of(payload), framing{mask});
  return out;
}

using namespace std::string_literals;

const std::vector<std::string> classic{"\x00\x05[D]\x01GPS\x06\x0c\xda\xc8\x4a\xc7\xec"s,
                                       "\x00\x07[M]\x05hello"s};
const std::vector<std::string> compact{"\x00\x05"
                                       "D\x01\x02\x0c\xda"s,
                                       "\x00\x07R\x01\x02"s};

/// No pattern, all values.
bytes noise(std::size_t size) {
  bytes out;
  for (std::uint32_t state = 1; out.size() < size;) {
    state = state * 1'664'525U + 1'013'904'223U;
    out.push_back(static_cast<std::byte>(state >> 24));
  }
  return out;
}

line_diagnosis diagnose(const std::vector<line_sample>& samples) {
  return diagnose_line(samples, "classic");
}

std::vector<finding> judge(const std::vector<line_sample>& samples) {
  return judge_line({.mesh = "field", .port = "/dev/root", .dialect = "classic", .seconds = 3},
                    diagnose(samples), {"set the rate", "spare the root"});
}

const finding* one(const std::vector<finding>& all, std::string_view id) {
  auto found = std::ranges::find(all, id, &finding::id);
  return found == all.end() ? nullptr : &*found;
}

} // namespace

TEST_CASE("every byte of a sample from its first delimiter on is in one sum of its score") {
  auto data = frames(classic);
  append(data, "a log line\n");
  append(data, noise(300));
  auto score = score_line({115'200, data}, "classic");
  CHECK(score.bytes == data.size());
  CHECK(score.understood_bytes + score.text_bytes + score.noise_bytes + score.other_bytes
        == score.bytes);
  CHECK(score.understood >= 6);
}

TEST_CASE("frames of the configured dialect at the configured rate are good") {
  auto found = diagnose({{115'200, frames(classic)}});
  CHECK(found.verdict == line_verdict::good);
  CHECK(found.confidence > 0.8);
  CHECK(is_convincing({115'200, frames(classic)}));
}

TEST_CASE("who begins to listen within a frame hears no noise in its rest") {
  auto data = frames(classic);
  data.erase(data.begin(), data.begin() + 7);
  auto score = score_line({115'200, data}, "classic");
  CHECK(score.noise_bytes == 0);
  CHECK(score.understood == 5);
}

TEST_CASE("noise at one rate and frames at another: the root speaks at the other") {
  std::vector<line_sample> samples{
      {115'200, noise(900)}, {9'600, noise(40)}, {57'600, frames(classic)}};
  auto found = diagnose(samples);
  CHECK(found.verdict == line_verdict::other_rate);
  CHECK(found.best.baud == 57'600);
  auto told = judge(samples);
  REQUIRE(one(told, "line_baud") != nullptr);
  CHECK(one(told, "line_baud")->level == severity::error);
  CHECK(one(told, "line_baud")->command == "set the rate");
  CHECK(one(told, "line_noise") == nullptr);
}

TEST_CASE("noise at every rate is told as unreadable, and no rate is guessed") {
  std::vector<line_sample> samples{{115'200, noise(900)}, {9'600, noise(700)}};
  CHECK(diagnose(samples).verdict == line_verdict::unreadable);
  auto told = judge(samples);
  CHECK(one(told, "line_baud")->level == severity::error);
  CHECK(one(told, "line_baud")->command.empty());
}

TEST_CASE("frames of another dialect are told as that dialect") {
  auto found = diagnose({{115'200, frames(compact)}});
  CHECK(found.verdict == line_verdict::other_dialect);
  CHECK(found.best.dialect == "compact");
  CHECK(one(judge({{115'200, frames(compact)}}), "line_dialect")->level == severity::error);
}

TEST_CASE("the escape mask tells the two compact dialects apart") {
  const std::vector<std::string> escaped{"\x00\x05"
                                         "D\x01\x02\xfa\xfc\xfd"s};
  CHECK(diagnose({{115'200, frames(escaped, 5, std::byte{0xFF})}}).best.dialect == "compact-ff");
  CHECK(diagnose({{115'200, frames(escaped, 5)}}).best.dialect == "compact");
}

TEST_CASE("a restart alone, which both dialects know, does not decide the dialect") {
  auto found = diagnose({{115'200, frames({"\x00\x00RST"s}, 4)}});
  CHECK(found.verdict == line_verdict::good);
}

TEST_CASE("nothing is silence, and says nothing of the rate") {
  auto told = judge({{115'200, {}}});
  REQUIRE(told.size() == 1);
  CHECK(told.front().id == "line_silent");
  CHECK(told.front().level == severity::warning);
}

TEST_CASE("a root that only prints is no root that speaks another dialect") {
  auto told = judge({{115'200, raw("rst:0x1 (POWERON_RESET)\r\nI (31) boot: ESP-IDF v5\r\n")}});
  CHECK(one(told, "line_dialect")->level == severity::warning);
  CHECK(one(told, "line_silent")->level == severity::ok);
}

TEST_CASE("some noise among frames is a warning, more noise than frames an error") {
  auto some = frames(classic, 10);
  append(some, noise(20));
  append(some, frames(classic, 10));
  CHECK(one(judge({{115'200, some}}), "line_noise")->level == severity::warning);
  auto much = frames(classic, 3);
  append(much, noise(70));
  append(much, frames(classic, 1));
  CHECK(one(judge({{115'200, frames(classic)}}), "line_noise")->level == severity::ok);
  CHECK(is_enough({115'200, noise(3000)}));
}

TEST_CASE("a boot log at the opening of the port is a note that names the key") {
  auto data = raw("ESP-ROM:esp32s3-20210327\r\nrst:0x1 (POWERON)\r\n");
  CHECK(looks_like_boot(data));
  append(data, frames(classic));
  std::vector<line_sample> samples{{115'200, data}};
  listened_line line{
      .mesh = "m", .port = "p", .dialect = "classic", .samples = samples, .booted = true};
  auto told = judge_line(line, diagnose(samples), {{}, "spare the root"});
  CHECK(one(told, "modem_lines")->level == severity::note);
  CHECK(one(told, "modem_lines")->command == "spare the root");
}

TEST_CASE("samples of any bytes are judged without a crash") {
  for (std::size_t size = 0; size < 600; size += 7)
    for (auto dialect : known_dialects()) {
      auto score = score_line({9'600, noise(size)}, dialect);
      CHECK(score.noise_share() <= 1);
      CHECK(score.understood_share() <= 1);
    }
  CHECK(diagnose_line({}, "classic").verdict == line_verdict::silent);
}
