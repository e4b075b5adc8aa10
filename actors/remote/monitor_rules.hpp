#pragma once

#include "actors/remote/monitor_types.hpp"
#include "actors/remote/remote_type.hpp"

/// Which messages of monitor §3 which side may say.
namespace xylem {

template <>
inline constexpr std::string_view remote_type_name<monitor_hello> = "xylem.monitor_hello";
template <>
inline constexpr std::string_view remote_type_name<gateway_hello> = "xylem.gateway_hello";
template <>
inline constexpr std::string_view remote_type_name<monitor_subscription>
  = "xylem.monitor_subscription";
template <>
inline constexpr std::string_view remote_type_name<subscription_answer>
  = "xylem.subscription_answer";
template <>
inline constexpr std::string_view remote_type_name<credit_grant> = "xylem.credit_grant";
template <>
inline constexpr std::string_view remote_type_name<event_page> = "xylem.event_page";
template <>
inline constexpr std::string_view remote_type_name<nodes_query> = "xylem.nodes_query";
template <>
inline constexpr std::string_view remote_type_name<nodes_page> = "xylem.nodes_page";
template <>
inline constexpr std::string_view remote_type_name<report_query> = "xylem.report_query";
template <>
inline constexpr std::string_view remote_type_name<report> = "xylem.report";
template <>
inline constexpr std::string_view remote_type_name<remote_command> = "xylem.remote_command";
template <>
inline constexpr std::string_view remote_type_name<remote_command_query>
  = "xylem.remote_command_query";
template <>
inline constexpr std::string_view remote_type_name<remote_command_answer>
  = "xylem.remote_command_answer";
template <>
inline constexpr std::string_view remote_type_name<ping> = "xylem.ping";
template <>
inline constexpr std::string_view remote_type_name<pong> = "xylem.pong";

/// All of them, for the actor system of either side.
inline void add_monitor_types(caf::actor_system_config& config) {
  add_remote_types<monitor_hello, gateway_hello, monitor_subscription, subscription_answer,
                   credit_grant, event_page, nodes_query, nodes_page, report_query, report,
                   remote_command, remote_command_query, remote_command_answer, ping, pong>(config);
}

/// What a gate lets pass of a monitor.
inline std::vector<basp_message_rule> rules_for_monitors() {
  return rules_for<monitor_hello, monitor_subscription, credit_grant, nodes_query, report_query,
                   remote_command, remote_command_query, ping>();
}

/// What a monitor lets pass of a gate.
inline std::vector<basp_message_rule> rules_for_gates() {
  return rules_for<gateway_hello, subscription_answer, event_page, nodes_page, report,
                   remote_command_answer, pong>();
}

} // namespace xylem
