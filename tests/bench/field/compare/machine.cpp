#include "machine.hpp"

#include "tests/bench/field/shared/child_process.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <regex>

#include <sys/utsname.h>
#include <unistd.h>

namespace xylem::bench {

namespace {

std::string processor() {
  std::ifstream file{"/proc/cpuinfo"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name") || line.starts_with("Model"))
      return line.substr(line.find(':') + 2);
  return "unknown";
}

std::string kernel() {
  utsname names{};
  uname(&names);
  return std::string{names.sysname} + " " + names.release;
}

std::string now_utc() {
  auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::string out(20, '\0');
  std::strftime(out.data(), out.size() + 1, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return out;
}

/// What looks like a version in what the program says.
std::string version_of(const std::string& program, const std::string& arguments) {
  auto path = program.find('/') == std::string::npos ? find_program(program) : program;
  if (path.empty())
    return "not installed";
  auto command = "'" + path + "' " + arguments + " 2>&1 </dev/null";
  std::unique_ptr<FILE, int (*)(FILE*)> said{popen(command.c_str(), "r"), pclose};
  std::string text(4096, '\0');
  text.resize(said ? fread(text.data(), 1, text.size(), said.get()) : 0);
  std::smatch found;
  return std::regex_search(text, found, std::regex{R"([0-9]+\.[0-9]+(\.[0-9]+)*)"}) ? found.str()
                                                                                    : "unknown";
}

} // namespace

boost::json::object describe_machine(const std::string& gateway) {
  return {{"cpu", processor()},
          {"cores", sysconf(_SC_NPROCESSORS_ONLN)},
          {"kernel", kernel()},
          {"date", now_utc()},
          {"versions", boost::json::object{{"xylem", version_of(gateway, "version")},
                                           {"redis", version_of("redis-server", "--version")},
                                           {"mosquitto", version_of("mosquitto", "-h")},
                                           {"socat", version_of("socat", "-V")},
                                           {"ser2net", version_of("ser2net", "-v")}}}};
}

std::string summary_of(const boost::json::object& machine) {
  auto text = [&](const char* name) { return std::string{machine.at(name).as_string()}; };
  auto out = text("cpu") + ", " + std::to_string(machine.at("cores").as_int64()) + " cores, "
             + text("kernel") + ", " + text("date");
  for (const auto& [name, version] : machine.at("versions").as_object())
    out += ", " + std::string{name} + " " + std::string{version.as_string()};
  return out;
}

} // namespace xylem::bench
