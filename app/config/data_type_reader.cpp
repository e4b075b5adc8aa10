#include "app/config/data_type_reader.hpp"

namespace xylem {

namespace {

/// A reading's length is one byte on the wire (wire §2).
constexpr std::size_t longest_reading = 255;

template <class Target>
void require(const toml_section& section, std::string_view key, const key_table<Target>& keys) {
  auto found = std::ranges::find(keys, key, &configuration_key<Target>::name);
  auto expected = found == keys.end() ? std::string{"an array of tables"} : found->expected;
  if (!section.table.contains(key))
    section.report(section.table, key, "missing, expected " + expected);
}

void read_field(const toml_section& section, data_type& type) {
  auto& field = type.fields.emplace_back();
  section.read(data_field_keys(), field);
  require(section, "name", data_field_keys());
  require(section, "type", data_field_keys());
  if (field.format == number_format::text && section.table.contains("scale"))
    section.report(*section.table.get("scale"), "scale", "text has no scale");
}

void check_fields(const toml_section& section, const data_type& type) {
  std::size_t length = 0;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    const auto& field = type.fields[i];
    length += field.size;
    if (field.format == number_format::text && i + 1 < type.fields.size())
      section.report(section.table, "fields", "text takes all that is left, it must be the last");
    if (!field.name.empty() && !names.insert(field.name).second)
      section.report(section.table, "fields", "two fields are named " + in_quotes(field.name));
  }
  if (length > longest_reading)
    section.report(section.table, "fields",
                   "the fields take " + std::to_string(length) + " bytes, a reading has at most "
                       + std::to_string(longest_reading));
  if (type.fields.empty() && section.table.contains("fields"))
    section.report(section.table, "fields", "expected at least one field");
}

void check_code(const toml_section& section, const data_type& type, const mesh_draft& mesh) {
  if (type.code.size() > 0
      && std::ranges::find(mesh.data_types, type.code, &data_type::code) != mesh.data_types.end())
    section.report(section.table, "name",
                   "the mesh has two data types " + in_quotes(to_string(type.code)));
}

void read_data_type(const toml_section& section, mesh_draft& mesh) {
  auto problems = section.draft.problems.size();
  data_type type;
  section.read(data_type_keys(), type, {"fields"});
  require(section, "name", data_type_keys());
  require(section, "fields", data_type_keys());
  section.read_tables("fields", [&](const toml_section& field) { read_field(field, type); });
  check_code(section, type, mesh);
  if (section.draft.problems.size() == problems)
    check_fields(section, type);
  if (section.draft.problems.size() == problems)
    mesh.data_types.push_back(std::move(type));
}

} // namespace

void read_data_types(const toml_section& mesh_section, mesh_draft& mesh) {
  mesh_section.read_tables("data_type",
                           [&](const toml_section& section) { read_data_type(section, mesh); });
}

} // namespace xylem
