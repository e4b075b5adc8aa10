#include "session.hpp"

#include <boost/json/parse.hpp>

#include <iostream>
#include <sstream>
#include <system_error>

#include <stdlib.h>

namespace xylem::bench {

namespace {

std::filesystem::path make_folder() {
  auto name = (std::filesystem::temp_directory_path() / "xylem-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw std::system_error{errno, std::generic_category(), "cannot create " + name};
  return name;
}

} // namespace

session::session(compare_options options)
    : options_{std::move(options)}, folder_{make_folder()},
      self_{std::filesystem::read_symlink("/proc/self/exe").string()} {
  if (options_.rounds <= 0)
    options_.rounds = options_.is_quick ? 3 : 5;
}

session::~session() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string session::next_output() {
  return file("output-" + std::to_string(++outputs_));
}

child_process session::serve(const std::vector<std::string>& command) {
  return {command, {options_.server_core}, next_output()};
}

child_process session::start_tool(std::vector<std::string> arguments, urgency how) {
  arguments.insert(arguments.begin(), self_);
  return start_load(arguments, how);
}

child_process session::start_load(const std::vector<std::string>& command, urgency how) {
  return {command, {options_.tool_core, how}, next_output()};
}

boost::json::object session::result_of(child_process& tool, double patience_s) {
  if (!tool.wait(patience_s))
    throw std::runtime_error{"a tool does not end"};
  boost::system::error_code error;
  auto result = boost::json::parse(tool.output(), error);
  if (error || !result.is_object())
    throw std::runtime_error{"a tool failed: " + tool.errors()};
  return result.as_object();
}

boost::json::object session::run_tool(std::vector<std::string> arguments) {
  auto tool = start_tool(std::move(arguments));
  return result_of(tool);
}

std::string session::program(const std::string& name, const std::string& package) {
  auto path = find_program(name);
  if (path.empty())
    throw not_installed{name + " is not installed (package " + package + ")"};
  return path;
}

std::string session::beside(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(name).string();
}

void session::tell(const std::string& what) const {
  std::cerr << "   " << what << std::endl;
}

std::string number(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

} // namespace xylem::bench
