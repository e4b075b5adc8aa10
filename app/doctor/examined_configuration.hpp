#pragma once

#include "app/config/configuration.hpp"
#include "app/doctor/examination.hpp"

namespace xylem {

/// A configuration, and what is wrong with it; then the settings are those without it.
struct examined_configuration {
  configuration_source source{};
  gateway_settings settings{};
  std::vector<finding> findings{};
};

/// `configuration`: as `xylem check` reads it.
examined_configuration examine_configuration(const examination_request& request, const typist& who);

/// This process: how it is called, and whether root runs it.
typist own_typist();

/// `text` as TOML writes it.
std::string in_toml(const std::string& text);

} // namespace xylem
