#pragma once

#include "gateway_process.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

namespace xylem::testing {

using words = std::vector<std::string>;

inline void run_well(const words& arguments, const temp_folder& folder) {
  auto end = run_xylem(arguments, folder.path());
  REQUIRE_MESSAGE(end.code == 0, end.err);
}

/// An authority with certificates for a gateway and for who follows it.
struct authority {
  explicit authority(const temp_folder& in) : path{in / "pki"} {
    run_well({"pki", "init", "--dir", path}, in);
    for (auto name : {"north", "office", "central"})
      run_well({"pki", "issue", "--dir", path, name}, in);
  }

  std::string path;
};

/// A gateway with a record, that `office` may follow.
struct followed_process {
  followed_process()
      : gateway{folder,
                {"--serial", plugged(), "--listen", "127.0.0.1:0", "--set", "mesh.transmit=stream",
                 "--set", "mesh.name=field", "--set", "monitor.listen=127.0.0.1:0", "--set",
                 "monitor.authority=" + pki.path + "/ca.pem", "--set",
                 "monitor.certificate=" + pki.path + "/north.pem", "--set",
                 "monitor.key=" + pki.path + "/north.key", "--set",
                 R"(monitor.allow=[{name="office", scopes=["command"]}])"},
                {"field"}} {
    root.await_command(ninfo);
    await("the gate listens", [this] { return reads_port(); });
  }

  std::string plugged() {
    root.plug();
    return root.link();
  }

  /// `… msg="listening for monitors" host=127.0.0.1 port=40001`, once its line is complete.
  bool reads_port() {
    auto text = gateway.log();
    auto found = text.find("msg=\"listening for monitors\"");
    auto mark = text.find(" port=", found);
    if (found == std::string::npos || text.find('\n', found) == std::string::npos)
      return false;
    port = std::stoul(text.substr(mark + 6));
    return true;
  }

  words monitor(const words& more) const {
    words all{"monitor", "127.0.0.1:" + std::to_string(port), "--pki", pki.path, "--name",
              "office"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  temp_folder folder;
  authority pki{folder};
  pty_root root{folder / "root"};
  gateway_process gateway;
  unsigned long port = 0;
};

} // namespace xylem::testing
