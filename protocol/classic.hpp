#pragma once

#include "protocol/dialect.hpp"

namespace xylem {

/// The field's first and most common dialect (wire §2 to §4).
class classic_dialect final : public dialect {
public:
  explicit classic_dialect(dialect_options options) noexcept : options_{options} {}

  framing uart_framing() const noexcept override { return {}; }
  void parse_root(bytes_view payload, const data_type_registry& types,
                  root_message& out) const override;
  bytes encode_command(const command& what) const override;

  parse_result parse_request(bytes_view input) const override;
  parse_result parse_open_ended(bytes_view input) const override;

  void append_success(bytes& out) const override;
  void append_failure(bytes& out, failure reason) const override;
  void append_readings(bytes& out, type_code code, std::span<const reply_reading> readings,
                       bool batch) const override;
  void append_history(bytes& out, type_code code,
                      std::span<const reply_reading> readings) const override;
  void append_active_count(bytes& out, std::size_t count) const override;
  void append_json(bytes& out, std::string_view json) const override;
  void append_listen_accepted(bytes& out) const override;
  void append_push(bytes& out, const event& what) const override;
  bool closes_after_reply() const noexcept override { return false; }

private:
  dialect_options options_;
};

} // namespace xylem
