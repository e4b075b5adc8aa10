#include "tests/golden/golden_files.hpp"

#include <iostream>

/// Writes every capture into a folder; with --expected also what the program makes of it now.
/// Read the difference before it is committed: what is expected is what is right.
int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: make_captures FOLDER [--expected]\n";
    return 2;
  }
  for (const auto& each : xylem::testing::golden_scenarios()) {
    xylem::testing::write_capture(each, argv[1]);
    if (argc > 2 && std::string_view{argv[2]} == "--expected")
      xylem::testing::write_expected(each, argv[1]);
  }
}
