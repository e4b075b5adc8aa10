#include "app/commands/roff.hpp"

#include "protocol/version.hpp"

#include <array>

namespace xylem {

namespace {

struct spelling {
  std::string_view written;
  std::string_view ascii;
};

constexpr std::array spellings{
    spelling{"…", "..."}, spelling{"–", "\\-"}, spelling{"“", "\\(dq"},
    spelling{"”", "\\(dq"}, spelling{"’", "\\(aq"}, spelling{"→", "\\->"},
    spelling{"≤", "<="},  spelling{"≥", ">="},  spelling{"×", "x"},
    spelling{"°", "\\(de"}, spelling{"§", "section "}};

/// What a character means to roff is taken from it; a line break is a blank.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto known = spellings.begin();
    while (known != spellings.end() && !text.starts_with(known->written))
      ++known;
    if (known != spellings.end()) {
      out += known->ascii;
      text.remove_prefix(known->written.size());
      continue;
    }
    switch (auto c = text.front()) {
    case '\\': out += "\\e"; break;
    case '-': out += "\\-"; break;
    case '\'': out += "\\(aq"; break;
    case '"': out += "\\(dq"; break;
    case '`': out += "\\(ga"; break;
    case '~': out += "\\(ti"; break;
    case '^': out += "\\(ha"; break;
    case '\n': out += ' '; break;
    default: out += static_cast<unsigned char>(c) < 0x80 ? c : '?';
    }
    text.remove_prefix(1);
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string bold(std::string_view text) {
  return text.empty() ? "" : "\\fB" + escaped(text) + "\\fR";
}

} // namespace

roff_page::roff_page(std::string_view name, int section_number, std::string_view summary) {
  text_ = ".TH " + escaped(upper(name)) + " " + std::to_string(section_number) + " \"\" \"xylem "
          + escaped(software_version()) + "\" \"Xylem\"\n";
  // Words are not broken, and blanks not stretched: these are names and options.
  text_ += ".nh\n.ad l\n";
  section("NAME");
  text_ += escaped(name) + " \\- " + escaped(summary) + "\n";
}

void roff_page::section(std::string_view heading) {
  text_ += ".SH \"" + escaped(heading) + "\"\n";
}

void roff_page::subsection(std::string_view heading) {
  text_ += ".SS \"" + escaped(heading) + "\"\n";
}

/// A dot at the beginning would be a request.
void roff_page::line(std::string_view text) {
  text_ += (text.starts_with('.') ? "\\&" : "") + escaped(text) + "\n";
}

void roff_page::paragraph(std::string_view text) {
  text_ += ".PP\n";
  line(text);
}

void roff_page::bold_paragraph(std::string_view marked, std::string_view plain) {
  text_ += ".PP\n" + bold(marked) + escaped(plain) + "\n";
}

void roff_page::example(std::string_view lines) {
  text_ += ".PP\n.nf\n.RS 4\n";
  while (!lines.empty()) {
    auto end = std::min(lines.find('\n'), lines.size());
    line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  text_ += ".RE\n.fi\n";
}

void roff_page::entry(std::string_view marked, std::string_view plain, std::string_view meaning) {
  text_ += ".TP\n" + bold(marked) + escaped(plain) + "\n";
  line(meaning.empty() ? "." : meaning);
}

void roff_page::next_paragraph_of_entry(std::string_view text) {
  text_ += ".br\n";
  line(text);
}

} // namespace xylem
