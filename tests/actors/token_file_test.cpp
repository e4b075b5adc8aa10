#include "actors/token_file.hpp"

#include "protocol/bytes.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include <stdlib.h>
#include <sys/stat.h>

using namespace xylem;

namespace {

/// A token file in a folder of its own, which goes away with it.
class token_file {
public:
  token_file() { REQUIRE(mkdtemp(folder_.data()) != nullptr); }
  ~token_file() { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/tokens.json"; }
  void write(std::string_view text) const { std::ofstream{path()} << text; }

private:
  std::string folder_ = (std::filesystem::temp_directory_path() / "xylem-tokens-XXXXXX").string();
};

std::string complaint(const std::string& path) {
  auto read = read_tokens(path);
  REQUIRE(std::holds_alternative<std::string>(read));
  return std::get<std::string>(read);
}

} // namespace

TEST_CASE("the hash of a token is its SHA-256") {
  // FIPS 180-2, appendix B.1: the digest of "abc".
  CHECK(to_hex(hash_token("abc"))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("what was written as a token file is read, and no file is no token") {
  token_file file;
  CHECK(std::get<std::vector<token_record>>(read_tokens(file.path())).empty());
  const std::vector<token_record> tokens{{"panel", hash_token("xyl_a"), access_scope::read,
                                          wall_time{std::chrono::milliseconds{1'700'000'000'000}}}};
  file.write(to_text(tokens));
  CHECK(std::get<std::vector<token_record>>(read_tokens(file.path())) == tokens);
}

TEST_CASE("a token file that cannot be read is named, with the reason") {
  token_file file;
  CHECK(complaint("/").find("/: not a regular file") == 0);
  CHECK(complaint("/dev/null/x") == "/dev/null/x: Not a directory");
  file.write("[");
  CHECK(complaint(file.path()).find(file.path() + ": ") == 0);
  file.write(std::string(most_token_file_bytes + 20'000, ' '));
  CHECK(complaint(file.path()) == file.path() + ": longer than 1048576 bytes");
}

TEST_CASE("a pipe where the token file should be is told, not waited for") {
  token_file file;
  REQUIRE(mkfifo(file.path().c_str(), 0600) == 0);
  CHECK(complaint(file.path()) == file.path() + ": not a regular file");
}
