#include "app/commands/pki.hpp"

#include "app/pki/issued_index.hpp"
#include "command_fixture.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <set>

#include <sys/stat.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

using days = std::chrono::days;

wall_time this_second() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

struct done {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// A folder for an authority, and the commands as they are given at a moment.
struct authority_bench {
  authority_bench() { REQUIRE(init().exit_code == 0); }

  std::string path(const std::string& name) const { return dir + "/" + name; }

  done run(int (*command)(const pki_arguments&, const console&), const pki_arguments& what) const {
    std::ostringstream out;
    std::ostringstream err;
    auto code = command(what, {out, err, now});
    return {code, out.str(), err.str()};
  }

  done init(const std::string& name = "farm") const {
    return run(run_pki_init, {dir, name, pki::authority_lifetime});
  }

  done issue(const std::string& name, pki::existing files = pki::existing::keep,
             pki::certificate_use use = pki::certificate_use::node,
             days lifetime = pki::certificate_lifetime) const {
    return run(run_pki_issue, {dir, name, lifetime, use, files});
  }

  done revoke(const std::string& what) const { return run(run_pki_revoke, {dir, what}); }

  done list(output_format format = output_format::text) const {
    return run(run_pki_list, {.folder = dir, .format = format});
  }

  std::vector<pki::listed_certificate> listed() const { return pki::authority_folder{dir}.list(); }

  temp_folder folder{};
  std::string dir = folder / "pki";
  wall_time now = this_second();
};

std::string content_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

mode_t mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

std::string output_of(const std::string& line) {
  auto* pipe = popen((line + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  std::array<char, 4096> room{};
  while (auto count = fread(room.data(), 1, room.size(), pipe))
    out.append(room.data(), count);
  pclose(pipe);
  return out;
}

bool has_openssl() {
  return output_of("openssl version").starts_with("OpenSSL 3");
}

/// What the command says of a certificate of this authority.
std::string verified(const authority_bench& all, const std::string& name,
                     const std::string& options) {
  return output_of("openssl verify -x509_strict -CAfile '" + all.path("ca.pem") + "' " + options
                   + " '" + all.path(name + ".pem") + "'");
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("openssl finds a node's certificate good for both sides, a monitor's for one") {
  if (!has_openssl())
    return;
  authority_bench all;
  REQUIRE(all.issue("north").exit_code == 0);
  REQUIRE(all.issue("office", pki::existing::keep, pki::certificate_use::monitor).exit_code == 0);
  CHECK(contains(verified(all, "north", "-purpose sslserver"), "north.pem: OK"));
  CHECK(contains(verified(all, "north", "-purpose sslclient"), "north.pem: OK"));
  CHECK(contains(verified(all, "north", "-verify_hostname north"), "north.pem: OK"));
  CHECK(contains(verified(all, "north", "-verify_hostname south"), "hostname mismatch"));
  CHECK(contains(verified(all, "office", "-purpose sslclient"), "office.pem: OK"));
  CHECK(contains(verified(all, "office", "-purpose sslserver"), "unsuitable certificate purpose"));
}

TEST_CASE("an authority is made together with its first nodes") {
  authority_bench all;
  temp_folder elsewhere;
  auto made = all.run(run_pki_init, {.folder = elsewhere / "pki",
                                     .name = "farm",
                                     .lifetime = pki::authority_lifetime,
                                     .nodes = {"north", "office"}});
  CHECK(made.exit_code == 0);
  for (auto file : {"ca.pem", "north.pem", "north.key", "office.pem", "office.key"})
    CHECK(std::filesystem::exists(elsewhere / "pki/" + file));
}

TEST_CASE("openssl sees which certificates are revoked") {
  if (!has_openssl())
    return;
  authority_bench all;
  REQUIRE(all.issue("north").exit_code == 0);
  REQUIRE(all.issue("south").exit_code == 0);
  CHECK(all.revoke("south").exit_code == 0);
  auto with_list = "-crl_check -CRLfile '" + all.path("revoked.pem") + "'";
  CHECK(contains(verified(all, "north", with_list), "north.pem: OK"));
  CHECK(contains(verified(all, "south", with_list), "certificate revoked"));
}

TEST_CASE("openssl reads in a certificate what it may be used for") {
  if (!has_openssl())
    return;
  authority_bench all;
  REQUIRE(all.issue("north").exit_code == 0);
  auto authority = output_of("openssl x509 -noout -text -in '" + all.path("ca.pem") + "'");
  CHECK(contains(authority, "CA:TRUE, pathlen:0"));
  CHECK(contains(authority, "Certificate Sign, CRL Sign"));
  CHECK(contains(authority, "ASN1 OID: prime256v1"));
  auto north = output_of("openssl x509 -noout -text -in '" + all.path("north.pem") + "'");
  CHECK(contains(north, "Subject: CN = north"));
  CHECK(contains(north, "DNS:north"));
  CHECK(contains(north, "CA:FALSE"));
  CHECK(contains(north, "TLS Web Server Authentication, TLS Web Client Authentication"));
}

TEST_CASE("whatever the umask, only the owner may enter the folder and read a file") {
  auto before = umask(0);
  {
    authority_bench all;
    REQUIRE(all.issue("north").exit_code == 0);
    REQUIRE(all.revoke("north").exit_code == 0);
    CHECK(mode_of(all.dir) == 0700);
    std::set<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator{all.dir}) {
      CAPTURE(file.path().string());
      CHECK(mode_of(file.path().string()) == 0600);
      names.insert(file.path().filename().string());
    }
    CHECK(names
          == std::set<std::string>{"ca.key", "ca.pem", "issued.json", "north.key", "north.pem",
                                   "revoked.pem"});
  }
  umask(before);
}

TEST_CASE("a folder that others may enter, and a key that they may read, are refused") {
  authority_bench all;
  chmod(all.dir.c_str(), 0755);
  auto open_folder = all.issue("north");
  CHECK(open_folder.exit_code == 1);
  CHECK(contains(open_folder.err, "chmod 700 " + all.dir));
  chmod(all.dir.c_str(), 0700);
  chmod(all.path("ca.key").c_str(), 0640);
  auto open_key = all.issue("north");
  CHECK(open_key.exit_code == 1);
  CHECK(contains(open_key.err, "chmod 600 " + all.path("ca.key")));
}

TEST_CASE("nothing is overwritten unless it is asked for") {
  authority_bench all;
  auto authority = content_of(all.path("ca.pem"));
  auto again = all.init();
  CHECK(again.exit_code == 1);
  CHECK(contains(again.err, "has an authority already"));
  CHECK(content_of(all.path("ca.pem")) == authority);
  REQUIRE(all.issue("north").exit_code == 0);
  auto north = content_of(all.path("north.pem"));
  auto refused = all.issue("north");
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "--force"));
  CHECK(content_of(all.path("north.pem")) == north);
  CHECK(all.listed().size() == 1);
  CHECK(all.issue("north", pki::existing::replace).exit_code == 0);
  CHECK(content_of(all.path("north.pem")) != north);
  CHECK(all.listed().size() == 2);
}

TEST_CASE("a name that may not be is a usage error, and leaves nothing") {
  authority_bench all;
  for (auto name : {"", "ca", "revoked", "North", "a/b", "../x", "a b", "a,DNS:b", "ä"}) {
    CAPTURE(name);
    auto refused = all.issue(name);
    CHECK(refused.exit_code == 2);
    CHECK(!refused.err.empty());
  }
  CHECK(all.issue(std::string(65, 'x')).exit_code == 2);
  CHECK(all.listed().empty());
  temp_folder elsewhere;
  CHECK(all.run(run_pki_init, {elsewhere / "pki", "A Farm", days{1}}).exit_code == 2);
  CHECK(all.run(run_pki_init, {.folder = elsewhere / "pki",
                               .name = "farm",
                               .lifetime = days{1},
                               .nodes = {"north", "ca"}})
            .exit_code
        == 2);
  CHECK(!std::filesystem::exists(elsewhere / "pki"));
  CHECK(all.issue(std::string(64, 'x')).exit_code == 0);
}

TEST_CASE("an authority whose files are broken or missing says which") {
  authority_bench all;
  REQUIRE(all.issue("north").exit_code == 0);
  auto key = content_of(all.path("ca.key"));
  std::ofstream{all.path("ca.key")} << key.substr(0, key.size() / 2);
  auto broken = all.issue("south");
  CHECK(broken.exit_code == 1);
  CHECK(contains(broken.err, "ca.key: not a private key in PEM"));
  std::ofstream{all.path("ca.key")} << content_of(all.path("north.key"));
  auto foreign = all.issue("south");
  CHECK(foreign.exit_code == 1);
  CHECK(contains(foreign.err, "does not belong to its certificate"));
  std::filesystem::remove(all.path("ca.key"));
  auto missing = all.list();
  CHECK(missing.exit_code == 1);
  CHECK(contains(missing.err, "ca.key is missing"));
  CHECK(all.run(run_pki_list, {all.folder / "nowhere"}).exit_code == 1);
}

TEST_CASE("a broken index or list of revoked certificates stops everything, and is left alone") {
  authority_bench all;
  REQUIRE(all.issue("north").exit_code == 0);
  std::ofstream{all.path("revoked.pem")} << "nonsense";
  CHECK(all.revoke("north").exit_code == 1);
  CHECK(contains(all.list().err, "revoked.pem: not a list of revoked certificates"));
  CHECK(content_of(all.path("revoked.pem")) == "nonsense");
  std::filesystem::remove(all.path("revoked.pem"));
  std::ofstream{all.path("issued.json")} << R"({"issued": [{"name": "north"}]})";
  auto refused = all.issue("south");
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "issued.json: issued[0] is no certificate"));
  CHECK(!std::filesystem::exists(all.path("south.pem")));
}

TEST_CASE("a list that another authority has signed is not taken over") {
  authority_bench one;
  authority_bench other;
  REQUIRE(other.issue("north").exit_code == 0);
  REQUIRE(other.revoke("north").exit_code == 0);
  std::filesystem::copy(other.path("revoked.pem"), one.path("revoked.pem"));
  CHECK(contains(one.list().err, "of another authority"));
}

TEST_CASE("revoking a name ends all its certificates, also those that were replaced") {
  authority_bench all;
  REQUIRE(all.issue("north").exit_code == 0);
  REQUIRE(all.issue("north", pki::existing::replace).exit_code == 0);
  REQUIRE(all.issue("south").exit_code == 0);
  CHECK(all.revoke("north").exit_code == 0);
  REQUIRE(all.issue("north", pki::existing::replace).exit_code == 0);
  auto listed = all.listed();
  REQUIRE(listed.size() == 4);
  CHECK(listed[0].revoked == all.now);
  CHECK(listed[1].revoked == all.now);
  CHECK(!listed[2].revoked);
  CHECK(!listed[3].revoked); // issued afterwards
}

TEST_CASE("revoking a serial number ends this certificate alone, and once") {
  authority_bench all;
  REQUIRE(all.issue("north").exit_code == 0);
  REQUIRE(all.issue("north", pki::existing::replace).exit_code == 0);
  auto old = all.listed().front().about.serial;
  CHECK(old.size() == 32);
  auto first = all.revoke(old);
  CHECK(first.exit_code == 0);
  CHECK(first.out == "north (serial " + old + ") is revoked\n");
  CHECK(contains(first.err, "revoked.pem"));
  auto again = all.revoke(old);
  CHECK(again.exit_code == 0);
  CHECK(again.out == "That was revoked before.\n");
  CHECK(all.listed()[0].revoked.has_value());
  CHECK(!all.listed()[1].revoked);
  auto unknown = all.revoke("west");
  CHECK(unknown.exit_code == 1);
  CHECK(contains(unknown.err, "no certificate was issued for west"));
}

TEST_CASE("no two certificates have one serial number") {
  pki::authority made{pki::authority::create("farm", this_second())};
  std::set<std::string> serials;
  for (auto i = 0; i < 50; ++i)
    serials.insert(made.issue("n", pki::certificate_use::node, this_second()).about.serial);
  CHECK(serials.size() == 50);
}

TEST_CASE(
    "a certificate is valid a while back, for its days, and never longer than its authority") {
  authority_bench all;
  REQUIRE(all.issue("a", pki::existing::keep, pki::certificate_use::node, days{3}).exit_code == 0);
  REQUIRE(all.issue("b", pki::existing::keep, pki::certificate_use::node, days{9999}).exit_code
          == 0);
  auto listed = all.listed();
  CHECK(listed[0].about.not_before == all.now - 1h);
  CHECK(listed[0].about.not_after == all.now + days{3});
  CHECK(listed[1].about.not_after == all.now + pki::authority_lifetime);
  all.now += pki::authority_lifetime + 1s;
  CHECK(contains(all.issue("c").err, "the authority has expired"));
}

TEST_CASE("the list tells what has become of each certificate") {
  authority_bench all;
  auto issued = all.now;
  for (auto name : {"a", "b", "c"})
    REQUIRE(all.issue(name).exit_code == 0);
  REQUIRE(all.issue("d", pki::existing::keep, pki::certificate_use::monitor, days{900}).exit_code
          == 0);
  REQUIRE(all.revoke("b").exit_code == 0);
  auto states = [&] {
    auto root = boost::json::parse(all.list(output_format::json).out);
    std::vector<std::string> found;
    for (const auto& one : root.at("certificates").as_array())
      found.emplace_back(one.at("state").as_string());
    return found;
  };
  using list = std::vector<std::string>;
  CHECK(states() == list{"valid", "revoked", "valid", "valid"});
  all.now = issued + pki::certificate_lifetime - days{7};
  CHECK(states() == list{"expiring", "revoked", "expiring", "valid"});
  CHECK(contains(all.list().out, "expires in 7 days"));
  all.now = issued + pki::certificate_lifetime - 1s;
  CHECK(contains(all.list().out, "expires in 1 day\n"));
  all.now = issued + pki::certificate_lifetime + 1s;
  CHECK(states() == list{"expired", "revoked", "expired", "valid"});
  all.now = issued - days{1};
  CHECK(states() == list{"not_yet_valid", "revoked", "not_yet_valid", "not_yet_valid"});
}

TEST_CASE("the list is a table with the authority first") {
  authority_bench all;
  all.now = test_time;
  std::filesystem::remove_all(all.dir);
  REQUIRE(all.init().exit_code == 0);
  REQUIRE(all.issue("office", pki::existing::keep, pki::certificate_use::monitor).exit_code == 0);
  auto serial = all.listed()[0].about.serial;
  auto text = all.list().out;
  CHECK(text.starts_with("NAME    SERIAL                            USE        NOT BEFORE"));
  CHECK(contains(text, "authority  2023-11-14T21:13:20Z  2033-11-11T22:13:20Z  valid\n"));
  CHECK(contains(text, "office  " + serial
                           + "  monitor    2023-11-14T21:13:20Z  2026-02-16T22:13:20Z  valid\n"));
}

TEST_CASE("the index comes back as it was written, and nothing else is one") {
  std::vector<pki::issued_certificate> all{
      {"north", "0aff", pki::certificate_use::node, test_time, test_time + 1h},
      {"office", "0b", pki::certificate_use::monitor, test_time, test_time}};
  CHECK(pki::parse_issued(pki::to_text(all)) == all);
  CHECK(pki::parse_issued(pki::to_text({})).empty());
  CHECK(pki::parse_issued(" \n").empty());
  auto text = pki::to_text(all);
  for (std::size_t size = 1; size + 2 < text.size(); ++size)
    CHECK_THROWS_AS(pki::parse_issued(text.substr(0, size)), std::runtime_error);
  for (auto wrong : {"[]", "{}", R"({"issued": {}})", R"({"issued": [1]})"})
    CHECK_THROWS_AS(pki::parse_issued(wrong), std::runtime_error);
}
