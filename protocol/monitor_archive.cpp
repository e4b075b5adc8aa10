#include "protocol/monitor_archive.hpp"

namespace xylem {

namespace {

bool is_allowed(char c, text_kind kind) noexcept {
  auto value = static_cast<unsigned char>(c);
  return value < 0x80 && (value >= 0x20 || kind == text_kind::document);
}

/// Length of the character that `text` begins with; 0 when it is none that may be there.
std::size_t character_length(std::string_view text, text_kind kind) noexcept {
  return is_allowed(text.front(), kind) ? 1 : sequence_length(text);
}

bool is_sound(std::string_view text, text_kind kind) noexcept {
  while (!text.empty()) {
    auto length = character_length(text, kind);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

/// At most `most` bytes of it, and no part of a character.
std::string made_sound(std::string_view text, std::size_t most, text_kind kind) {
  std::string made;
  while (!text.empty() && made.size() < most) {
    auto length = character_length(text, kind);
    auto character = length == 0 ? std::string_view{"?"} : text.substr(0, length);
    if (made.size() + character.size() > most)
      break;
    made += character;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return made;
}

} // namespace

void message_writer::text(std::string_view value, std::size_t most, text_kind kind) {
  if (value.size() <= most && is_sound(value, kind))
    return run(view_of(value), most);
  run(view_of(made_sound(value, most, kind)), most);
}

void message_reader::text(std::string& value, std::size_t most, text_kind kind) {
  auto read = text_of(run(most));
  require(is_sound(read, kind));
  if (!failed_)
    value = read;
}

} // namespace xylem
