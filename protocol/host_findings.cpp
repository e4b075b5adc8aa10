#include "protocol/host_findings.hpp"

#include "protocol/iso_time.hpp"

#include <algorithm>
#include <array>

namespace xylem {

namespace {

constexpr std::uint64_t MiB = 1024 * 1024;

/// What the database needs for a batch, its log and a snapshot of a small mesh.
constexpr std::uint64_t least_free = 16 * MiB;
constexpr std::uint64_t comfortable = 128 * MiB;

/// A clock that says less was never set: no battery, no network yet.
constexpr std::chrono::sys_days first_believable{std::chrono::year{2024} / 1 / 1};

constexpr std::chrono::days soon{30};

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string(bytes / MiB) + " MiB";
}

std::string day_of(wall_time time) {
  return iso_time(time).substr(0, 10);
}

/// The first folder that keeps `runs` out; the last one is to be used in full.
const owned_file* obstacle(const folder_fact& folder, const account& runs) {
  for (const auto& each : folder.way) {
    auto is_last = &each == &folder.way.back() && folder.exists;
    if (!may(runs, each, is_last ? file_right::use : file_right::enter))
      return &each;
  }
  return nullptr;
}

std::string issuing_of(const certificate_fact& certificate, const typist& who) {
  auto command = shell_word(who.program) + " pki issue --force --dir "
                 + shell_word(certificate.authority_folder) + ' ' + shell_word(certificate.name);
  return certificate.needs_root ? who.as_root(command) : command;
}

} // namespace

finding judge_clock(const clock_fact& clock, const typist& who) {
  finding out{.id = "clock", .statement = "the clock is synchronised"};
  out.evidence = "it is " + iso_time(clock.now);
  auto is_absurd = clock.now < wall_time{first_believable};
  if (!is_absurd && clock.is_synchronised)
    return out;
  out.level = is_absurd ? severity::error : severity::warning;
  out.statement = is_absurd ? "the clock was never set: times of readings will be wrong"
                            : "the clock is not synchronised: times of readings may be wrong";
  out.evidence += clock.is_synchronised ? "" : "; adjtimex says STA_UNSYNC";
  out.command = who.as_root("timedatectl set-ntp true");
  out.advice = "it takes some seconds and a network; `timedatectl` says how far it is";
  return out;
}

namespace {

finding judge_space(const disk_fact& disk, const typist& who) {
  finding out{.id = "disk_space", .subject = disk.path};
  out.evidence = mebibytes(disk.free_bytes) + " of " + mebibytes(disk.total_bytes) + " are free";
  out.statement = "the disk of " + disk.path + " has room";
  auto few_files = disk.total_files > 0 && disk.free_files < 64;
  if (disk.free_bytes >= comfortable && !few_files)
    return out;
  auto is_full = disk.free_bytes < least_free || few_files;
  if (!is_full && disk.free_bytes >= disk.total_bytes / 10)
    return out;
  out.level = is_full ? severity::error : severity::warning;
  out.statement = "the disk of " + disk.path + (is_full ? " is full" : " is almost full");
  if (few_files)
    out.evidence += ", " + std::to_string(disk.free_files) + " more files fit";
  out.advice = "make room; what takes it: " + who.as_root("du -xh -d 2 " + shell_word(disk.path));
  if (disk.set_aside.empty())
    return out;
  out.command = who.as_root("rm --");
  for (const auto& path : disk.set_aside)
    out.command += ' ' + shell_word(path);
  out.advice = "the command removes databases that could not be read and were set aside";
  return out;
}

finding judge_budget(const disk_fact& disk) {
  finding out{.id = "disk_budget", .subject = disk.path};
  auto grows = disk.database_limit - std::min(disk.database_limit, disk.database_bytes);
  out.statement = "the record fits on the disk when it has grown";
  out.evidence =
      "recorder.max_bytes allows "
      + (disk.database_limit == 0 ? std::string{"any size"} : mebibytes(disk.database_limit))
      + ", it has " + mebibytes(disk.database_bytes) + ", " + mebibytes(disk.free_bytes)
      + " are free";
  if (disk.database_limit != 0 && grows <= disk.free_bytes)
    return out;
  out.level = severity::warning;
  out.statement = "the record may grow until the disk is full";
  out.command = disk.edit;
  out.advice = "set recorder.max_bytes to what is free; the oldest go then";
  return out;
}

} // namespace

std::vector<finding> judge_disk(const disk_fact& disk, const typist& who) {
  return {judge_space(disk, who), judge_budget(disk)};
}

/// Others have files there, too: no command may give it away or open it for everybody.
bool is_shared(std::string_view path) {
  static constexpr std::array shared{"/var/lib", "/var/tmp", "/var/log", "/usr/local", "/dev/shm"};
  auto depth = std::ranges::count(path, '/');
  return depth <= 1 || std::ranges::find(shared, path) != shared.end()
         || (depth == 2 && (path.starts_with("/home/") || path.starts_with("/usr/")));
}

finding judge_state_dir(const folder_fact& folder, const account& runs, const typist& who) {
  finding out{.id = "state_dir", .subject = folder.path};
  out.statement = runs.name + " may write to " + folder.path;
  auto word = shell_word(folder.path);
  if (!folder.way.empty())
    out.evidence = owner_text(folder.way.back());
  if (folder.is_read_only) {
    out.level = severity::error;
    out.statement = "the file system of " + folder.path + " is read-only";
    out.command = who.as_root("mount -o remount,rw \"$(findmnt -n -o TARGET -T " + word + ")\"");
    out.advice = "if that fails the disk is worn out or broken: `dmesg | tail`";
    return out;
  }
  auto blocking = obstacle(folder, runs);
  if (!folder.exists) {
    auto can_make =
        !folder.way.empty() && blocking == nullptr && may(runs, folder.way.back(), file_right::use);
    out.statement = folder.path + " is made at the first start";
    if (can_make)
      return out;
    out.level = severity::error;
    out.statement = folder.path + " does not exist, and " + runs.name + " cannot make it";
    out.command = who.as_root("install -d -m 0700 -o " + shell_word(runs.name) + ' ' + word);
    return out;
  }
  if (blocking == nullptr)
    return out;
  out.level = severity::error;
  out.statement = runs.name + " may not write to " + folder.path;
  out.evidence = owner_text(*blocking);
  if (is_shared(blocking->path))
    out.advice = "set state_dir to a folder of its own elsewhere, such as /var/lib/xylem: others use "
                 + blocking->path + ", too";
  else if (blocking == &folder.way.back())
    out.command = who.as_root("chown -R " + shell_word(runs.name + ":") + ' ' + word) + " && "
                  + who.as_root("chmod u+rwx " + word);
  else
    out.command = who.as_root("chmod o+x " + shell_word(blocking->path));
  return out;
}

finding judge_journal(const journal_fact& journal, const account& runs, const typist& who) {
  const auto& path = journal.folder.path;
  finding out{.id = "journal", .subject = path};
  out.statement = "the crash journal is kept in memory";
  if (!journal.folder.way.empty())
    out.evidence = owner_text(journal.folder.way.back());
  if (!journal.folder.exists || obstacle(journal.folder, runs) != nullptr) {
    out.level = severity::warning;
    out.statement = runs.name + " cannot keep a crash journal in " + path;
    out.command = path == "/dev/shm" && journal.folder.exists
                      ? who.as_root("chmod 1777 /dev/shm")
                      : who.as_root("install -d -m 0700 -o " + shell_word(runs.name) + ' '
                                    + shell_word(path));
    out.advice = "without it what is not recorded yet is lost when the process is killed";
  } else if (!journal.is_in_memory) {
    out.level = severity::note;
    out.statement = path + " is not in memory: the crash journal costs writes to a disk";
    out.advice = "set recorder.journal to \"/dev/shm\"";
  }
  return out;
}

finding judge_secret(const secret_fact& secret, const account& runs, const typist& who) {
  finding out{.id = "secret_file", .subject = secret.file.path};
  auto word = shell_word(secret.file.path);
  out.statement = secret.key + " can be read by " + runs.name + " alone";
  out.evidence = secret.exists ? owner_text(secret.file) : secret.broken;
  if (!secret.exists || (!secret.broken.empty() && runs.user == 0)) {
    out.level = severity::error;
    out.statement = secret.key + " cannot be read";
    out.evidence = secret.broken;
    out.advice = "make the file, or set " + secret.key + " to the right one";
    return out;
  }
  if ((secret.file.mode & 077U) != 0) {
    out.level = severity::error;
    out.statement = secret.key + " can be read by others";
    out.command = who.as_root("chmod 0600 " + word);
    if (runs.user != 0 && runs.user != secret.file.user) // it may read it as one of the group
      out.command =
          who.as_root("chown " + shell_word(runs.name) + ' ' + word) + " && " + out.command;
  } else if (!may(runs, secret.file, file_right::read)) {
    out.level = severity::error;
    out.statement = runs.name + " cannot read " + secret.key;
    out.command = who.as_root("chown " + shell_word(runs.name) + ' ' + word);
  } else if (!secret.broken.empty()) {
    out.level = severity::error;
    out.statement = secret.key + " cannot be used: " + secret.broken;
  }
  return out;
}

finding judge_certificate(const certificate_fact& certificate, wall_time now, const typist& who) {
  finding out{.id = "certificate", .subject = certificate.path};
  if (!certificate.broken.empty()) {
    out.level = severity::error;
    out.statement = certificate.key + " cannot be read";
    out.evidence = certificate.broken;
    out.advice = "set " + certificate.key + " to a certificate in PEM";
    return out;
  }
  out.statement = certificate.key + " is valid";
  out.evidence = certificate.name + ", issued by " + certificate.issuer + ", from "
                 + day_of(certificate.not_before) + " to " + day_of(certificate.not_after);
  auto left = std::chrono::ceil<std::chrono::days>(certificate.not_after - now).count();
  if (now >= certificate.not_before && certificate.not_after - now >= soon)
    return out;
  auto has_ended = now > certificate.not_after;
  auto begins_later = now < certificate.not_before;
  out.level = has_ended || begins_later ? severity::error : severity::warning;
  out.statement = has_ended      ? certificate.key + " has expired"
                  : begins_later ? certificate.key + " is not valid yet: is the clock right?"
                                 : certificate.key + " expires in " + std::to_string(left)
                                       + (left == 1 ? " day" : " days");
  if (begins_later)
    return out;
  if (!certificate.authority_folder.empty())
    out.command = issuing_of(certificate, who);
  else
    out.advice = "renew it where it was issued (" + certificate.issuer
                 + "), and copy it here; of "
                   "xylem pki: xylem pki issue --force --dir FOLDER "
                 + shell_word(certificate.name);
  return out;
}

} // namespace xylem
