#pragma once

#include "app/client/result.hpp"

namespace xylem::client {

/// What an answer beyond 2xx means: its problem (web §1.2) when the body is one, else its status.
error problem_of(unsigned status, std::string_view reason, std::string_view body);

/// True for what the next attempt may be without: nobody there, or not for now.
bool is_temporary(const error& reason) noexcept;

/// Visible characters only, so that it cannot end the header that it stands in.
bool is_token(std::string_view text) noexcept;

} // namespace xylem::client
