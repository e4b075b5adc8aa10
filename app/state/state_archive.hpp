#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

struct archive;

namespace xylem {

/// Why a state is not written, read or taken over; a sentence for people.
class state_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A .tar.gz that is written file by file. Errors throw state_error.
class archive_writer {
public:
  /// Replaces what was there; the file is its owner's alone.
  explicit archive_writer(const std::filesystem::path& file);

  void add(const std::string& name, const std::filesystem::path& content);
  void add_text(const std::string& name, const std::string& content);

  /// Complete, and on the disk.
  void finish();

private:
  struct closer {
    void operator()(archive* opened) const;
  };

  void begin(const std::string& name, std::uint64_t size);
  void write(const char* data, std::size_t size);
  void check(int result);

  std::filesystem::path file_;
  std::unique_ptr<archive, closer> to_;
};

/// A .tar.gz of which nothing is trusted. Errors throw state_error.
class archive_reader {
public:
  explicit archive_reader(const std::filesystem::path& file);

  /// The name of the next entry, which is a plain file; empty: there is none.
  std::string next();

  /// The content of the entry; one byte more than `most` is an error.
  std::string read_text(std::uint64_t most);
  void unpack(const std::filesystem::path& to, std::uint64_t most);

private:
  struct closer {
    void operator()(archive* opened) const;
  };

  template <class Take>
  void read(std::uint64_t most, const Take& take);
  [[noreturn]] void fail(const std::string& why);

  std::filesystem::path file_;
  std::unique_ptr<archive, closer> from_;
  std::string name_;
};

} // namespace xylem
