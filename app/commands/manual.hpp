#pragma once

#include "app/commands/command_tree.hpp"

namespace xylem {

struct manual_page {
  std::string name; ///< `xylem-token-create`
  int section;
  std::string text; ///< roff
};

/// Every page: xylem(1), one for each command below it, xylem.toml(5).
std::vector<manual_page> manual_pages(const command_node& program);

/// xylem.toml(5), from the tables of keys.
manual_page configuration_page();

} // namespace xylem
