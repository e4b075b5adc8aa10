#include "protocol/line_findings.hpp"

#include <algorithm>

namespace xylem {

namespace {

/// Of a line that is read for seconds: a loose cable makes more, a frame that was cut less.
constexpr double some_noise = 0.02;
constexpr double much_noise = 0.5;

std::string percent(double share) {
  return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %";
}

std::string rate_text(std::uint32_t baud) {
  return std::to_string(baud) + " baud";
}

std::string count_text(const line_score& score) {
  return std::to_string(score.understood) + " frames of " + std::string{score.dialect} + " in "
         + std::to_string(score.bytes) + " bytes";
}

/// `115200 baud: 0 frames …, 97 % noise; 57600 baud: …`
std::string evidence_of(const line_diagnosis& found, bool has_rate) {
  auto one = [&](const line_score& score) {
    return (has_rate ? rate_text(score.baud) + ": " : "") + count_text(score) + ", "
           + percent(score.noise_share()) + " noise";
  };
  auto out = one(found.configured);
  if (found.best.baud != found.configured.baud || found.best.dialect != found.configured.dialect)
    out += "; " + one(found.best) + " (confidence " + percent(found.confidence) + ')';
  return out;
}

finding judge_silence(const listened_line& line, const line_diagnosis& found) {
  finding out{.id = "line_silent", .subject = line.mesh};
  out.statement = "bytes come from " + line.port;
  out.evidence = std::to_string(found.configured.bytes) + " bytes";
  if (found.verdict == line_verdict::silent) {
    out.level = severity::warning;
    out.statement = "nothing came from " + line.port + " in " + std::to_string(line.seconds) + " s";
    out.evidence = "0 bytes";
    out.advice =
        "press the root's reset button: it prints when it boots; else check its power, its "
        "cable and that TX and RX are crossed. A quiet mesh: --listen 60";
  }
  return out;
}

finding judge_rate(const listened_line& line, const line_diagnosis& found,
                   const std::string& edit) {
  finding out{.id = "line_baud", .subject = line.mesh};
  out.evidence = evidence_of(found, true);
  out.statement = "the root speaks at " + rate_text(found.configured.baud);
  if (found.verdict == line_verdict::unreadable) {
    out.level = severity::error;
    out.statement = "what the root sends cannot be read at any usual rate";
    out.advice = "ask who made the root for its rate and its dialect; check the ground wire";
  } else if (found.best.baud != found.configured.baud && found.confidence > 0) {
    out.level = severity::error;
    out.statement = "the root speaks at " + rate_text(found.best.baud) + ", not at "
                    + std::to_string(found.configured.baud);
    out.command = edit;
    out.advice = edit.empty() ? "set mesh.baud to " + std::to_string(found.best.baud) : "";
  }
  return out;
}

finding judge_dialect(const listened_line& line, const line_diagnosis& found) {
  finding out{.id = "line_dialect", .subject = line.mesh};
  out.statement = "the root speaks " + line.dialect;
  out.evidence = evidence_of(found, line.has_rate);
  if (found.verdict == line_verdict::other_dialect) {
    out.level = severity::error;
    out.statement = "the root speaks " + std::string{found.best.dialect} + ", not " + line.dialect;
    out.advice = "this version of Xylem speaks classic only: install firmware on the root that "
                 "does, too";
  } else if (found.verdict == line_verdict::text_only) {
    out.level = severity::warning;
    out.statement = "the root prints text, and sent no frame";
    out.advice = "listen longer (--listen 60); if it stays so, its firmware is no root of a mesh";
  }
  return out;
}

finding judge_noise(const listened_line& line, const line_diagnosis& found) {
  const auto& here = found.configured;
  finding out{.id = "line_noise", .subject = line.mesh};
  out.evidence =
      percent(here.noise_share()) + " of " + std::to_string(here.bytes) + " bytes are noise";
  out.statement = "the line is clean";
  if (here.noise_share() < some_noise)
    return out;
  out.level = here.noise_share() < much_noise ? severity::warning : severity::error;
  out.statement = "the line is noisy";
  out.advice = "use a shorter or shielded cable, connect the grounds, keep it away from motors";
  return out;
}

finding judge_modem(const listened_line& line, const std::string& edit) {
  finding out{.id = "modem_lines", .subject = line.mesh};
  out.statement = "the root goes on when its port is opened";
  if (!line.booted)
    return out;
  out.level = severity::note;
  out.statement = "the root boots when its port is opened: it may be reset by DTR and RTS";
  out.evidence = "a boot log was the first that came";
  out.command = edit;
  out.advice = "modem_lines = \"release\" spares many boards that";
  return out;
}

} // namespace

bool looks_like_boot(bytes_view data) noexcept {
  auto text = text_of(data);
  return text.find("rst:0x") != std::string_view::npos
         || text.find("ESP-ROM:") != std::string_view::npos;
}

std::vector<finding> judge_line(const listened_line& line, const line_diagnosis& found,
                                const line_edits& edits) {
  std::vector<finding> out{judge_silence(line, found)};
  if (found.verdict == line_verdict::silent)
    return out;
  if (line.has_rate)
    out.push_back(judge_rate(line, found, edits.baud));
  if (found.verdict == line_verdict::unreadable)
    return out;
  out.push_back(judge_dialect(line, found));
  auto is_right = found.verdict == line_verdict::good || found.verdict == line_verdict::text_only;
  if (is_right) {
    out.push_back(judge_noise(line, found));
    if (line.has_rate)
      out.push_back(judge_modem(line, edits.modem));
  }
  return out;
}

} // namespace xylem
