#include "app/commands/capture.hpp"

#include "app/capture/pcap_file.hpp"
#include "app/client/http_problem.hpp"
#include "app/commands/interruption.hpp"
#include "protocol/web_target.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

#include <poll.h>
#include <unistd.h>

namespace xylem {

namespace {

class capture_run {
public:
  capture_run(const capture_arguments& arguments, const console& io, const std::atomic<bool>& stop)
      : arguments_{arguments}, io_{io}, stop_{stop}, gateway_{arguments.client.gateway} {}

  int run() {
    auto mesh = mesh_of(gateway_, arguments_.client);
    if (!mesh)
      return report_failure(io_, arguments_.client, mesh.error());
    if (!is_mesh_name(*mesh))
      return report_failure(io_, arguments_.client,
                    {client::error_kind::invalid_request, "no mesh can have this name"});
    mesh_ = *std::move(mesh);
    for (auto complete = false; !complete;) {
      auto page = next_page();
      if (!page)
        return stop_ ? end() : report_failure(io_, arguments_.client, page.error());
      write(*page);
      complete = stop_ || (page->complete && !follows());
      if (page->complete && !complete)
        wait();
    }
    return end();
  }

private:
  bool follows() const noexcept { return arguments_.extent == capture_extent::what_comes_too; }

  /// Ends early at a signal.
  void wait() const { poll(nullptr, 0, static_cast<int>(arguments_.pause.count())); }

  /// Who follows waits for a gateway that has gone away.
  client::result<capture_page> next_page() {
    auto page = ask();
    if (page || !file_ || !follows() || !client::is_temporary(page.error()))
      return page;
    io_.err << "the gateway went away (" << page.error().text << "), trying again" << std::endl;
    while (!page && client::is_temporary(page.error()) && !stop_) {
      wait();
      page = ask();
    }
    return page;
  }

  client::result<capture_page> ask() {
    auto page = gateway_.captured(mesh_, position_);
    if (!page || !since_ || page->since == *since_)
      return page;
    // Positions have begun anew, and nobody knows what was lost.
    io_.err << "the capture was started anew: records before that may be lost" << std::endl;
    since_ = page->since;
    position_ = 0;
    restarted_ = true;
    return gateway_.captured(mesh_, position_);
  }

  void write(const capture_page& page) {
    if (!file_)
      file_.emplace(arguments_.file);
    since_ = page.since;
    position_ = page.next;
    if (!page.records.empty())
      write_records(page);
    file_->flush();
    if (arguments_.progress == capture_progress::shown)
      io_.err << '\r' << written_ << " records" << std::flush;
  }

  void write_records(const capture_page& page) {
    const auto& first = page.records.front().when;
    if (written_ == 0)
      file_->write({mesh_, {first, capture_kind::about_mesh, copy_of(view_of(page.dialect))}});
    if (page.lost > 0 || std::exchange(restarted_, false))
      file_->write({mesh_, make_lost_record(page.lost, first)});
    lost_ += page.lost;
    for (const auto& each : page.records)
      file_->write({mesh_, each});
    written_ += page.records.size();
  }

  int end() {
    io_.err << (arguments_.progress == capture_progress::shown ? "\r" : "") << written_
            << " records";
    if (lost_ > 0)
      io_.err << "; " << lost_ << " were overwritten before they could be read";
    io_.err << std::endl;
    return exit_codes::ok;
  }

  const capture_arguments& arguments_;
  const console& io_;
  const std::atomic<bool>& stop_;
  client::http_gateway gateway_;
  std::string mesh_{};
  std::optional<pcap_writer> file_{}; // once the gateway has answered
  std::optional<wall_time> since_{};
  std::uint64_t position_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t lost_ = 0;
  bool restarted_ = false;
};

} // namespace

int run_capture(const capture_arguments& arguments, const console& io,
                const std::atomic<bool>& stop) {
  try {
    return capture_run{arguments, io, stop}.run();
  } catch (const capture_error& error) {
    io.err << error.what() << '\n';
    return exit_codes::failed;
  }
}

void add_capture(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<capture_arguments>();
  auto* command = app.add_subcommand("capture", "Traffic of the serial line, for Wireshark");
  add_client_options(*command, arguments->client);
  command->add_option("--out", arguments->file, "Where to write pcap; -: standard output")
      ->type_name("FILE")
      ->required();
  command->add_flag_callback(
      "--follow", [arguments] { arguments->extent = capture_extent::what_comes_too; },
      "Go on with what comes, until Ctrl-C");
  command->callback([arguments, &exit_code] {
    if (arguments->file == "-" && isatty(STDOUT_FILENO))
      throw CLI::ValidationError{"--out", "standard output is a terminal: name a file"};
    if (isatty(STDERR_FILENO))
      arguments->progress = capture_progress::shown;
    exit_code = run_capture(*arguments, standard_console(), end_at_signals());
  });
}

} // namespace xylem
