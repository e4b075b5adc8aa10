#include "app/sim/simulator_thread.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace xylem {

namespace {

std::string make_folder() {
  auto name = (std::filesystem::temp_directory_path() / "xylem-sim-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw std::system_error{errno, std::generic_category(), "cannot create " + name};
  return name;
}

void remove_folder(const std::string& folder) noexcept {
  std::error_code none;
  if (!folder.empty())
    std::filesystem::remove_all(folder, none);
}

} // namespace

simulator_thread::simulator_thread(sim_options options)
    : folder_{options.link.empty() ? make_folder() : std::string{}}, link_{folder_.empty()
                                                                               ? options.link
                                                                               : folder_
                                                                                     + "/root"} {
  try {
    options.link = link_;
    runner_ = std::make_unique<sim_runner>(std::move(options));
    thread_ = std::thread{[this] {
      try {
        runner_->run();
      } catch (...) {
        failure_ = std::current_exception();
      }
    }};
  } catch (...) {
    remove_folder(folder_);
    throw;
  }
}

simulator_thread::~simulator_thread() {
  runner_->stop();
  if (thread_.joinable())
    thread_.join();
  runner_.reset(); // takes its link away
  remove_folder(folder_);
}

sim_statistics simulator_thread::stop() {
  runner_->stop();
  if (thread_.joinable())
    thread_.join();
  if (failure_)
    std::rethrow_exception(failure_);
  return runner_->statistics();
}

} // namespace xylem
