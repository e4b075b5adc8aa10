#include "app/commands/bundle.hpp"

#include "app/client/json_view.hpp"
#include "app/commands/version.hpp"
#include "app/replay/bundle_archive.hpp"
#include "app/replay/temporary_file.hpp"

#include <CLI/CLI.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <ostream>

namespace xylem {

namespace {

constexpr auto log_target = "/api/v1/log?limit=1000";

/// Captured traffic that is taken from a gateway: its rings, and what comes meanwhile.
constexpr std::size_t most_captured = 512U << 20;

class bundle_run {
public:
  bundle_run(const bundle_arguments& arguments, const console& io)
      : arguments_{arguments}, io_{io}, gateway_{arguments.client.gateway} {}

  int run() {
    auto gathered = gather();
    if (!gathered)
      return report_failure(io_, arguments_.client, gathered.error());
    write_bundle(arguments_.file, files_, io_.now);
    io_.err << packets_.size() << " packets of " << meshes_ << (meshes_ == 1 ? " mesh" : " meshes")
            << " in " << arguments_.file << '\n';
    return exit_codes::ok;
  }

private:
  client::result<client::done> gather() {
    for (const auto& [name, target] : {std::pair{"configuration.toml", "/api/v1/configuration"},
                                       std::pair{"status.json", "/api/v1/status"},
                                       std::pair{"metrics.txt", "/metrics"}}) {
      auto text = gateway_.get(target);
      if (!text)
        return text.error();
      files_[name] = *std::move(text);
    }
    if (auto done = gather_log(); !done)
      return done;
    if (auto done = gather_captures(); !done)
      return done;
    write_capture();
    gather_versions();
    return client::done{};
  }

  client::result<client::done> gather_log() {
    auto text = gateway_.get(log_target);
    if (!text)
      return text.error();
    auto document = client::parse_json(*text);
    auto& log = files_["log.txt"];
    if (document)
      for (auto line : client::json_view{*document}["lines"].items())
        log += line.text() + '\n';
    return client::done{};
  }

  client::result<client::done> gather_captures() {
    auto meshes = gateway_.meshes();
    if (!meshes)
      return meshes.error();
    const auto& wanted = arguments_.client.mesh;
    if (!wanted.empty())
      *meshes = {wanted};
    for (const auto& mesh : *meshes)
      if (auto done = gather_capture(mesh); !done)
        return done;
    return client::done{};
  }

  client::result<client::done> gather_capture(const std::string& mesh) {
    std::uint64_t position = 0;
    for (auto complete = false; !complete;) {
      auto page = gateway_.captured(mesh, position);
      if (!page && page.error().problem == "nothing-captured") {
        io_.err << "nothing is captured of mesh " << mesh << '\n';
        return client::done{};
      }
      if (!page)
        return page.error();
      add(mesh, *page, position == 0);
      position = page->next;
      complete = page->complete || captured_ > most_captured;
    }
    return client::done{};
  }

  void add(const std::string& mesh, capture_page& page, bool is_first) {
    if (page.records.empty())
      return;
    auto first = page.records.front().when;
    if (is_first) {
      ++meshes_;
      packets_.push_back({mesh, {first, capture_kind::about_mesh, copy_of(view_of(page.dialect))}});
    }
    if (page.lost > 0)
      packets_.push_back({mesh, make_lost_record(page.lost, first)});
    for (auto& record : page.records) {
      captured_ += captured_size(record);
      packets_.push_back({mesh, std::move(record)});
    }
  }

  /// In the order in which the gateway saw the traffic of all meshes.
  void write_capture() {
    std::ranges::stable_sort(packets_, {}, [](const capture_packet& packet) {
      return packet.what.when.mono;
    });
    temporary_file file;
    pcap_writer out{file.path()};
    for (const auto& packet : packets_)
      out.write(packet);
    out.flush();
    files_["capture.pcap"] = file.content();
  }

  /// Those of this program; that of the gateway may be another one.
  void gather_versions() {
    auto versions = version_document();
    auto status = client::parse_json(files_["status.json"]);
    versions["gateway"] = status ? client::json_view{*status}["version"].text() : "";
    files_["version.json"] = boost::json::serialize(versions) + '\n';
  }

  const bundle_arguments& arguments_;
  const console& io_;
  client::http_gateway gateway_;
  bundle_files files_{};
  std::vector<capture_packet> packets_{};
  std::size_t captured_ = 0;
  std::size_t meshes_ = 0;
};

} // namespace

int run_bundle(const bundle_arguments& arguments, const console& io) {
  try {
    return bundle_run{arguments, io}.run();
  } catch (const std::runtime_error& error) {
    io.err << error.what() << '\n';
    return exit_codes::failed;
  }
}

void add_bundle(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<bundle_arguments>();
  auto* command = app.add_subcommand(
    "bundle", "All that helps to find out what happened, in one file that can be replayed");
  add_gateway_options(*command, arguments->client);
  command->add_option("--mesh", arguments->client.mesh, "Only the traffic of this mesh")
    ->type_name("NAME");
  command->add_option("--out", arguments->file, "Where to write it, as tar.gz")
    ->type_name("FILE")
    ->required();
  command->callback(
    [arguments, &exit_code] { exit_code = run_bundle(*arguments, standard_console()); });
}

} // namespace xylem
