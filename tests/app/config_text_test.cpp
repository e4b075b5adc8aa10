#include "app/config/configuration_text.hpp"

#include "app/config/configuration.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

gateway_settings load(const std::string& text) {
  auto loaded = load_configuration({"x.toml", text, {}, {}});
  if (auto problems = std::get_if<configuration_problems>(&loaded))
    FAIL(describe(problems->front(), text));
  return std::get<gateway_settings>(loaded);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string rich = R"(state_dir = "/var/lib/xylem"
[web]
listen = "192.168.7.7:7654"
insecure = true
origins = "https://farm.example:8443, http://[fd00::7]"
tokens = "/etc/xylem/tokens.json"
[[mesh]]
name = "north"
serial = "tcp://bridge.farm.example:4000"
listen = "farm.example:5001"
insecure = true
[[mesh.data_type]]
name = "TMP"
fields = [{ name = "celsius", type = "i16", scale = 0.1 }, { name = "note", type = "text" }]
[[mesh]]
name = "south"
serial = "tcp://other.farm.example:4000"
listen = "0.0.0.0:5002"
insecure = true
)";

} // namespace

TEST_CASE("the configuration that is shown loads again, and shows the same") {
  auto shown = shown_configuration(load(rich));
  CHECK(shown_configuration(load(shown)).size() == shown.size());
  auto plain = shown_configuration(load("[[mesh]]\nserial = \"/dev/ttyUSB0\"\n"));
  CHECK(shown_configuration(load(plain)) == plain);
  auto again = load(shown);
  CHECK(again.meshes.at(0).data_types.at(0).fields.size() == 2);
  CHECK(again.meshes.at(0).data_types.at(0).fields.at(0).scale == 0.1);
}

TEST_CASE("hosts of other machines are redacted, paths and loopback are not") {
  auto shown = shown_configuration(load(rich));
  for (auto secret : {"farm", "bridge", "192.168", "fd00"})
    CHECK_FALSE(has(shown, secret));
  CHECK(has(shown, "serial = \"tcp://redacted-"));
  CHECK(has(shown, "listen = \"0.0.0.0:5002\""));
  CHECK(has(shown, "tokens = \"/etc/xylem/tokens.json\""));
  CHECK(has(shown, ":8443"));
  auto plain = shown_configuration(load("[[mesh]]\nserial = \"/dev/ttyUSB0\"\n"));
  CHECK(has(plain, "serial = \"/dev/ttyUSB0\""));
  CHECK(has(plain, "listen = \"127.0.0.1:5001\""));
}
