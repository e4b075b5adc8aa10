// Prints a line when a reading exceeds a value, and when a gateway is lost or is back.
//   alarm PKI_FOLDER NAME TYPE FIELD LIMIT HOST:PORT…
#include "app/monitor/monitor_node.hpp"

#include <iostream>

using namespace xylem;

int main(int argc, char** argv) try {
  if (argc < 7) {
    std::cerr << "usage: alarm PKI_FOLDER NAME TYPE FIELD LIMIT HOST:PORT...\n";
    return 2;
  }
  const std::string folder = argv[1] + std::string{"/"}, name = argv[2], type = argv[3];
  const std::string field = argv[4];
  const auto limit = std::stod(argv[5]);
  gateway_settings settings;
  settings.web.enabled = false;
  settings.monitor.authority = folder + "ca.pem";
  settings.monitor.certificate = folder + name + ".pem";
  settings.monitor.key = folder + name + ".key";
  for (std::string_view where : std::span{argv + 6, argv + argc}) {
    auto colon = where.rfind(':');
    auto port = static_cast<std::uint16_t>(std::stoul(std::string{where.substr(colon + 1)}));
    settings.gateways.push_back({"", {std::string{where.substr(0, colon)}, port}});
  }
  logger log{standard_log(settings.log)};
  monitor_node node{settings, log};
  node.on_event([&](const followed_event& it) {
    if (to_string(it.what.code) == type && it.number(field).value_or(limit) > limit)
      std::cout << it.mesh << " node " << it.what.node.value << ": " << it.text() << std::endl;
  });
  node.on_change([](const gateway_change& it) {
    std::cout << it.gateway << " is " << to_string(it.state) << ' ' << it.reason << std::endl;
  });
  node.run();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
