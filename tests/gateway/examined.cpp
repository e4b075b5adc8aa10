#include "examined.hpp"

#include "shell.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include <poll.h>
#include <sys/stat.h>

#include <filesystem>

namespace xylem::testing {

namespace {

namespace fs = std::filesystem;

std::string with_folder(std::string text, const std::string& folder) {
  const std::string word = "FOLDER";
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at))
    text.replace(at, word.size(), folder);
  return text;
}

/// A copy that nobody can reach: the folders above the build may be closed to others.
std::string binary_for_nobody(const temp_folder& folder) {
  auto copy = folder / "xylem";
  std::error_code exists;
  if (!fs::exists(copy, exists))
    fs::copy_file(XYLEM_BINARY, copy);
  return copy;
}

finding finding_of(const boost::json::object& told) {
  auto text = [&](std::string_view name) {
    return std::string{std::string_view{told.at(name).as_string()}};
  };
  finding out{.id = text("id"), .subject = text("subject")};
  for (auto level : {severity::ok, severity::note, severity::warning, severity::error})
    if (text("severity") == to_string(level))
      out.level = level;
  out.statement = text("statement");
  out.evidence = text("evidence");
  out.command = text("command");
  out.advice = text("advice");
  return out;
}

} // namespace

examined::examined(const std::string& configuration) {
  chmod(folder_.path().c_str(), 0755); // for nobody
  folder_.write("xylem.toml", with_folder(configuration, folder_.path()));
}

finding examined::find(const std::string& id, examiner who, const std::string& subject) {
  std::vector<std::string> words{"doctor", "--config", folder_ / "xylem.toml", "--json"};
  std::string program = XYLEM_BINARY;
  if (who == examiner::nobody) {
    words.insert(words.begin(),
                 {"--reuid=65534", "--regid=65534", "--init-groups", binary_for_nobody(folder_)});
    program = "setpriv";
  }
  auto over = child_process{words, folder_.path(), program}.end();
  code_ = over.code;
  INFO(over.out << over.err);
  auto document = boost::json::parse(over.out);
  for (const auto& each : document.at("findings").as_array()) {
    auto one = finding_of(each.as_object());
    if (one.id == id && (subject.empty() || one.subject == subject))
      return one;
  }
  return {};
}

void examined::repair(const finding& what) const {
  INFO(what.command);
  REQUIRE_FALSE(what.command.empty());
  // Root of a container mostly has no sudo, and needs none.
  auto over = run_shell(folder_.path(), "sudo() { \"$@\"; }\n" + what.command + "\n");
  CHECK_MESSAGE(over.code == 0, over.out);
}

chattering_root::chattering_root(const std::string& link, std::string chatter)
    : port_{link}, chatter_{std::move(chatter)}, thread_{[this] { talk(); }} {}

chattering_root::~chattering_root() {
  ended_ = true;
  thread_.join();
}

void chattering_root::say(std::string chatter) {
  std::lock_guard guard{mutex_};
  chatter_ = std::move(chatter);
}

void chattering_root::talk() {
  auto was_open = false;
  while (!ended_) {
    auto is_open = port_.is_open();
    if (was_open && !is_open)
      port_.renew();
    was_open = is_open;
    if (is_open) {
      std::lock_guard guard{mutex_};
      port_.write(view_of(chatter_));
    }
    poll(nullptr, 0, 5);
  }
}

} // namespace xylem::testing
