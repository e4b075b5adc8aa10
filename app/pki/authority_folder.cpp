#include "app/pki/authority_folder.hpp"

#include "app/pki/issued_index.hpp"
#include "protocol/monitor_names.hpp"

#include <algorithm>
#include <stdexcept>

namespace xylem::pki {

namespace {

constexpr std::string_view index_file = "issued.json";
constexpr std::string_view list_file = "revoked.pem";

std::string needed(const private_folder& folder, std::string_view name) {
  auto text = folder.read(name);
  if (!text)
    throw std::runtime_error{folder / name
                             + " is missing: xylem pki init makes an authority in a folder"};
  return *std::move(text);
}

/// Says in which folder.
template <class Work>
auto naming(const std::string& path, const Work& work) try {
  return work();
} catch (const std::runtime_error& error) {
  throw std::runtime_error{path + ": " + error.what()};
}

authority load(const private_folder& folder) {
  identity_files files{needed(folder, "ca.pem"), needed(folder, "ca.key")};
  return naming(folder.path() + "/ca.pem, ca.key", [&] { return authority{files}; });
}

bool is_meant(const issued_certificate& one, const std::string& name_or_serial) {
  return one.name == name_or_serial || one.serial == name_or_serial;
}

} // namespace

void check_node(const std::string& name) {
  if (!is_node_name(name))
    throw std::invalid_argument{"a name has 1 to 64 of a-z, 0-9, `.`, `_` and `-`"};
  if (name == "ca" || name == "revoked")
    throw std::invalid_argument{"the files of " + name
                                + " are those of the authority: take another name"};
}

void authority_folder::create(const std::string& path, const std::string& name, wall_time now,
                              std::chrono::days lifetime) {
  auto made = authority::create(name, now, lifetime); // a wrong name leaves no folder
  private_folder folder{path, private_folder::if_missing::make};
  for (auto file : {"ca.pem", "ca.key"})
    if (folder.has(file))
      throw std::runtime_error{folder / file + " is there: the folder has an authority already"};
  folder.write(index_file, to_text({}));
  folder.write("ca.key", made.key);
  folder.write("ca.pem", made.certificate);
}

authority_folder::authority_folder(const std::string& path)
    : folder_{path, private_folder::if_missing::fail}, authority_{load(folder_)} {}

issued_certificate authority_folder::issue(const std::string& name, certificate_use use,
                                           wall_time now, std::chrono::days lifetime,
                                           existing files) {
  check_node(name);
  for (const auto& file : {name + ".pem", name + ".key"})
    if (files == existing::keep && folder_.has(file))
      throw std::runtime_error{folder_ / file + " is there: --force replaces it"};
  auto all = issued();
  if (all.size() >= most_issued)
    throw std::runtime_error{folder_.path() + ": it has issued " + std::to_string(most_issued)
                             + " certificates: make another authority"};
  auto made = authority_.issue(name, use, now, lifetime);
  all.push_back(made.about);
  folder_.write(index_file, to_text(all)); // first: there is none that the index does not know
  folder_.write(name + ".key", made.files.key);
  folder_.write(name + ".pem", made.files.certificate);
  return made.about;
}

std::vector<issued_certificate> authority_folder::revoke(const std::string& name_or_serial,
                                                         wall_time now) {
  auto before = revoked();
  auto is_known = false;
  std::vector<issued_certificate> done;
  for (const auto& one : issued()) {
    if (!is_meant(one, name_or_serial))
      continue;
    is_known = true;
    if (std::ranges::count(before.all, one.serial, &revocation::serial) != 0)
      continue;
    before.all.push_back({one.serial, now});
    done.push_back(one);
  }
  if (!is_known)
    throw std::runtime_error{"no certificate was issued for " + name_or_serial
                             + ", and none has this serial number"};
  if (!done.empty())
    folder_.write(list_file, authority_.revoke(before.all, now, before.number + 1));
  return done;
}

std::vector<listed_certificate> authority_folder::list() const {
  auto ended = revoked();
  std::vector<listed_certificate> out;
  for (auto& one : issued()) {
    auto found = std::ranges::find(ended.all, one.serial, &revocation::serial);
    auto when = found == ended.all.end() ? std::nullopt : std::optional{found->when};
    out.push_back({std::move(one), when});
  }
  return out;
}

std::vector<issued_certificate> authority_folder::issued() const {
  return naming(folder_ / index_file,
                [&] { return parse_issued(folder_.read(index_file).value_or(std::string{})); });
}

authority::revoked authority_folder::revoked() const {
  auto text = folder_.read(list_file);
  if (!text)
    return {};
  return naming(folder_ / list_file, [&] { return authority_.read_revoked(*text); });
}

} // namespace xylem::pki
