// The sums that always hold (protocol/WIRE.md §6, WEB.md §1.4), in one status of a gateway.

const total = (counts) => Object.values(counts).reduce((sum, { bytes }) => sum + bytes, 0);

/** What is wrong, as text; nothing for what its actor did not tell. */
function check(faults, where, left, right) {
  if (left === right || Number.isNaN(left) || Number.isNaN(right)) return;
  faults.push({ where, off: left - right });
}

function checkMesh(faults, { name, uart, commands, nodes }) {
  if (uart) {
    const read = uart.frame_bytes + uart.console_bytes + uart.pending_bytes + total(uart.rejects);
    check(faults, `${name}: bytes read`, uart.bytes_read, read);
  }
  if (commands) {
    const { waiting, written, expired, failed, unknown } = commands;
    const sum = waiting + written + expired + failed + unknown;
    check(faults, `${name}: commands accepted`, commands.accepted, sum);
  }
  if (nodes) {
    const sum = nodes.active + nodes.idle + nodes.disconnected;
    check(faults, `${name}: nodes`, nodes.total, sum);
  }
}

function checkStream(faults, where, stream) {
  const { published, delivered, coalesced, dropped, queued } = stream;
  check(faults, `${where}: published`, published, delivered + coalesced + dropped + queued);
}

/** Everything that does not add up in one status. */
export function faultsOf(status) {
  const faults = [];
  for (const mesh of status.meshes ?? []) checkMesh(faults, mesh);
  for (const each of status.events?.subscribers ?? []) checkStream(faults, each.name, each);
  if (status.web?.streams) checkStream(faults, "all streams", status.web.streams);
  if (status.recorder?.events) {
    const { received, recorded, not_recorded: not, waiting } = status.recorder.events;
    check(faults, "recorder: received", received, recorded + not + waiting);
  }
  return faults;
}

/** Least squares: units of `y` per unit of `x`, and how far off points are (standard deviation). */
export function slope(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((p) => p[0]), mean((p) => p[1])];
  const across = points.reduce((sum, p) => sum + (p[0] - x) ** 2, 0);
  const along = points.reduce((sum, p) => sum + (p[0] - x) * (p[1] - y), 0);
  const rise = across > 0 ? along / across : 0;
  const rest = points.reduce((sum, p) => sum + (p[1] - y - rise * (p[0] - x)) ** 2, 0);
  return { rise, deviation: Math.sqrt(rest / Math.max(points.length - 2, 1)) };
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
