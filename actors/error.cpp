#include "actors/error.hpp"

#include <caf/atom.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

namespace xylem {

namespace {

constexpr auto category = caf::atom("xylem");

} // namespace

caf::error make_error(gateway_error code, std::string text) {
  return {static_cast<std::uint8_t>(code), category, caf::make_message(std::move(text))};
}

bool is(const caf::error& reason, gateway_error code) {
  return reason.category() == category && reason.code() == static_cast<std::uint8_t>(code);
}

std::string describe(const caf::error& reason) {
  if (reason.category() == category && reason.context().match_elements<std::string>())
    return reason.context().get_as<std::string>(0);
  if (reason.category() == caf::atom("exit"))
    return to_string(static_cast<caf::exit_reason>(reason.code()));
  if (reason == caf::sec::request_timeout)
    return "no answer in time";
  if (reason == caf::sec::request_receiver_down)
    return "who was asked has ended";
  return caf::deep_to_string(reason);
}

caf::error to_error(std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return make_error(gateway_error::crashed, error.what());
  } catch (...) {
    return make_error(gateway_error::crashed, "unknown exception");
  }
}

} // namespace xylem
