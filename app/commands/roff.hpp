#pragma once

#include <string>
#include <string_view>

namespace xylem {

/// Writes a page of the manual in the macros of man(7). Text may be anything; what comes out is
/// ASCII, so that it is the same page in every locale.
class roff_page {
public:
  /// `name`: `xylem-nodes`; `summary`: one line, without a dot behind it.
  roff_page(std::string_view name, int section, std::string_view summary);

  void section(std::string_view heading);
  void subsection(std::string_view heading);
  void paragraph(std::string_view text);
  void bold_paragraph(std::string_view bold, std::string_view plain);

  /// As it stands, line by line.
  void example(std::string_view lines);

  /// An entry of a list: its words, what they mean.
  void entry(std::string_view bold, std::string_view plain, std::string_view meaning);
  void next_paragraph_of_entry(std::string_view text);

  const std::string& text() const noexcept { return text_; }

private:
  void line(std::string_view text);

  std::string text_;
};

} // namespace xylem
