#pragma once

#include "actors/remote/basp_node.hpp"
#include "actors/remote/gateway_dialer.hpp"
#include "actors/remote/mutual_tls.hpp"
#include "actors/task.hpp"

namespace xylem {

/// Connects to gates over TCP, TLS (monitor §1) and BASP (monitor §2). Ends after what it has
/// begun: before the basp_node.
class tls_dialer final : public gateway_dialer {
public:
  tls_dialer(basp_node& node, mutual_tls& tls);
  ~tls_dialer() override;

  void dial(const followed_gateway& which, on_done done, on_closed closed) override;

private:
  struct attempt;

  task<void> run(std::shared_ptr<attempt> call);
  void introduce(const std::shared_ptr<attempt>& call, std::string name);

  basp_node& node_;
  mutual_tls& tls_;
};

} // namespace xylem
