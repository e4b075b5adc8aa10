#include "protocol/gateway_findings.hpp"
#include "protocol/host_findings.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace xylem;

namespace {

const typist user{};
const typist root{true};
const account pi{"pi", 1000, {1000}, {1000}};
const account dialer{"pi", 1000, {1000, 20}, {1000, 20}};
const owned_file port{"/dev/ttyUSB0", 0, 20, "root", "dialout", 0660};
const configured_port there{"field", "/dev/ttyUSB0", "/dev/ttyUSB0", {"/dev/ttyUSB0"}, {}};
const wall_time today{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

owned_file folder(const std::string& path, std::uint32_t mode, std::uint32_t owner = 0) {
  return {path, owner, owner, owner == 0 ? "root" : "pi", owner == 0 ? "root" : "pi", mode};
}

const finding& one(const std::vector<finding>& all, std::string_view id) {
  auto found = std::ranges::find(all, id, &finding::id);
  REQUIRE(found != all.end());
  return *found;
}

} // namespace

TEST_CASE("the worst severity of several findings counts, and nothing is ok") {
  CHECK(worst_of({}) == severity::ok);
  std::vector<finding> all{{.id = "a", .level = severity::note}, {.id = "b"}};
  CHECK(worst_of(all) == severity::note);
}

TEST_CASE("a word of a shell is quoted when it must be") {
  CHECK(shell_word("/dev/ttyUSB0") == "/dev/ttyUSB0");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's; rm -rf /") == "'it'\\''s; rm -rf /'");
  CHECK(shell_word("") == "''");
}

TEST_CASE("root needs no sudo") {
  CHECK(user.as_root("kill 1") == "sudo kill 1");
  CHECK(root.as_root("kill 1") == "kill 1");
}

TEST_CASE("permissions count as the kernel counts them: owner, else group, else others") {
  CHECK(may(dialer, port, file_right::read_and_write));
  CHECK_FALSE(may(pi, port, file_right::read));
  CHECK(may({"root", 0, {}, {}}, port, file_right::use));
  auto own = folder("/x", 0077, 1000);
  CHECK_FALSE(may(pi, own, file_right::read)); // its owner has fewer rights than others
}

TEST_CASE("who is not in the port's group is told the command with group and name") {
  auto told = judge_port_access(there, port, pi, user);
  CHECK(told.level == severity::error);
  CHECK(told.command == "sudo usermod -aG dialout pi");
  CHECK(told.evidence == "/dev/ttyUSB0 is root:dialout 0660");
  CHECK(judge_port_access(there, port, dialer, user).level == severity::ok);
}

TEST_CASE("who joined the group after the login has to log in again, no command helps") {
  account late{"pi", 1000, {1000}, {1000, 20}};
  auto told = judge_port_access(there, port, late, user);
  CHECK(told.level == severity::error);
  CHECK(told.command.empty());
  CHECK(told.advice.starts_with("log out and in again"));
}

TEST_CASE("a port whose group has no rights is given to the user") {
  auto told = judge_port_access(there, {"/dev/pts/3", 0, 5, "root", "tty", 0600}, pi, root);
  CHECK(told.command == "chown pi /dev/pts/3 && chmod u+rw /dev/pts/3");
}

TEST_CASE("a numbered port with a name of its own is to be called by that name") {
  auto named = there;
  named.own_names = {"/dev/serial/by-id/usb-Espressif"};
  auto told = judge_port_name(named, "edit it");
  CHECK(told.level == severity::warning);
  CHECK(told.command == "edit it");
  CHECK(judge_port_name(there, {}).level == severity::note);
  CHECK(judge_port_name({"m", "/dev/xylem-root"}, {}).level == severity::ok);
}

TEST_CASE("a file that is no serial port is told, and nobody who has it open is ended") {
  auto null = there;
  null.is_serial = false;
  CHECK(judge_port_exists(null, {}).level == severity::error);
}

TEST_CASE("a port that is missing is told with those that are there") {
  configured_port missing{"field", "/dev/ttyUSB7"};
  auto told = judge_port_exists(missing, {{"/dev/ttyACM0"}, {}});
  CHECK(told.level == severity::error);
  CHECK(told.evidence == "there is /dev/ttyACM0");
  CHECK(judge_port_exists({"m", "/dev/serial/by-id/*"}, {}).statement
        == "/dev/serial/by-id/* matches no port");
}

TEST_CASE("who holds the port is ended in the way that lasts") {
  auto command = [](process_fact who) {
    return judge_port_holder(there, {std::move(who)}, {}, user).command;
  };
  CHECK(command({7, "minicom", ""}) == "sudo kill 7");
  CHECK(command({7, "xylem", "xylem.service"}) == "sudo systemctl stop xylem.service");
  CHECK(command({1, "systemd", ""}).empty()); // nobody ends that
  CHECK(command({7, "ModemManager", "ModemManager.service"})
        == "sudo systemctl disable --now ModemManager.service");
  CHECK(judge_port_holder(there, {{7, "xylem", ""}}, {7}, user).level == severity::ok);
  CHECK(judge_port_holder(there, {}, {}, user).level == severity::ok);
}

TEST_CASE("a clock that is not synchronised is a warning, one that was never set an error") {
  CHECK(judge_clock({true, today}, user).level == severity::ok);
  auto told = judge_clock({false, today}, user);
  CHECK(told.level == severity::warning);
  CHECK(told.command == "sudo timedatectl set-ntp true");
  CHECK(judge_clock({true, wall_time{}}, user).level == severity::error);
}

TEST_CASE("a full disk is told, with the removal of what was set aside") {
  disk_fact disk{.path = "/var/lib/xylem", .free_bytes = 4096, .total_bytes = 1 << 30};
  disk.database_limit = 1 << 20;
  CHECK(one(judge_disk(disk, root), "disk_space").level == severity::error);
  disk.set_aside = {"/var/lib/xylem/history.db.corrupt-1"};
  CHECK(one(judge_disk(disk, root), "disk_space").command
        == "rm -- /var/lib/xylem/history.db.corrupt-1");
}

TEST_CASE("a record that may outgrow its disk is a warning") {
  disk_fact disk{.path = "/s", .free_bytes = 1ULL << 30, .total_bytes = 1ULL << 32};
  disk.database_limit = 2ULL << 30;
  CHECK(one(judge_disk(disk, root), "disk_budget").level == severity::warning);
  disk.database_bytes = 1ULL << 30;
  CHECK(one(judge_disk(disk, root), "disk_budget").level == severity::ok);
  disk.database_limit = 0;
  CHECK(one(judge_disk(disk, root), "disk_budget").level == severity::warning);
}

TEST_CASE("a state_dir is repaired where it is blocked, but no folder that others use, too") {
  folder_fact state{
      "/srv/a", true, false, {folder("/", 0755), folder("/srv", 0755), folder("/srv/a", 0700)}};
  auto told = judge_state_dir(state, pi, user);
  CHECK(told.level == severity::error);
  CHECK(told.command == "sudo chown -R pi: /srv/a && sudo chmod u+rwx /srv/a");
  state.way[2] = folder("/srv/a", 0700, 1000);
  CHECK(judge_state_dir(state, pi, user).level == severity::ok);
  state.way[1].mode = 0700;
  CHECK(judge_state_dir(state, pi, user).command.empty());
  CHECK(judge_state_dir(state, pi, user).advice
        == "set state_dir to a folder of its own elsewhere, such as /var/lib/xylem: others use /srv, "
           "too");
}

TEST_CASE("a state_dir that is missing is made by root, unless it can be made at the start") {
  folder_fact state{"/srv/a", false, false, {folder("/", 0755), folder("/srv", 0755)}};
  CHECK(judge_state_dir(state, pi, root).command == "install -d -m 0700 -o pi /srv/a");
  state.way[1] = folder("/srv", 0755, 1000);
  CHECK(judge_state_dir(state, pi, root).level == severity::ok);
}

TEST_CASE("a key that others may read is told, and one that its gateway cannot") {
  secret_fact key{"web.key", folder("/k", 0644, 1000), true, {}};
  CHECK(judge_secret(key, pi, root).command == "chmod 0600 /k");
  key.file = folder("/k", 0600);
  CHECK(judge_secret(key, pi, root).command == "chown pi /k");
  key.file = folder("/k", 0640); // which pi may read as one of its group
  CHECK(judge_secret(key, pi, root).command == "chown pi /k && chmod 0600 /k");
  key.file = folder("/k", 0600, 1000);
  CHECK(judge_secret(key, pi, root).level == severity::ok);
}

TEST_CASE("an address that is taken is told with its holder, unless that is the gateway") {
  listener_fact web{"web.listen", "127.0.0.1:7654", {{9, "nginx", "nginx.service"}}, true, {}};
  CHECK(judge_listener(web, {}, user).command == "sudo systemctl stop nginx.service");
  CHECK(judge_listener(web, {8, 9}, user).level == severity::ok);
  web.edit = "sed";
  CHECK(judge_listener(web, {}, user).command == "sed");
  CHECK(judge_listener({"web.listen", "127.0.0.1:7654"}, {}, user).level == severity::ok);
}

TEST_CASE("an address whose holder nobody may see is no fault where a gateway runs") {
  listener_fact web{"web.listen", "127.0.0.1:7654", {}, true, "sed"};
  CHECK(judge_listener(web, {8}, user).level == severity::ok);
  CHECK(judge_listener(web, {}, user).level == severity::warning);
}

TEST_CASE("an address at which systemd listens for the gateway is no fault") {
  listener_fact web{"web.listen", "127.0.0.1:7654", {{1, "systemd", ""}}, true, {}};
  CHECK(judge_listener(web, {}, user).level == severity::ok);
}

TEST_CASE("a certificate is told 30 days before its end, with the command of its authority") {
  certificate_fact node{"monitor.certificate",
                        "/p/north.pem",
                        {},
                        "north",
                        "ours",
                        today - std::chrono::days{400},
                        today + std::chrono::days{31},
                        "/p"};
  CHECK(judge_certificate(node, today, user).level == severity::ok);
  CHECK(judge_certificate(node, today + std::chrono::days{2}, user).level == severity::warning);
  auto over = judge_certificate(node, today + std::chrono::days{40}, user);
  CHECK(over.level == severity::error);
  CHECK(over.command == "xylem pki issue --force --dir /p north");
  node.authority_folder.clear();
  CHECK(judge_certificate(node, today + std::chrono::days{40}, user).command.empty());
}

TEST_CASE("limits that are too low are told with commands that raise them") {
  limit_fact limits{.files = 1024, .wanted_files = 2112, .has_service = true};
  limits.can_watch = false;
  auto told = judge_limits(limits, root);
  CHECK(one(told, "limit_files").command.find("LimitNOFILE=2112") != std::string::npos);
  CHECK(one(told, "limit_inotify").command.starts_with("sysctl -w fs.inotify.max_user_instances="));
  limits = {.files = 4096, .wanted_files = 2112};
  CHECK(worst_of(judge_limits(limits, root)) == severity::ok);
}

TEST_CASE("a gateway is judged by its own status") {
  std::ifstream file{XYLEM_SOURCE_DIR "/tests/data/status.json"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto told = judge_gateway(boost::json::parse(text));
  CHECK(one(told, "gateway_state").level == severity::ok);
  CHECK(one(told, "gateway_incidents").evidence == "node_cache/default: killed");
  CHECK(one(told, "gateway_record").level == severity::note); // 20 events were not recorded
  auto down = std::ranges::find(told, "barn", &finding::subject);
  REQUIRE(down != told.end());
  CHECK(down->id == "gateway_link");
  CHECK(down->level == severity::error);
}

TEST_CASE("parked and silent actors, silent and noisy links are told") {
  auto told = judge_gateway(boost::json::parse(R"({"state": "degraded",
    "actors": [{"name": "web_server", "state": "parked", "waits_for": "too many restarts"}],
    "silent_actors": ["event_hub"],
    "meshes": [{"name": "a", "link": {"state": "silent"}},
      {"name": "b", "link": {"state": "noisy"}}]})"));
  CHECK(one(told, "gateway_state").level == severity::warning);
  CHECK(one(told, "gateway_actors").evidence
        == "web_server is parked: too many restarts; event_hub does not answer");
  CHECK(one(told, "line_silent").subject == "a");
  CHECK(one(told, "line_noise").subject == "b");
}

TEST_CASE("a status that says nothing, or nonsense, is judged without a crash") {
  for (auto text :
       {"{}", "[]", "null", R"({"actors": 5, "meshes": [1, {"link": []}]})",
        R"({"incidents": {"recent": "x"}, "recorder": {"events": {"not_recorded": -1}}})"})
    CHECK_FALSE(judge_gateway(boost::json::parse(text)).empty());
}
