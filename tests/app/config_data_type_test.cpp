#include "tests/app/config_loading.hpp"

using namespace xylem;
using namespace xylem::test;

namespace {

/// Two lines of a mesh, then `type` from the third on.
configuration_source with(const std::string& type) {
  return file("[[mesh]]\nserial = \"/dev/a\"\n[[mesh.data_type]]\n" + type);
}

/// `n` fields of eight bytes.
std::string wide_fields(int n) {
  std::string out = "name = \"BIG\"\nfields = [";
  for (auto i = 0; i < n; ++i)
    out += "{name = \"f" + std::to_string(i) + "\", type = \"u64\"},";
  return out;
}

} // namespace

TEST_CASE("a data type has a code and fields with their formats") {
  auto types =
      settings_of(with("name = \"TMP\"\nfields = [\n"
                       "  {name = \"celsius\", type = \"i16\", scale = 0.01, order = \"little\"},\n"
                       "  {name = \"count\", type = \"u24\", scale = 2},\n"
                       "  {name = \"label\", type = \"text\"}]\n"))
          .meshes[0]
          .data_types;
  const std::vector<data_type> expected{
      {type_code{"TMP"},
       {{"celsius", number_format::signed_integer, 2, 0.01, byte_order::little},
        {"count", number_format::unsigned_integer, 3, 2.0, byte_order::big},
        {"label", number_format::text, 0, 1.0, byte_order::big}}}};
  CHECK(types == expected);
}

TEST_CASE("a code has 1 to 3 bytes and may be written as hex") {
  const std::string fields = "\"\nfields = [{name = \"x\", type = \"u8\"}]";
  auto code = [&](const std::string& name) {
    return settings_of(with("name = \"" + name + fields)).meshes[0].data_types.at(0).code;
  };
  CHECK(code("A").size() == 1);
  CHECK(code("ABC") == type_code{"ABC"});
  CHECK(code("0x81").view()[0] == std::byte{0x81});
  CHECK(code("0x010203").size() == 3);
  for (auto name : {"", "ABCD", "0x", "0x01020304", "0xZZ"}) {
    auto problem = only_problem(with("name = \"" + std::string{name} + fields));
    CHECK(problem.key == "mesh.data_type.0.name");
    CHECK(problem.line == 4);
  }
}

TEST_CASE("a data type needs a name and fields, a field needs a name and a type") {
  CHECK(only_problem(with("fields = [{name = \"x\", type = \"u8\"}]")).key
        == "mesh.data_type.0.name");
  CHECK(only_problem(with("name = \"A\"")).key == "mesh.data_type.0.fields");
  CHECK(mentions(only_problem(with("name = \"A\"\nfields = []")), "at least one field"));
  CHECK(only_problem(with("name = \"A\"\nfields = [{type = \"u8\"}]")).key
        == "mesh.data_type.0.fields.0.name");
  CHECK(only_problem(with("name = \"A\"\nfields = [{name = \"x\"}]")).key
        == "mesh.data_type.0.fields.0.type");
}

TEST_CASE("unknown keys of data types and fields are told with their place") {
  CHECK(only_problem(with("name = \"A\"\nfield = 1\nfields = [{name = \"x\", type = \"u8\"}]"))
        == configuration_problem{"x.toml", 5, 1, "mesh.data_type.0.field",
                                 "unknown key in mesh.data_type.0", "fields"});
  auto problem =
      only_problem(with("name = \"A\"\nfields = [{name = \"x\", typ = \"u8\", type = \"u8\"}]"));
  CHECK(problem.suggestion == "type");
  CHECK(problem.line == 5);
  CHECK(problem.column == std::string{"fields = [{name = \"x\", "}.size() + 1);
}

TEST_CASE("values of fields are checked") {
  for (auto field :
       {"type = \"u7\"", "type = \"u72\"", "type = \"f16\"", "type = 8", "type = \"u8\", scale = 0",
        "type = \"u8\", scale = nan", "type = \"u8\", scale = \"2\"",
        "type = \"u8\", order = \"middle\"", "type = \"text\", scale = 2"}) {
    auto text = std::string{"name = \"A\"\nfields = [{name = \"x\", "} + field + "}]";
    CHECK_MESSAGE(only_problem(with(text)).line == 5, field);
  }
  for (auto name : {"", "a b", "a=b\\\"c", "a\\nb"})
    CHECK(only_problem(with("name = \"A\"\nfields = [{name = \"" + std::string{name}
                            + "\", type = \"u8\"}]"))
              .key
          == "mesh.data_type.0.fields.0.name");
}

TEST_CASE("text takes the rest of a reading, so only the last field can be text") {
  CHECK(mentions(only_problem(with("name = \"A\"\nfields = [{name = \"x\", type = \"text\"}, "
                                   "{name = \"y\", type = \"u8\"}]")),
                 "must be the last"));
}

TEST_CASE("the fields of a data type have names of their own") {
  CHECK(mentions(only_problem(with("name = \"A\"\nfields = [{name = \"x\", type = \"u8\"}, "
                                   "{name = \"x\", type = \"u8\"}]")),
                 "two fields are named \"x\""));
}

TEST_CASE("a mesh has one data type of a code") {
  auto one = std::string{"name = \"A\"\nfields = [{name = \"x\", type = \"u8\"}]\n"};
  auto problem = only_problem(with(one + "[[mesh.data_type]]\n" + one));
  CHECK(mentions(problem, "two data types \"A\""));
  CHECK(problem.line == 6);
}

TEST_CASE("a reading of a data type has at most 255 bytes") {
  // 31 × 8 = 248, and 7 more are 255.
  CHECK(problems_of(with(wide_fields(31) + "{name = \"last\", type = \"u56\"}]")).empty());
  auto problem = only_problem(with(wide_fields(31) + "{name = \"last\", type = \"u64\"}]"));
  CHECK(mentions(problem, "256 bytes"));
  CHECK(mentions(problem, "at most 255"));
}

TEST_CASE("a data type that is no array of tables is told with the right spelling") {
  auto problem =
      only_problem(file("[[mesh]]\nserial = \"/dev/a\"\n[mesh.data_type]\nname = \"A\""));
  CHECK(problem.suggestion == "[[mesh.data_type]]");
  CHECK(only_problem(with("name = \"A\"\nfields = \"u8\"")).message
        == "expected an array of tables, not \"u8\"");
}
