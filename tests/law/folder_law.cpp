#include "folder_law.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <regex>

namespace xylem {

namespace {

using text = std::string_view;

/// Why an include breaks the law; nothing when it does not.
using verdict = std::optional<std::string>;

bool starts_with_any(text subject, std::initializer_list<text> beginnings) {
  return std::ranges::any_of(beginnings, [&](text b) { return subject.starts_with(b); });
}

/// `vector`, `cstdint`: no folder and no extension.
bool is_std(text header) {
  return header.find_first_of("./") == text::npos;
}

/// `unistd.h`, `sys/socket.h`.
bool is_posix(text header) {
  return header.ends_with(".h")
         && (header.find('/') == text::npos
             || starts_with_any(header, {"sys/", "netinet/", "arpa/", "net/"}));
}

constexpr std::array needs_a_thread{
    text{"thread"}, text{"mutex"},      text{"shared_mutex"}, text{"condition_variable"},
    text{"future"}, text{"stop_token"}, text{"semaphore"},    text{"barrier"},
    text{"latch"},  text{"atomic"}};

constexpr std::array does_io{text{"iostream"}, text{"fstream"},    text{"filesystem"},
                             text{"csignal"},  text{"syncstream"}, text{"ctime"}};

verdict judge_protocol(text header) {
  if (std::ranges::count(needs_a_thread, header) != 0)
    return "protocol/ has no threads";
  if (std::ranges::count(does_io, header) != 0)
    return "protocol/ has no I/O";
  if (starts_with_any(header, {"boost/asio", "boost/beast", "boost/thread", "boost/filesystem",
                               "boost/process", "boost/interprocess", "boost/log"}))
    return "of Boost, protocol/ takes only what does no I/O";
  if (is_std(header) || starts_with_any(header, {"boost/", "protocol/"}))
    return std::nullopt;
  return "protocol/ knows std, Boost and itself";
}

verdict judge_client(text header) {
  if (is_std(header) || is_posix(header)
      || starts_with_any(header, {"boost/json", "boost/asio", "boost/beast", "openssl/",
                                  "protocol/", "app/client/"}))
    return std::nullopt;
  return "app/client/ knows std, POSIX, OpenSSL, of Boost JSON, Asio and Beast, protocol/, itself";
}

verdict judge(text path, text header) {
  if (header.find("..") != text::npos)
    return "includes begin at the root of the repository";
  if (header.starts_with("tests/"))
    return "shipped code knows no tests";
  if (path.starts_with("protocol/"))
    return judge_protocol(header);
  if (path.starts_with("app/client/"))
    return judge_client(header);
  if (path.starts_with("actors/") && header.starts_with("app/"))
    return "nothing includes app/";
  return std::nullopt;
}

/// What the law says about one line without its comment.
std::vector<std::string> judge_line(text path, const std::string& line) {
  static const std::regex include{R"re(^\s*#\s*include\s*(.*?)\s*$)re"};
  static const std::regex header{R"re([<"]([^<>"]+)[>"])re"};
  static const std::regex clock{R"re(::\s*now\s*\(|\b(gettimeofday|clock_gettime|std::time)\b)re"};
  std::vector<std::string> out;
  std::smatch found;
  if (path.starts_with("protocol/") && std::regex_search(line, clock))
    out.push_back("protocol/ reads no clock: time is a parameter");
  if (!std::regex_match(line, found, include))
    return out;
  auto operand = found[1].str();
  if (!std::regex_match(operand, found, header))
    out.push_back(operand + ": a header has a name");
  else if (auto why = judge(path, found[1].str()))
    out.push_back(operand + ": " + *why);
  return out;
}

} // namespace

std::vector<std::string> breaches(std::string_view path, std::string_view source) {
  std::vector<std::string> out;
  for (auto number = 1; !source.empty(); ++number) {
    auto line = source.substr(0, source.find('\n'));
    source.remove_prefix(std::min(line.size() + 1, source.size()));
    auto code = std::string{line.substr(0, line.find("//"))};
    for (const auto& why : judge_line(path, code))
      out.push_back(std::string{path} + ":" + std::to_string(number) + ": " + why);
  }
  return out;
}

std::vector<std::filesystem::path> law_abiding_files(const std::filesystem::path& root,
                                                     std::string_view folder) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{root / folder})
    if (entry.is_regular_file() && entry.path().extension() != ".md")
      out.push_back(std::filesystem::relative(entry.path(), root));
  std::ranges::sort(out);
  return out;
}

} // namespace xylem
