// Ten faults, made with real parts: each is found by its id, its command is typed into a shell
// where one repairs it, and then that point is well.
#include "examined.hpp"
#include "gateway_process.hpp"
#include "waiting.hpp"

#include "app/commands/doctor.hpp"
#include "app/pki/authority_folder.hpp"
#include "protocol/frame.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timex.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

using namespace xylem;
using namespace xylem::testing;
using namespace std::string_literals;

namespace {

namespace fs = std::filesystem;

const std::string one_root = "[[mesh]]\n"
                             "serial = \"FOLDER/root\"\n"
                             "listen = \"127.0.0.1:0\"\n"
                             "[web]\n"
                             "enabled = false\n";

/// `xylem sim` behind FOLDER/root.
struct simulated {
  simulated(const examined& where, std::vector<std::string> more)
      : process{words(where, std::move(more)), where.folder().path()} {
    await("the port of the simulated root", [&] { return fs::exists(where / "root"); });
  }

  static std::vector<std::string> words(const examined& where, std::vector<std::string> more) {
    more.insert(more.begin(), {"sim", "--rate", "50", "--link", where / "root"});
    return more;
  }

  child_process process;
};

std::string framed(std::string_view payload) {
  bytes out;
  append_frame(out, view_of(payload));
  return std::string{text_of(out)};
}

bool is_root(const char* what) {
  if (geteuid() == 0)
    return true;
  MESSAGE("SKIPPED: only root can " << what);
  return false;
}

/// nobody leaves the group again that a command has let him into.
struct group_guard {
  explicit group_guard(std::string name) : group{std::move(name)} {}
  ~group_guard() {
    auto command = "gpasswd -d nobody " + group + " >/dev/null 2>&1";
    [[maybe_unused]] auto done = std::system(command.c_str());
  }
  std::string group;
};

bool is_member(const std::string& group) {
  auto entry = getgrnam(group.c_str());
  for (auto each = entry != nullptr ? entry->gr_mem : nullptr; each != nullptr && *each; ++each)
    if (std::string_view{*each} == "nobody")
      return true;
  return false;
}

/// A listening socket of this test.
struct taken_address {
  taken_address() {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* address = reinterpret_cast<sockaddr*>(&where);
    REQUIRE(bind(socket.get(), address, size) == 0);
    REQUIRE(listen(socket.get(), 1) == 0);
    getsockname(socket.get(), address, &size);
    port = ntohs(where.sin_port);
  }

  file_descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  unsigned port = 0;
};

/// A file system of its own; not every container may mount one.
struct small_disk {
  explicit small_disk(std::string where) : path{std::move(where)} {
    fs::create_directory(path);
    is_mounted = mount("xylem-test", path.c_str(), "tmpfs", 0, "size=160m,mode=755") == 0;
  }
  ~small_disk() {
    if (is_mounted)
      umount(path.c_str());
  }
  std::string path;
  bool is_mounted = false;
};

/// What doctor says with this machine's answers replaced.
finding examine_with(const host_probe& host, const examined& where, std::string_view id) {
  doctor_arguments arguments;
  arguments.request.file = where / "xylem.toml";
  arguments.client.format = output_format::json;
  std::ostringstream out, err;
  run_doctor(arguments, host, {out, err, {}});
  auto document = boost::json::parse(out.str());
  for (const auto& each : document.at("findings").as_array())
    if (each.at("id").as_string() == id) {
      finding told{.id = std::string{id}};
      told.command = each.at("command").as_string().c_str();
      told.level = each.at("severity").as_string() == "ok" ? severity::ok : severity::error;
      return told;
    }
  return {};
}

/// What doctor says of everything when it asks this gateway.
std::map<std::string, std::string> severities_of(const examined& where,
                                                 const gateway_process& gateway) {
  auto over = run_xylem({"doctor", "--config", where / "xylem.toml", "--url",
                         client::to_string(gateway.url()), "--json"},
                        where.folder().path());
  std::map<std::string, std::string> out;
  auto document = boost::json::parse(over.out);
  for (const auto& each : document.at("findings").as_array())
    out[each.at("id").as_string().c_str()] = each.at("severity").as_string().c_str();
  return out;
}

} // namespace

TEST_CASE("doctor: who may not open the port is let into its group") {
  if (!is_root("become nobody and change groups") || getgrnam("dialout") == nullptr)
    return;
  REQUIRE_FALSE(is_member("dialout"));
  examined patient{one_root};
  simulated root{patient, {}};
  auto device = fs::canonical(patient / "root").string();
  REQUIRE(chown(device.c_str(), 0, getgrnam("dialout")->gr_gid) == 0);
  REQUIRE(chmod(device.c_str(), 0660) == 0);
  auto sick = patient.find("port_access", examiner::nobody);
  CHECK(sick.level == severity::error);
  CHECK(sick.command == "sudo usermod -aG dialout nobody");
  CHECK(patient.code() == 1);
  group_guard guard{"dialout"};
  patient.repair(sick);
  CHECK(patient.find("port_access", examiner::nobody).level == severity::ok);
  CHECK(patient.find("line_dialect", examiner::nobody).level == severity::ok);
}

TEST_CASE("doctor: who holds the port is named and ended") {
  examined patient{one_root};
  simulated root{patient, {}};
  child_process other{
      {"run", "--serial", patient / "root", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0"},
      patient.folder().path()};
  await("the other gateway has the port",
        [&] { return other.err().find("port opened") != std::string::npos; });
  auto sick = patient.find("port_holder");
  CHECK(sick.level == severity::error);
  CHECK(sick.statement.find("xylem (pid " + std::to_string(other.pid())) == 0);
  CHECK(patient.find("line_baud").id.empty()); // nobody else's port is listened to
  patient.repair(sick);
  CHECK(other.end().code == 0);
  CHECK(patient.find("port_holder").level == severity::ok);
  CHECK(patient.find("line_baud").level == severity::ok);
}

TEST_CASE("doctor: the rate at which a root speaks is found and written into the configuration") {
  examined patient{one_root};
  simulated root{patient, {"--baud", "57600"}};
  auto sick = patient.find("line_baud");
  CHECK(sick.level == severity::error);
  CHECK(sick.statement == "the root speaks at 57600 baud, not at 115200");
  patient.repair(sick);
  CHECK(patient.find("line_baud").level == severity::ok);
  CHECK(patient.find("line_noise").level == severity::ok);
}

TEST_CASE("doctor: a root of another dialect is told, and is well with other firmware") {
  examined patient{one_root};
  chattering_root root{patient / "root", framed("\x00\x05"
                                                "D\x01\x02\x0c\xda"s)};
  auto sick = patient.find("line_dialect");
  CHECK(sick.level == severity::error);
  CHECK(sick.statement == "the root speaks compact, not classic");
  CHECK(sick.command.empty()); // no command changes firmware
  root.say(framed("\x00\x05[M]\x02hi"s));
  CHECK(patient.find("line_dialect").level == severity::ok);
}

TEST_CASE("doctor: a silent root is told, and is well when it speaks") {
  examined patient{one_root};
  chattering_root root{patient / "root", {}};
  auto sick = patient.find("line_silent");
  CHECK(sick.level == severity::warning);
  CHECK(sick.command.empty()); // no command presses a button
  root.say(framed("\x00\x00RST"s));
  CHECK(patient.find("line_silent").level == severity::ok);
}

TEST_CASE("doctor: a full disk is told, and what was set aside is removed from it") {
  examined patient{one_root + "[recorder]\nmax_bytes = \"64 MiB\"\n"};
  small_disk disk{patient / "disk"};
  auto state = patient / "disk/state";
  fs::create_directory(state);
  auto text = "state_dir = \"" + state + "\"\n";
  std::ostringstream configuration;
  configuration << text << std::ifstream{patient / "xylem.toml"}.rdbuf();
  patient.folder().write("xylem.toml", configuration.str());
  auto old = state + "/history.db.corrupt-20260101T000000Z";
  file_descriptor file{open(old.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)};
  if (!disk.is_mounted) {
    MESSAGE("no file system may be mounted here: the answer of statvfs is replaced");
    auto host = this_host();
    host.disk = [&](const std::string&) {
      auto room = fs::exists(old) ? 0ULL : 1ULL << 30;
      return std::optional{disk_space{room, 1ULL << 30, 1000, 1000}};
    };
    auto sick = examine_with(host, patient, "disk_space");
    CHECK(sick.level == severity::error);
    patient.repair(sick);
    CHECK(examine_with(host, patient, "disk_space").level == severity::ok);
    return;
  }
  REQUIRE(posix_fallocate(file.get(), 0, 156 << 20) == 0);
  file.close();
  auto sick = patient.find("disk_space");
  CHECK(sick.level == severity::error);
  CHECK(patient.find("disk_budget").level == severity::warning);
  patient.repair(sick);
  CHECK(patient.find("disk_space").level == severity::ok);
  CHECK(patient.find("disk_budget").level == severity::ok);
}

TEST_CASE("doctor: a certificate that has expired is issued anew by the authority beside it") {
  examined patient{one_root
                   + "[monitor]\nauthority = \"FOLDER/pki/ca.pem\"\n"
                     "certificate = \"FOLDER/pki/gateway.pem\"\n"
                     "key = \"FOLDER/pki/gateway.key\"\n"};
  auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  auto then = now - std::chrono::days{40};
  pki::authority_folder::create(patient / "pki", "ours", then, std::chrono::days{3650});
  pki::authority_folder{patient / "pki"}.issue("gateway", pki::certificate_use::node, then,
                                               std::chrono::days{30}, pki::existing::keep);
  auto path = patient / "pki/gateway.pem";
  auto sick = patient.find("certificate", examiner::this_user, path);
  CHECK(sick.level == severity::error);
  CHECK(sick.statement == "monitor.certificate has expired");
  patient.repair(sick);
  CHECK(patient.find("certificate", examiner::this_user, path).level == severity::ok);
  CHECK(patient.find("secret_file").level == severity::ok);
}

TEST_CASE("doctor: a clock that nobody sets is told as the kernel tells it") {
  examined patient{one_root};
  timex kernel{};
  auto is_synchronised = adjtimex(&kernel) != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
  CHECK((patient.find("clock").level == severity::ok) == is_synchronised);
  auto host = this_host();
  auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  host.clock = [&] { return clock_fact{false, now}; };
  auto sick = examine_with(host, patient, "clock");
  CHECK(sick.level == severity::error);
  CHECK(sick.command.ends_with("timedatectl set-ntp true"));
  MESSAGE("its command is not run: it would change the clock of this machine");
  host.clock = [&] { return clock_fact{true, now}; };
  CHECK(examine_with(host, patient, "clock").level == severity::ok);
}

TEST_CASE("doctor: an address that is taken is replaced by one that is free") {
  taken_address taken;
  auto address = "127.0.0.1:" + std::to_string(taken.port);
  examined patient{"[[mesh]]\nserial = \"FOLDER/root\"\nlisten = \"" + address
                   + "\"\n[web]\nenabled = false\n"};
  auto sick = patient.find("listen_address");
  CHECK(sick.level == severity::error);
  CHECK(sick.evidence.find("pid " + std::to_string(getpid())) != std::string::npos);
  patient.repair(sick);
  CHECK(patient.find("listen_address").level == severity::ok);
  CHECK(patient.find("configuration").level == severity::ok);
}

TEST_CASE("doctor: a state_dir that its gateway may not write to is given to it") {
  if (!is_root("become nobody"))
    return;
  examined patient{"state_dir = \"FOLDER/state\"\n" + one_root};
  fs::create_directory(patient / "state");
  fs::permissions(patient / "state", fs::perms::owner_all);
  auto sick = patient.find("state_dir", examiner::nobody);
  CHECK(sick.level == severity::error);
  patient.repair(sick);
  CHECK(patient.find("state_dir", examiner::nobody).level == severity::ok);
}

TEST_CASE("doctor: a misspelt key is corrected by its command") {
  examined patient{"[[mesh]]\nserail = \"FOLDER/root\"\nlisten = \"127.0.0.1:0\"\n"};
  auto sick = patient.find("configuration");
  CHECK(sick.level == severity::error);
  patient.repair(sick);
  CHECK(patient.find("configuration").level == severity::ok);
}

TEST_CASE("doctor: of a file that is no port nobody is ended who has it open") {
  examined patient{"[[mesh]]\nserial = \"/dev/null\"\nlisten = \"127.0.0.1:0\"\n"};
  CHECK(patient.find("port_exists").level == severity::error);
  CHECK(patient.find("port_holder").id.empty());
}

TEST_CASE("doctor: a gateway that runs is asked instead of its port") {
  examined patient{"[[mesh]]\nserial = \"FOLDER/root\"\nlisten = \"127.0.0.1:0\"\n"};
  simulated root{patient, {}};
  gateway_process gateway{patient.folder(), {"--config", patient / "xylem.toml"}};
  gateway.await_log("port opened");
  auto severities = severities_of(patient, gateway);
  CHECK(severities["gateway"] == "ok");
  CHECK(severities["port_holder"] == "ok");
  CHECK(severities["gateway_actors"] == "ok");
  CHECK_FALSE(severities.contains("line_baud")); // the gateway has the port
}

TEST_CASE("doctor: a gateway that tells nothing without a token is no stranger at its port") {
  examined patient{"[[mesh]]\nserial = \"FOLDER/root\"\nlisten = \"127.0.0.1:0\"\n"
                   "[web]\ntokens = \"FOLDER/tokens.json\"\n"};
  auto made =
      run_xylem({"token", "create", "panel", "--scope", "read", "--file", patient / "tokens.json"},
                patient.folder().path());
  REQUIRE_MESSAGE(made.code == 0, made.err);
  simulated root{patient, {}};
  gateway_process gateway{patient.folder(), {"--config", patient / "xylem.toml"}};
  gateway.await_log("port opened");
  auto severities = severities_of(patient, gateway);
  CHECK(severities["gateway"] == "note");
  CHECK(severities["port_holder"] == "ok");
  CHECK(severities["secret_file"] == "ok");
}
