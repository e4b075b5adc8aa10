#pragma once

#include "app/commands/client_options.hpp"
#include "app/pki/authority_folder.hpp"

namespace xylem {

/// Which authority is meant, and what of it.
struct pki_arguments {
  std::string folder{};
  std::string name{}; ///< of a node, or of the authority; `revoke` takes a serial number, too
  std::chrono::days lifetime{};
  pki::certificate_use use = pki::certificate_use::node;
  pki::existing files = pki::existing::keep;
  output_format format = output_format::text;
  std::vector<std::string> nodes{}; ///< of `init`: that get a certificate at once
};

/// Makes an authority in a folder of its own.
int run_pki_init(const pki_arguments& arguments, const console& io);

/// Issues a certificate for a node, and says what belongs onto its machine.
int run_pki_issue(const pki_arguments& arguments, const console& io);

/// Ends certificates before their time.
int run_pki_revoke(const pki_arguments& arguments, const console& io);

/// Every certificate that was ever issued, and what has become of it.
int run_pki_list(const pki_arguments& arguments, const console& io);

/// `xylem pki init|issue|revoke|list`.
void add_pki(CLI::App& app, int& exit_code);

} // namespace xylem
