// Stands in for libFuzzer: runs every file of a folder through a fuzz target, which aborts when
// something it requires does not hold.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file)
    throw std::runtime_error{"cannot read " + path.string()};
  std::vector<char> content{std::istreambuf_iterator<char>{file}, {}};
  return {content.begin(), content.end()};
}

std::vector<std::filesystem::path> files_of(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    if (entry.is_regular_file())
      paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  auto paths = files_of(argv[1]);
  for (const auto& path : paths) {
    // Told before it runs: the last line names the input that aborts.
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);
    auto input = read_file(path);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%zu inputs\n", paths.size());
  return paths.empty() ? 1 : 0; // a corpus that is not there tests nothing
}
