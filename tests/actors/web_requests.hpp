#pragma once

#include "tests/actors/web_connection_bench.hpp"

/// Requests as text, and what was answered.
namespace xylem::testing::http {

using bench = web_connection_bench;

inline const std::string node_target = "/api/v1/meshes/field/nodes/5";
inline const std::string commands_target = "/api/v1/meshes/field/commands";

inline std::string get(std::string_view target, std::string_view more = {}) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: localhost\r\n" + std::string{more}
         + "\r\n";
}

inline std::string post(std::string_view body, std::string_view more = {}) {
  return "POST " + commands_target + " HTTP/1.1\r\nHost: localhost\r\n"
         "Content-Type: application/json\r\n" + std::string{more}
         + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

inline const std::string livez = get("/livez");
inline const std::string command_body = R"({"kind": "send", "node": 5, "text": "hello"})";

inline std::vector<web_answer> answers(const bench& all) { return answers_in(all.script->written); }

inline web_answer only_answer(const bench& all) {
  auto found = answers(all);
  REQUIRE(found.size() == 1);
  return found.front();
}

inline unsigned status_of(bench& all, const std::string& request) {
  all.receive(request);
  return only_answer(all).status;
}

inline command_answer accepted(std::uint64_t id) {
  return {mesh_index{0},
          command_record{.id = command_id{id}, .what = {}, .accepted = {}, .deadline = {}}};
}

inline void accept_command(bench& all) {
  REQUIRE(all.host->submitted.size() == 1);
  all.host->submitted.front().second(accepted(17));
  all.run();
}

inline bool was_cut_off(const bench& all, cut_off why) {
  return all.host->cut_offs == std::vector{why};
}

} // namespace xylem::testing::http
