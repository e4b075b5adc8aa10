#pragma once

#include "protocol/host_findings.hpp"

#include <string>

namespace xylem {

/// Who runs this process.
account current_account();

/// Nothing when this machine has nobody of that name.
std::optional<account> find_account(const std::string& name);

/// Who owns a running process.
std::optional<account> account_of_process(std::int64_t pid);

/// The file at the end of all links; nothing when it is not there.
std::optional<owned_file> describe_file(const std::string& path);

/// A folder with the way to it; of one that is not there as far as it exists.
folder_fact describe_folder(const std::string& path);

} // namespace xylem
