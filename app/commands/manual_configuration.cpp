// xylem.toml(5).
#include "app/commands/manual.hpp"

#include "app/commands/roff.hpp"
#include "app/config/keys.hpp"

namespace xylem {

namespace {

template <class Target>
void write_keys(roff_page& page, const key_table<Target>& keys) {
  for (const auto& key : keys) {
    page.entry(key.name, " = " + key.show(Target{}), key.doc);
    page.next_paragraph_of_entry("Expected: " + key.expected
                                 + (key.examples.empty() ? "" : ", " + key.examples) + ".");
  }
}

template <class Target>
void write_section(roff_page& page, const std::string& heading, const std::string& what,
                   const key_table<Target>& keys) {
  page.subsection(heading);
  page.paragraph(what);
  write_keys(page, keys);
}

void write_form(roff_page& page) {
  page.section("DESCRIPTION");
  page.paragraph("The configuration of a gateway (xylem-run(1)) and of a monitor "
                 "(xylem-monitor(1)), in TOML. What is not in it has its default, which stands "
                 "behind each key below. Unknown keys and wrong values are errors; "
                 "\"xylem check FILE\" tells all of them with their lines.");
  page.paragraph("The environment goes before the file, --set before both. \"mesh\" is the first "
                 "mesh, the next ones have a number:");
  page.example("XYLEM_LOG__LEVEL=debug XYLEM_MESH__1__SERIAL=/dev/ttyUSB1\n"
               "xylem run --config FILE --set log.level=debug --set mesh.1.baud=57600");
}

void write_sections(roff_page& page) {
  page.section("KEYS");
  write_section(page, "At the top", "Before the first section.", top_level_keys());
  write_section(page, "[[mesh]]", "A root on a serial port; once for each.", mesh_keys());
  write_section(page, "[[mesh.data_type]]",
                "A data type that people can read; once for each, behind its mesh.",
                data_type_keys());
  write_section(page, "fields of [[mesh.data_type]]",
                "A list of tables, such as {name = \"celsius\", type = \"i16\", scale = 0.01}; "
                "fields follow each other in the message.",
                data_field_keys());
  write_section(page, "[events]", "Events that listeners and monitors get, of all meshes.",
                event_keys());
  write_section(page, "[web]", "The port for browsers, programs and Prometheus, of all meshes.",
                web_keys());
  write_section(page, "[recorder]", "What outlives a restart, in the state_dir.", recorder_keys());
  write_section(page, "[monitor]", "Monitors on other machines.", monitor_keys());
  write_section(page, "allow of [monitor]",
                "A list of tables, such as {name = \"office\", scopes = [\"read\", \"command\"]}; "
                "a monitor that is not in it may not follow. SIGHUP reads it again.",
                allowed_monitor_keys());
  page.entry("scopes", " = [\"read\"]", "What it may do: read, or read and command.");
  write_section(page, "[[gateway]]", "A gateway that xylem-monitor(1) follows; once for each.",
                followed_gateway_keys());
  write_section(page, "[log]", "What the gateway says about itself.", log_keys());
}

void write_end(roff_page& page) {
  page.section("FILES");
  page.entry("/etc/xylem/xylem.toml", "",
             "That of the service. It has every key as a comment, with its default.");
  page.section("EXAMPLES");
  page.example("state_dir = \"/var/lib/xylem\"\n\n[[mesh]]\nname = \"field\"\n"
               "serial = \"/dev/xylem-root\"\n\n[log]\nlevel = \"warning\"");
  page.section("SEE ALSO");
  page.paragraph("xylem(1), xylem-run(1), xylem-check(1), xylem-monitor(1)");
}

} // namespace

manual_page configuration_page() {
  roff_page page{"xylem.toml", 5, "configuration of xylem"};
  write_form(page);
  write_sections(page);
  write_end(page);
  return {"xylem.toml", 5, page.text()};
}

} // namespace xylem
