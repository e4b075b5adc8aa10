#include "app/state/state_manifest.hpp"

#include "app/state/state_archive.hpp"
#include "protocol/bytes.hpp"

#include <boost/json.hpp>
#include <openssl/evp.h>

#include <array>
#include <fstream>

namespace xylem {

namespace {

namespace json = boost::json;

constexpr std::string_view kind = "xylem state";
constexpr std::size_t most_files = 2;
constexpr std::size_t most_meshes = 0xFFFF;

std::string sha256_of(std::istream& from, std::uint64_t& size) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  if (!hash || EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) != 1)
    throw state_error{"no SHA-256"};
  std::vector<char> room(64 * 1024);
  do {
    from.read(room.data(), static_cast<std::streamsize>(room.size()));
    auto count = static_cast<std::size_t>(from.gcount());
    EVP_DigestUpdate(hash.get(), room.data(), count);
    size += count;
  } while (from);
  std::array<std::byte, 32> digest{};
  EVP_DigestFinal_ex(hash.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return to_hex(digest);
}

bool is_digest(std::string_view text) {
  return text.size() == 64
         && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

template <class Number>
Number number_of(const json::object& from, std::string_view key) {
  return from.at(key).to_number<Number>();
}

std::string text_in(const json::object& from, std::string_view key) {
  return std::string{from.at(key).as_string()};
}

archived_file file_of(const json::object& from) {
  archived_file made{text_in(from, "name"), number_of<std::uint64_t>(from, "size"),
                     text_in(from, "sha256")};
  if (!is_digest(made.sha256))
    throw std::invalid_argument{"a checksum is not one"};
  return made;
}

state_manifest manifest_of(const json::object& from) {
  if (from.at("kind").as_string() != kind)
    throw std::invalid_argument{"something else"};
  state_manifest made{.xylem = text_in(from, "xylem"),
                      .format = number_of<std::uint32_t>(from, "format"),
                      .snapshot = number_of<std::uint32_t>(from, "snapshot"),
                      .database = number_of<std::uint32_t>(from, "database")};
  const auto& meshes = from.at("meshes").as_array();
  const auto& files = from.at("files").as_array();
  if (meshes.size() > most_meshes || files.size() > most_files)
    throw std::invalid_argument{"too much is in it"};
  for (const auto& name : meshes)
    made.meshes.emplace_back(name.as_string());
  for (const auto& file : files)
    made.files.push_back(file_of(file.as_object()));
  return made;
}

} // namespace

std::string to_text(const state_manifest& manifest) {
  json::array meshes(manifest.meshes.begin(), manifest.meshes.end());
  json::array files;
  for (const auto& file : manifest.files)
    files.push_back(
        json::object{{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  return json::serialize(json::object{{"kind", kind},
                                      {"format", manifest.format},
                                      {"xylem", manifest.xylem},
                                      {"snapshot", manifest.snapshot},
                                      {"database", manifest.database},
                                      {"meshes", std::move(meshes)},
                                      {"files", std::move(files)}})
         + '\n';
}

std::variant<state_manifest, std::string> parse_manifest(std::string_view text) try {
  return manifest_of(json::parse({text.data(), text.size()}).as_object());
} catch (const std::exception& error) {
  return std::string{"its manifest cannot be read: "} + error.what();
}

archived_file describe_file(const std::string& name, const std::filesystem::path& content) {
  std::ifstream from{content, std::ios::binary};
  if (!from)
    throw state_error{content.string() + ": cannot be read"};
  archived_file made{.name = name};
  made.sha256 = sha256_of(from, made.size);
  if (from.bad())
    throw state_error{content.string() + ": cannot be read to its end"};
  return made;
}

} // namespace xylem
