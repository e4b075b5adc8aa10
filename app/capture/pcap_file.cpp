#include "app/capture/pcap_file.hpp"

#include <pcap/pcap.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace xylem {

namespace {

constexpr auto link_type = DLT_USER0;

struct file_closer {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
struct pcap_closer {
  void operator()(pcap_t* pcap) const noexcept { pcap_close(pcap); }
};
struct dumper_closer {
  void operator()(pcap_dumper_t* dumper) const noexcept { pcap_dump_close(dumper); }
};

using file_ptr = std::unique_ptr<std::FILE, file_closer>;
using pcap_ptr = std::unique_ptr<pcap_t, pcap_closer>;
using dumper_ptr = std::unique_ptr<pcap_dumper_t, dumper_closer>;

[[noreturn]] void fail(const std::string& file, const std::string& why) {
  throw capture_error{file + ": " + why};
}

/// `-` is the standard stream, as a stream of its own: it is closed with its owner.
file_ptr open_file(const std::filesystem::path& path, const char* mode, int standard) {
  file_ptr out{path == "-" ? fdopen(dup(standard), mode) : std::fopen(path.c_str(), mode)};
  if (!out)
    fail(path.string(), std::strerror(errno));
  return out;
}

std::string shown(const std::filesystem::path& path, const char* standard) {
  return path == "-" ? standard : path.string();
}

pcap_pkthdr header_of(wall_time when, std::size_t size) {
  auto since = when.time_since_epoch();
  auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  pcap_pkthdr out{};
  out.ts.tv_sec = static_cast<decltype(out.ts.tv_sec)>(seconds.count());
  out.ts.tv_usec = static_cast<decltype(out.ts.tv_usec)>(
    std::chrono::microseconds{since - seconds}.count());
  out.caplen = out.len = static_cast<bpf_u_int32>(size);
  return out;
}

/// A file from elsewhere may count microseconds beyond their second.
wall_time time_of(const pcap_pkthdr& header) {
  return wall_time{std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::seconds{header.ts.tv_sec} + std::chrono::microseconds{header.ts.tv_usec})};
}

} // namespace

struct pcap_writer::parts {
  std::string name;
  pcap_ptr pcap;
  dumper_ptr dumper;
  bytes packet{};
};

pcap_writer::pcap_writer(const std::filesystem::path& file) {
  auto name = shown(file, "standard output");
  auto opened = open_file(file, "wb", STDOUT_FILENO);
  pcap_ptr pcap{pcap_open_dead(link_type, static_cast<int>(longest_packet))};
  if (!pcap)
    fail(name, "no memory for libpcap");
  dumper_ptr dumper{pcap_dump_fopen(pcap.get(), opened.release())}; // closes it, also when it fails
  if (!dumper)
    fail(name, pcap_geterr(pcap.get()));
  parts_ = std::make_unique<parts>(parts{std::move(name), std::move(pcap), std::move(dumper)});
}

pcap_writer::~pcap_writer() = default;

void pcap_writer::write(const capture_packet& packet) {
  parts_->packet.clear();
  append_packet(parts_->packet, packet.mesh, packet.what);
  auto header = header_of(packet.what.when.wall, parts_->packet.size());
  auto dumper = parts_->dumper.get();
  pcap_dump(reinterpret_cast<u_char*>(dumper), &header,
            reinterpret_cast<const u_char*>(parts_->packet.data()));
  if (std::ferror(pcap_dump_file(dumper)))
    fail(parts_->name, std::strerror(errno));
}

void pcap_writer::flush() {
  if (pcap_dump_flush(parts_->dumper.get()) != 0)
    fail(parts_->name, std::strerror(errno));
}

struct pcap_reader::parts {
  std::string name;
  pcap_ptr pcap{};
  std::uint64_t read = 0; ///< packets

  parts(std::string its_name, file_ptr file);
  [[noreturn]] void fail_at(const std::string& why) const;
};

pcap_reader::parts::parts(std::string its_name, file_ptr file) : name{std::move(its_name)} {
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  pcap.reset(pcap_fopen_offline(file.get(), why.data()));
  if (!pcap)
    fail(name, "no capture that can be read: " + std::string{why.data()});
  file.release(); // libpcap closes it
  if (auto type = pcap_datalink(pcap.get()); type != link_type)
    fail(name, "no capture of a mesh: its link type is " + std::to_string(type) + ", not "
                 + std::to_string(link_type));
}

void pcap_reader::parts::fail_at(const std::string& why) const {
  fail(name, "packet " + std::to_string(read + 1) + ": " + why);
}

pcap_reader::pcap_reader(const std::filesystem::path& file)
    : parts_{std::make_unique<parts>(shown(file, "standard input"),
                                     open_file(file, "rb", STDIN_FILENO))} {}

pcap_reader::pcap_reader(std::FILE* opened)
    : parts_{std::make_unique<parts>("the capture", file_ptr{opened})} {}

pcap_reader::~pcap_reader() = default;

std::optional<capture_packet> pcap_reader::next() {
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  auto result = pcap_next_ex(parts_->pcap.get(), &header, &data);
  if (result == PCAP_ERROR_BREAK)
    return std::nullopt;
  if (result != 1)
    parts_->fail_at(pcap_geterr(parts_->pcap.get()));
  if (header->caplen != header->len)
    parts_->fail_at("only " + std::to_string(header->caplen) + " of its "
                    + std::to_string(header->len) + " bytes were captured");
  auto packet = std::as_bytes(std::span{data, header->caplen});
  auto parsed = parse_packet(packet, time_of(*header));
  if (auto why = std::get_if<std::string>(&parsed))
    parts_->fail_at(*why);
  ++parts_->read;
  return std::get<capture_packet>(std::move(parsed));
}

} // namespace xylem
