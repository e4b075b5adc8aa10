#include "app/commands/failure_text.hpp"

#include "app/commands/console_text.hpp"

#include <algorithm>
#include <array>

namespace xylem {

namespace {

using client::error_kind;

struct advice {
  std::string_view problem; ///< web §1.2
  std::string_view text;
};

/// What helps against a problem, when something general does.
constexpr std::array advices{
    advice{"token-required",
           "make a token where the gateway runs, xylem token create NAME, and give it by"
           " XYLEM_TOKEN or --token-file"},
    advice{"token-unknown", "it may have been revoked; the tokens there are: xylem token list"},
    advice{
        "scope-missing",
        "make a token that has it, where the gateway runs: xylem token create NAME --scope SCOPE"},
    advice{"host-refused", "name the gateway by its address, or this host in its web.origins"},
    advice{"mesh-not-found", "the meshes there are: xylem status"},
    advice{"node-not-found", "the nodes that are known: xylem nodes"},
    advice{"type-not-found", "the data types of each node: xylem nodes"},
    advice{"no-serial-connection", "the state of the root's link: xylem status"},
    advice{"queue-full", "how many commands wait: xylem status"},
};

std::string with_advice(const client::error& reason) {
  auto text = printable(reason.text);
  auto found = std::ranges::find(advices, std::string_view{reason.problem}, &advice::problem);
  return found == advices.end() ? text : text + "; " + std::string{found->text};
}

} // namespace

std::string failure_text(const client::gateway_url& url, const client::error& reason) {
  auto where = to_string(url);
  auto text = printable(reason.text);
  switch (reason.kind) {
  case error_kind::unreachable:
    return "no gateway answers on " + where + " (" + text + ")"
           + (is_loopback(url.where) ? "; start one with: xylem run --sim" : "");
  case error_kind::untrusted:
    return "the certificate of " + where + " is not trusted (" + text
           + "); name the authority that signed it with --ca FILE, or take any with --insecure";
  case error_kind::timeout:
  case error_kind::closed: return "the gateway on " + where + " did not answer (" + text + ")";
  case error_kind::failure_reply: return "the gateway refused: " + with_advice(reason);
  case error_kind::protocol:
    return "what answers on " + where + " is no gateway's HTTP port (" + text + ")";
  case error_kind::invalid_request: return text;
  }
  return text;
}

} // namespace xylem
