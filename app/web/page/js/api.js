import { keep, kept } from "./storage.js";

const longest = 8000; // ms that an answer may take

/** A problem of the API (RFC 9457), or what stands for one. */
export class Problem extends Error {
  constructor({ type, title, status, detail }) {
    super(detail || title || `HTTP ${status}`);
    this.type = type ?? "";
    this.title = title ?? "";
    this.status = status ?? 0;
  }
}

/** The REST side of the gateway. It owns the token. */
export class Api {
  constructor({ onTokenNeeded }) {
    this.onTokenNeeded = onTokenNeeded;
    this.token = kept("token");
    this.clockOffset = 0; // page time - gateway time
  }

  setToken(token) {
    this.token = token;
    keep("token", token);
  }

  async ask(path, { method = "GET", body } = {}) {
    const headers = {};
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(`/api/v1${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(longest),
      });
    } catch (error) {
      throw new Problem({
        title: "No answer",
        detail: `the gateway does not answer (${error.name})`,
      });
    }
    this.readClock(response);
    if (response.ok) return response.json();
    const problem = new Problem(await problemOf(response));
    if (response.status === 401) this.onTokenNeeded(problem);
    throw problem;
  }

  /** A phone's clock may be wrong by minutes; ages are told in the gateway's time. */
  readClock(response) {
    const date = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isFinite(date)) return;
    const offset = Date.now() - date - 500;
    this.clockOffset = Math.abs(offset) > 2000 ? offset : 0;
  }

  /** Now, in the gateway's time. */
  now() {
    return Date.now() - this.clockOffset;
  }

  status() {
    return this.ask("/status");
  }

  incidents() {
    return this.ask("/incidents?limit=200");
  }

  node({ mesh, address }) {
    return this.ask(`/meshes/${encodeURIComponent(mesh)}/nodes/${address}`);
  }

  /** A page: the newest readings, or with `step` (ms) what they were in each step, oldest first. */
  history({ mesh, address }, type, { from = null, step = null, cursor = null } = {}) {
    let query = "limit=1000";
    if (from !== null) query += `&from=${(Math.max(from, 0) / 1000).toFixed(3)}`;
    if (step !== null) query += `&step=${Math.round(step / 1000)}`;
    if (cursor !== null) query += `&cursor=${encodeURIComponent(cursor)}`;
    return this.ask(
      `/meshes/${encodeURIComponent(mesh)}/nodes/${address}/history/${typePath(type)}?${query}`,
    );
  }

  send(mesh, body) {
    return this.ask(`/meshes/${encodeURIComponent(mesh)}/commands`, { method: "POST", body });
  }

  command(id) {
    return this.ask(`/commands/${id}`);
  }
}

export function typePath(type) {
  return encodeURIComponent(type);
}

async function problemOf(response) {
  try {
    return { status: response.status, ...(await response.json()) };
  } catch {
    return { status: response.status, title: response.statusText };
  }
}
