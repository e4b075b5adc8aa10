#include "shell.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include <sys/wait.h>

namespace xylem::testing {

shell_end run_shell(const std::string& folder, const std::string& lines) {
  std::ofstream{folder + "/lines.sh"} << lines;
  auto command = "cd '" + folder + "' && timeout 30 sh -e lines.sh 2>&1 </dev/null";
  auto* pipe = popen(command.c_str(), "re");
  if (pipe == nullptr)
    throw std::runtime_error{"cannot run a shell"};
  shell_end over;
  std::array<char, 4096> room;
  while (auto count = fread(room.data(), 1, room.size(), pipe))
    over.out.append(room.data(), count);
  auto status = pclose(pipe);
  over.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return over;
}

} // namespace xylem::testing
