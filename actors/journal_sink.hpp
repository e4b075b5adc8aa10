#pragma once

#include "actors/file_descriptor.hpp"
#include "actors/log_text.hpp"

#include <spdlog/sinks/sink.h>

namespace xylem {

/// Where systemd's journal takes entries with fields.
inline constexpr const char* journal_socket = "/run/systemd/journal/socket";

/// Hands entries to systemd's journal with their fields, as its protocol of datagrams has it
/// (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): MESSAGE, PRIORITY, XYLEM_MSG, XYLEM_ACTOR,
/// XYLEM_MESH, and each field as XYLEM_<KEY>. libsystemd would wait for a journal that is busy, on
/// the I/O thread: what is not taken at once is lost here, and counted. Used under the log's mutex.
class journal_sink final : public spdlog::sinks::sink {
public:
  /// `otherwise` gets the text of what the journal cannot be handed.
  journal_sink(std::string path, std::shared_ptr<spdlog::sinks::sink> otherwise);

  /// False: nobody is there, or it is too long: write it as text. `message` is what people see.
  bool write(const log_entry& entry, std::string_view message);

  void log(const spdlog::details::log_msg& what) override { otherwise_->log(what); }
  void flush() override { otherwise_->flush(); }
  void set_pattern(const std::string& pattern) override { otherwise_->set_pattern(pattern); }
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
    otherwise_->set_formatter(std::move(formatter));
  }

private:
  std::string path_;
  std::shared_ptr<spdlog::sinks::sink> otherwise_;
  file_descriptor socket_;
  std::uint64_t lost_ = 0; ///< since the last one that was taken
};

/// One entry as a datagram; `lost` are entries before it that were not taken.
std::string to_journal(const log_entry& entry, std::string_view message, std::uint64_t lost);

} // namespace xylem
