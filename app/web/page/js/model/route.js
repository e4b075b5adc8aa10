export const views = ["overview", "nodes", "events", "commands", "incidents"];
export const arrangements = ["both", "table", "plan"];

/** `#/nodes?mesh=north&node=north/5` — where one is survives a reload and can be sent to others. */
export function parseRoute(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const parameters = new URLSearchParams(query);
  const arrangement = parameters.get("show");
  return {
    view: views.includes(path) ? path : "overview",
    mesh: parameters.get("mesh") || null,
    node: parameters.get("node") || null,
    show: arrangements.includes(arrangement) ? arrangement : "both",
  };
}

export function formatRoute({ view, mesh, node, show }) {
  const parameters = new URLSearchParams();
  if (mesh) parameters.set("mesh", mesh);
  if (node) parameters.set("node", node);
  if (show && show !== "both") parameters.set("show", show);
  const query = parameters.toString().replaceAll("%2F", "/");
  return `#/${view}${query ? `?${query}` : ""}`;
}
