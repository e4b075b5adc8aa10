#include "actors/history_database_schema.hpp"

#include "actors/history_database_row.hpp"

#include <array>
#include <map>

namespace xylem::record {

namespace {

constexpr std::int64_t application_id = 0x58594C4D; // "XYLM"
constexpr std::string_view format = "xylem history";

/// A larger database is not read through at the start: 64 MiB take a tenth of a second to seconds,
/// 2 GiB would take minutes from a slow card.
constexpr std::int64_t largest_checked = 64 << 20;

struct table {
  std::int64_t since; ///< schema version
  std::string_view name;
  std::string_view columns;
};

/// Record §2. Never changed: a table of another shape is another one, under another version.
constexpr std::array tables{
    table{1, "meta", "(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID"},
    table{1, "mesh",
          "(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL) STRICT"},
    table{1, "life",
          "(epoch INTEGER PRIMARY KEY, base INTEGER NOT NULL, last INTEGER NOT NULL, "
          "ended INTEGER NOT NULL) STRICT"},
    table{1, "event",
          "(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, mesh INTEGER NOT NULL, "
          "node INTEGER NOT NULL, kind INTEGER NOT NULL, state INTEGER NOT NULL, "
          "code BLOB NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL) STRICT"},
    table{1, "series",
          "(id INTEGER PRIMARY KEY, mesh INTEGER NOT NULL, node INTEGER NOT NULL, "
          "code BLOB NOT NULL, UNIQUE(mesh, node, code)) STRICT"},
    table{1, "reading",
          "(series INTEGER NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL, "
          "data BLOB NOT NULL, PRIMARY KEY(series, number)) STRICT, WITHOUT ROWID"},
    table{2, "mark",
          "(mesh INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, "
          "oldest INTEGER NOT NULL, newest INTEGER NOT NULL, PRIMARY KEY(mesh, low)) "
          "STRICT, WITHOUT ROWID"},
#ifdef XYLEM_LATER_STATE
    table{3, "later", "(key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID"},
#endif
};

std::string definition(const table& what) {
  return "CREATE TABLE " + std::string{what.name} + std::string{what.columns};
}

void create_tables(connection& with, std::int64_t version) {
  for (const auto& what : tables)
    if (what.since == version)
      with.sqlite().exec(definition(what));
}

/// From 1: times are found by marks. Each tells of 65,536 numbers of a mesh.
void add_marks(connection& with) {
  create_tables(with, 2);
  with.sqlite().exec(
      "INSERT INTO mark SELECT s.mesh, min(r.number), max(r.number), min(r.time), max(r.time)"
      " FROM reading r JOIN series s ON s.id = r.series GROUP BY s.mesh, r.number >> 16");
}

/// One for each version that there was, to the next.
constexpr std::array<void (*)(connection&), schema_version - 1> migrations{
    &add_marks,
#ifdef XYLEM_LATER_STATE
    [](connection& with) { create_tables(with, 3); },
#endif
};

void tell_version(connection& with, std::int64_t version) {
  with.sqlite().exec("PRAGMA user_version=" + std::to_string(version));
  with.sqlite().exec("INSERT OR REPLACE INTO meta VALUES('version', " + std::to_string(version)
                     + ")");
}

void create(connection& with) {
  with.sqlite().exec("PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL");
  with.use();
  transaction all{with};
  for (std::int64_t version = 1; version <= schema_version; ++version)
    create_tables(with, version);
  with.sqlite().exec("INSERT INTO meta VALUES('format', '" + std::string{format}
                     + "'), ('packed', 0), ('packed_events', 0), ('cleaned', 0)");
  with.sqlite().exec("PRAGMA application_id=" + std::to_string(application_id));
  tell_version(with, schema_version);
  all.commit();
}

void migrate(connection& with, std::int64_t version) {
  transaction all{with};
  for (; version < schema_version; ++version)
    migrations[static_cast<std::size_t>(version - 1)](with);
  tell_version(with, schema_version);
  all.commit();
}

[[noreturn]] void refuse(database_fault fault, const SQLite::Database& of, const std::string& why) {
  throw database_error{fault, of.getFilename() + ": " + why};
}

void require(bool holds, const SQLite::Database& of, const std::string& why) {
  if (!holds)
    refuse(database_fault::corrupt, of, why);
}

SQLite::Column value(SQLite::Statement&& asked, const SQLite::Database& of) {
  require(asked.executeStep(), of, "no answer to " + asked.getQuery());
  return asked.getColumn(0);
}

std::int64_t number(SQLite::Database& of, const char* sql) {
  return value({of, sql}, of).getInt64();
}

/// A file without content, or one that was not finished when it was created. SQLite itself takes
/// one of less than a page for empty, too.
bool is_new(connection& with) {
  if (with.number("PRAGMA page_count") == 0)
    require(std::filesystem::file_size(with.sqlite().getFilename()) == 0, with.sqlite(), "cut off");
  return with.number("PRAGMA application_id") == 0 && with.number("PRAGMA user_version") == 0
         && with.number("SELECT count(*) FROM sqlite_master") == 0;
}

std::int64_t checked_version(SQLite::Database& of) {
  require(number(of, "PRAGMA application_id") == application_id, of, "not a record of xylem");
  auto told = value({of, "SELECT value FROM meta WHERE key='format'"}, of).getString();
  require(told == format, of, "another format");
  auto version = number(of, "SELECT value FROM meta WHERE key='version'");
  require(number(of, "PRAGMA user_version") == version && version > 0, of, "two versions");
  if (version > schema_version)
    refuse(database_fault::newer, of,
           "of a later xylem (version " + std::to_string(version) + ")");
  return version;
}

void check_tables(SQLite::Database& of, std::int64_t version) {
  std::map<std::string, std::string, std::less<>> found;
  SQLite::Statement listed{of, "SELECT name, sql FROM sqlite_master WHERE sql NOTNULL"
                               " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"};
  while (listed.executeStep())
    found[listed.getColumn(0)] = listed.getColumn(1).getString();
  for (const auto& what : tables) {
    if (what.since > version)
      continue;
    auto same = found.find(what.name);
    require(same != found.end() && same->second == definition(what), of,
            "no table " + std::string{what.name});
    found.erase(same);
  }
  require(found.empty(), of, "something else is in it");
}

void check_pages(connection& with) {
  auto bytes = with.number("PRAGMA page_count") * with.number("PRAGMA page_size");
  if (bytes > largest_checked)
    return;
  if (auto found = with.text("PRAGMA integrity_check(1)"); found != "ok")
    refuse(database_fault::corrupt, with.sqlite(), found);
}

} // namespace

std::int64_t check_schema(SQLite::Database& of) {
  auto version = checked_version(of);
  check_tables(of, version);
  require(number(of, "PRAGMA auto_vacuum") == 2, of, "its pages are kept in another way");
  return version;
}

void prepare(connection& with) {
  with.guarded([&] {
    if (is_new(with))
      return create(with);
    auto version = check_schema(with.sqlite());
    check_pages(with);
    with.use();
    if (version < schema_version)
      migrate(with, version);
  });
}

} // namespace xylem::record
