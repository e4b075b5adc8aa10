export const firstDelay = 250;
export const longestDelay = 5000;

/** Full jitter above the first delay, so that many pages do not come back at the same moment. */
export class BackOff {
  constructor(random = Math.random) {
    this.random = random;
    this.attempt = 0;
  }

  next() {
    const ceiling = Math.min(firstDelay * 2 ** this.attempt, longestDelay);
    ++this.attempt;
    return firstDelay + this.random() * (ceiling - firstDelay);
  }

  reset() {
    this.attempt = 0;
  }
}

/** Events that a page which has just been opened asks for. */
export const recentEvents = 1000;

/**
 * What to subscribe with. A page that knows nodes goes on at its cursor; one that was reloaded
 * also needs the snapshot, and so does one that sees a mesh for the first time; a new one asks for a
 * few recent events beside it.
 */
export function subscription(hello, cursor, knowsNodes) {
  const request = { type: "subscribe", id: "subscribe", policy: "drop_oldest" };
  if (cursor) request.cursor = cursor;
  else request.cursor = { epoch: hello.epoch, seq: Math.max(hello.seq - recentEvents, 0) };
  if (!knowsNodes) request.snapshot = true;
  return request;
}

/** A cursor that was kept as text, or null. */
export function parseCursor(text) {
  try {
    const { epoch, seq } = JSON.parse(text);
    return Number.isSafeInteger(epoch) && Number.isSafeInteger(seq) ? { epoch, seq } : null;
  } catch {
    return null;
  }
}
