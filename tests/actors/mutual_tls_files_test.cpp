#include "actors/remote/certificate_watch.hpp"
#include "actors/remote/pem_file.hpp"
#include "tests/actors/tls_bench.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

using pki::certificate_use;
using days = std::chrono::days;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string refusal(const tls_files& files, const clock_source& clock) {
  try {
    mutual_tls made{files, clock};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "taken";
}

} // namespace

TEST_CASE("a key that others may read is refused with the command that mends it") {
  tls_bench all;
  auto files = all.node("north");
  for (auto mode : {0644U, 0640U, 0604U, 0610U}) {
    chmod(files.key.c_str(), mode);
    CHECK(refusal(files, all.clock)
          == files.key + " may be read by others: chmod 600 " + files.key);
  }
  for (auto mode : {0600U, 0400U}) {
    chmod(files.key.c_str(), mode);
    CHECK(refusal(files, all.clock) == "taken");
  }
}

TEST_CASE("each file that is missing, broken or another one has a sentence that names it") {
  tls_bench all;
  tls_bench other;
  const auto good = all.node("north");
  const auto south = all.node("south");
  const auto foreign = other.node("north");
  const auto noise = all.folder.write("noise", "noise");
  chmod(noise.c_str(), 0600);
  const auto nowhere = all.folder / "nowhere";
  struct {
    tls_files files;
    std::string said;
  } cases[] = {
      {{nowhere, good.certificate, good.key}, nowhere + ": No such file or directory"},
      {{good.authority, nowhere, good.key}, nowhere + ": No such file or directory"},
      {{good.authority, good.certificate, nowhere}, nowhere + ": No such file or directory"},
      {{noise, good.certificate, good.key}, noise + ": not a certificate in PEM"},
      {{good.authority, noise, good.key}, noise + ": not a certificate in PEM"},
      {{good.authority, good.certificate, noise},
       noise + ": not a private key in PEM without a passphrase"},
      {{all.folder.path(), good.certificate, good.key}, all.folder.path() + ": not a regular file"},
      {{good.certificate, good.certificate, good.key},
       good.certificate + ": not the certificate of an authority"},
      {{good.authority, good.certificate, south.key},
       south.key + ": does not belong to the certificate in " + good.certificate},
      {{foreign.authority, good.certificate, good.key},
       good.certificate + ": was not issued by the authority in " + foreign.authority},
  };
  for (const auto& one : cases)
    CHECK(refusal(one.files, all.clock) == one.said);
  CHECK(refusal(good, all.clock) == "taken");
}

TEST_CASE("a certificate out of its time is told with the time that this machine takes it to be") {
  tls_bench all;
  auto files = all.node("north");
  all.clock.wall += days{1} + 1s;
  CHECK(refusal(files, all.clock)
        == files.certificate
               + ": the certificate of north has expired at 2023-11-15T22:13:20.000Z, and this"
                 " machine takes it to be 2023-11-15T22:13:21.000Z");
  all.clock.wall = tls_test_time - 2h;
  CHECK(contains(refusal(files, all.clock), "the certificate of north is valid from"));
  all.clock.wall = wall_time{};
  CHECK(contains(refusal(files, all.clock),
                 "ca.pem: the certificate of the authority is valid from"));
}

TEST_CASE("a node that is revoked itself, or whose list is broken, does not begin") {
  tls_bench all;
  auto files = all.node("north");
  all.revoke({"north"});
  CHECK(contains(refusal(files, all.clock), "the certificate of north was revoked"));
  all.folder.write("revoked.pem", "");
  CHECK(contains(refusal(files, all.clock), "revoked.pem is no list"));
}

TEST_CASE("the files are watched: what they hold, until when, and that they are others now") {
  tls_bench all;
  auto files = all.node("north");
  certificate_watch watch{files};
  CHECK(watch.refresh());
  auto states = watch.states();
  REQUIRE(states.size() == 2);
  CHECK(states[0].file == files.authority);
  CHECK(states[0].subject == "farm");
  CHECK(states[1] == certificate_state{files.certificate, "north", tls_test_time + days{1}});
  CHECK_FALSE(watch.refresh());
  all.node("north", certificate_use::node, tls_test_time, days{5});
  CHECK(watch.refresh());
  CHECK(watch.states()[1].not_after == tls_test_time + days{5});
  std::filesystem::remove(files.certificate);
  CHECK(watch.refresh());
  CHECK(contains(watch.states()[1].problem, "No such file"));
}
