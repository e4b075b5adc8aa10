// Whoever follows a link of a document gets somewhere.
#include <doctest/doctest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace {

namespace fs = std::filesystem;

const fs::path root{XYLEM_SOURCE_DIR};

std::string content_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<fs::path> documents() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator{root})
    if (entry.path().extension() == ".md")
      found.push_back(entry.path());
  for (auto folder : {"protocol", "actors", "app", "deploy"})
    for (const auto& entry : fs::recursive_directory_iterator{root / folder})
      if (entry.path().extension() == ".md")
        found.push_back(entry.path());
  return found;
}

/// `## Upgrade, and go back` is `#upgrade-and-go-back`.
std::string anchor_of(const std::string& heading) {
  std::string made;
  for (auto c : heading) {
    auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter) || c == '-' || c == '_' || letter >= 0x80)
      made += static_cast<char>(std::tolower(letter));
    else if (c == ' ')
      made += '-';
  }
  return made;
}

std::set<std::string> anchors_of(const std::string& document) {
  std::set<std::string> found;
  std::regex heading{"(?:^|\n)#+ ([^\n]+)"};
  for (std::sregex_iterator at{document.begin(), document.end(), heading}, end; at != end; ++at)
    found.insert(anchor_of((*at)[1]));
  return found;
}

bool leads_somewhere(const fs::path& from, const std::string& file, const std::string& anchor) {
  auto to = file.empty() ? from : from.parent_path() / file;
  if (!fs::exists(to))
    return false;
  return anchor.empty() || anchors_of(content_of(to)).contains(anchor);
}

} // namespace

TEST_CASE("every link of the documents to a file, or to a heading of it, leads somewhere") {
  std::regex link{R"(\]\(([^)#\s]*)(?:#([^)\s]*))?\))"};
  auto count = 0;
  for (const auto& document : documents()) {
    auto text = content_of(document);
    for (std::sregex_iterator at{text.begin(), text.end(), link}, end; at != end; ++at) {
      if ((*at)[1].str().starts_with("http"))
        continue;
      ++count;
      CHECK_MESSAGE(leads_somewhere(document, (*at)[1], (*at)[2]),
                    document.lexically_relative(root).string() << ": " << (*at)[0].str());
    }
  }
  CHECK(count > 50);
}
