#include "app/state/state_check.hpp"

#include "actors/history_database_schema.hpp"
#include "actors/snapshot_files.hpp"
#include "actors/token_file.hpp"
#include "app/state/state_archive.hpp"
#include "protocol/iso_time.hpp"
#include "protocol/snapshot.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <algorithm>
#include <system_error>

namespace xylem {

namespace {

namespace fs = std::filesystem;

constexpr int busy_milliseconds = 5000;
constexpr std::int64_t application_id = 0x58594C4D; // record §2

void require(bool holds, const std::string& otherwise) {
  if (!holds)
    throw state_error{otherwise};
}

std::int64_t number(SQLite::Database& of, const std::string& sql) {
  return of.execAndGet(sql).getInt64();
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

database_facts read_through(SQLite::Database& database) {
  sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  database.exec("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON");
  require(number(database, "PRAGMA application_id") == application_id, "is no record of xylem");
  auto version = number(database, "PRAGMA user_version");
  require(version > 0 && version <= record::schema_version,
          "has version " + std::to_string(version) + ", this xylem reads up to "
              + std::to_string(record::schema_version));
  auto found = database.execAndGet("PRAGMA integrity_check(1)").getString();
  require(found == "ok", "is harmed: " + found);
  record::check_schema(database);
  database_facts facts{.version = static_cast<std::uint32_t>(version)};
  SQLite::Statement names{database, "SELECT name FROM mesh"};
  while (names.executeStep())
    facts.meshes.insert(names.getColumn(0).getString());
  return facts;
}

std::string about_snapshot(const fs::path& file) {
  auto content = real_files().read(file, snapshot_header + max_snapshot);
  auto decoded = decode_snapshot(content.value_or(bytes{}));
  if (auto* why = std::get_if<std::string>(&decoded))
    throw state_error{*why};
  const auto& state = std::get<saved_state>(decoded);
  std::size_t nodes = 0, commands = 0;
  for (const auto& mesh : state.meshes) {
    nodes += mesh.nodes.size();
    commands += mesh.commands.size();
  }
  return "generation " + std::to_string(state.generation) + " of " + iso_time(state.taken) + ", "
         + counted(nodes, "node") + ", " + counted(commands, "command");
}

std::string about_database(const fs::path& file) {
  auto facts = check_database(file);
  return "version " + std::to_string(facts.version) + ", "
         + std::to_string(fs::file_size(file)) + " bytes";
}

std::string about_tokens(const fs::path& file) {
  auto read = read_tokens(file.string());
  if (auto* why = std::get_if<std::string>(&read))
    throw state_error{*why};
  return counted(std::get<0>(read).size(), "token");
}

template <class About>
void judge(const fs::path& file, const About& about, state_verdict& out) {
  if (!fs::exists(fs::symlink_status(file)))
    return;
  file_verdict verdict{.name = file.filename().string(), .is_sound = true};
  try {
    verdict.text = about(file);
  } catch (const std::exception& error) {
    verdict.is_sound = false;
    verdict.text = error.what();
  }
  out.files.push_back(std::move(verdict));
}

} // namespace

database_facts check_database(const fs::path& file) try {
  SQLite::Database database{file.string(), SQLite::OPEN_READONLY, busy_milliseconds};
  return read_through(database);
} catch (const SQLite::Exception& thrown) {
  throw state_error{std::string{"cannot be read: "} + thrown.what()};
} catch (const database_error& refused) {
  throw state_error{refused.what()};
}

bool state_verdict::is_sound() const noexcept {
  return !files.empty() && std::ranges::all_of(files, &file_verdict::is_sound);
}

state_verdict check_state(const fs::path& folder) {
  state_verdict out;
  for (const auto& name : snapshot_files::names())
    judge(folder / name, about_snapshot, out);
  judge(folder / "history.db", about_database, out);
  judge(folder / "tokens.json", about_tokens, out);
  return out;
}

} // namespace xylem
