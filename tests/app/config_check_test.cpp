#include "app/commands/check.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

using namespace xylem;

namespace {

/// A file that lives as long as the test.
class temporary_file {
public:
  explicit temporary_file(const std::string& text) {
    auto pattern = (std::filesystem::temp_directory_path() / "xylem-check-XXXXXX").string();
    auto descriptor = mkstemp(pattern.data());
    REQUIRE(descriptor >= 0);
    close(descriptor);
    path_ = pattern;
    std::ofstream{path_} << text;
  }
  ~temporary_file() { std::filesystem::remove(path_); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  const std::string& path() const { return path_; }

private:
  std::string path_;
};

struct outcome {
  int code;
  std::string out;
  std::string err;
};

outcome check(const check_options& options) {
  std::ostringstream out, err;
  auto code = run_check(options, out, err);
  return {code, out.str(), err.str()};
}

} // namespace

TEST_CASE("check says how many meshes a valid configuration has, and ends with 0") {
  temporary_file file{"[[mesh]]\nserial = \"/dev/a\"\n"};
  auto [code, out, err] = check({file.path(), {}, false});
  CHECK(code == 0);
  CHECK(out == file.path() + ": ok, 1 mesh\n");
  CHECK(err.empty());
}

TEST_CASE("check tells problems as compilers do, and ends with 2") {
  temporary_file file{"[[mesh]]\nserial = \"/dev/a\"\n  buad = 1\n"};
  auto [code, out, err] = check({file.path(), {}, false});
  CHECK(code == 2);
  CHECK(out.empty());
  CHECK(err
        == file.path()
               + ":3:3: error: mesh.buad: unknown key in mesh\n"
                 "    buad = 1\n"
                 "    ^~~~\n"
                 "  did you mean baud?\n");
}

TEST_CASE("check --json gives every problem with all its parts") {
  temporary_file file{"[[mesh]]\nserial = \"/dev/a\"\nbuad = 1\nclients = 0\n"};
  auto [code, out, err] = check({file.path(), {}, true});
  CHECK(code == 2);
  CHECK(err.empty());
  auto answer = boost::json::parse(out).as_object();
  CHECK(answer.at("valid") == false);
  REQUIRE(answer.at("problems").as_array().size() == 2);
  auto first = answer.at("problems").at(0).as_object();
  CHECK(first.at("file").as_string() == file.path());
  CHECK(first.at("line") == 3);
  CHECK(first.at("column") == 1);
  CHECK(first.at("key") == "mesh.buad");
  CHECK(first.at("suggestion") == "baud");
  CHECK(first.at("message") == "unknown key in mesh");
  CHECK(first.at("source") == "buad = 1");
}

TEST_CASE("check --json of a valid configuration has no problems") {
  auto [code, out, err] = check({std::nullopt, {"mesh.serial=/dev/a"}, true});
  CHECK(code == 0);
  CHECK(boost::json::parse(out) == boost::json::parse(R"({"valid":true,"problems":[]})"));
}

TEST_CASE("check tells of a file that cannot be read, and ends with 2") {
  for (std::string path : {"/nonexistent/xylem.toml", "/"}) {
    auto [code, out, err] = check({path, {}, false});
    CHECK(code == 2);
    CHECK(err.starts_with(path + ": error: cannot be read: "));
  }
}

TEST_CASE("check applies --set to the file") {
  temporary_file file{"[[mesh]]\n"};
  CHECK(check({file.path(), {}, false}).code == 2);
  CHECK(check({file.path(), {"mesh.serial=/dev/a"}, false}).code == 0);
}

TEST_CASE("check tells everything that is wrong at once, and how much that is") {
  temporary_file file{"[[mesh]]\nserail = \"/dev/a\"\nbaud = = 1\nclients = 0\n"
                      "[log]\nlevel = \"loud\n"};
  auto [code, out, err] = check({file.path(), {}, false});
  CHECK(code == 2);
  for (auto place : {":2:1: error: mesh.serail: ", ":3:8: error: not TOML: ",
                     ":4:11: error: mesh.clients: ", ":6:14: error: not TOML: "})
    CHECK_MESSAGE(err.find(file.path() + place) != std::string::npos, place << " in\n" << err);
  CHECK(err.ends_with("4 errors\n"));
}

TEST_CASE("a misspelt key is not told as a missing one, too") {
  temporary_file file{"[[mesh]]\nserail = \"/dev/a\"\n"};
  auto told = check({file.path(), {}, false}).err;
  CHECK(told.find("did you mean serial?") != std::string::npos);
  CHECK(told.find("not set") == std::string::npos);
}

TEST_CASE("behind a table whose header is broken only the header is told") {
  temporary_file file{"[[mesh]\nserial = \"/dev/a\"\nbuad = 1\n"};
  auto told = check({file.path(), {}, false}).err;
  CHECK(told.find(":1:") != std::string::npos);
  CHECK(told.find("buad: ") == std::string::npos);
}
