#include "app/config/key_kinds.hpp"

#include "protocol/monitor_names.hpp"

namespace xylem {

namespace {

namespace kinds = key_kinds;

constexpr std::size_t longest_path = 4096;
constexpr auto node_name_expected = "1 to 64 of a-z, 0-9, ., _ and -";

bool is_node_name_or_empty(std::string_view text) {
  return text.empty() || is_node_name(text);
}

/// Stands between quotes in a file as it is.
bool is_path(std::string_view text) {
  auto is_plain = [](char c) {
    return (c < 0 || c >= ' ') && c != 0x7F && c != '"' && c != '\\';
  };
  return text.empty()
         || (text.front() == '/' && text.size() <= longest_path && std::ranges::all_of(text, is_plain));
}

configuration_key<monitor_settings> file_key(std::string name, std::string monitor_settings::*member,
                                             std::string doc) {
  return kinds::text<monitor_settings>(std::move(name), member, "an absolute path, or empty",
                                       is_path, std::move(doc));
}

} // namespace

const key_table<monitor_settings>& monitor_keys() {
  using monitor = monitor_settings;
  static const key_table<monitor> keys{
      kinds::text<monitor>("name", &monitor::name, node_name_expected + std::string{", or empty"},
                           is_node_name_or_empty,
                           "What others call this node; empty: as its certificate does."),
      kinds::optional_address<monitor>(
          "listen", &monitor::listen,
          "Monitors connect to it, by TLS; empty: nobody may follow; port 0: the system chooses."),
      file_key("authority", &monitor::authority,
               "PEM file with the certificate of the authority that signs those of all nodes."),
      file_key("certificate", &monitor::certificate, "PEM file with the certificate of this node."),
      file_key("key", &monitor::key, "PEM file with its private key."),
      kinds::count<monitor>("connections", &monitor::connections, {1, 1024}, "connections",
                            "Monitors at a time; one more is refused."),
  };
  return keys;
}

const key_table<allowed_monitor>& allowed_monitor_keys() {
  static const key_table<allowed_monitor> keys{
      kinds::text<allowed_monitor>("name", &allowed_monitor::name, node_name_expected, is_node_name,
                                   "The name in its certificate."),
  };
  return keys;
}

const key_table<followed_gateway>& followed_gateway_keys() {
  using gateway = followed_gateway;
  static const key_table<gateway> keys{
      kinds::text<gateway>("name", &gateway::name, node_name_expected + std::string{", or empty"},
                           is_node_name_or_empty,
                           "The name that its certificate must have; empty: any name will do."),
      kinds::optional_address<gateway>("address", &gateway::address,
                                       "Where it is: the monitor.listen of its configuration."),
  };
  return keys;
}

} // namespace xylem
