#pragma once

#include "app/commands/client_options.hpp"
#include "app/doctor/examination.hpp"

namespace xylem {

struct doctor_arguments {
  examination_request request{};
  client_options client{}; ///< how a gateway is asked
};

/// Of `doctor` alone: nothing is broken, and something will be.
inline constexpr int doctor_warns = 4;

/// Examines and tells; the exit code is 0 (nothing above a note), doctor_warns, or 1 (an error).
int run_doctor(const doctor_arguments& arguments, const host_probe& host, const console& io);

void add_doctor(CLI::App& app, int& exit_code);

} // namespace xylem
