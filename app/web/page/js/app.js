import { Api } from "./api.js";
import { Batch } from "./batch.js";
import { Connection } from "./connection.js";
import { listenToKeys } from "./keys.js";
import { formatRoute, parseRoute } from "./model/route.js";
import { Store } from "./model/store.js";
import { Poller } from "./poller.js";
import { recordEvents } from "./recorder.js";
import { Session } from "./session.js";
import { Commands } from "./view/commands.js";
import { Detail } from "./view/detail.js";
import { TokenDialog } from "./view/dialogs.js";
import { byId, setHidden } from "./view/dom.js";
import { Events } from "./view/events.js";
import { Incidents } from "./view/incidents.js";
import { Nodes } from "./view/nodes.js";
import { Overview } from "./view/overview.js";
import { Plan } from "./view/plan.js";
import { Shell } from "./view/shell.js";

const tickEvery = 500; // ms; ages and rates are written this often

// What is wired to what: the connection feeds the store in batches, views read the store.
const store = new Store();
const session = new Session(store);
const api = new Api({ onTokenNeeded: needToken });
const batch = new Batch({ apply, draw });
const connection = new Connection({
  api,
  store,
  onMessage: (message) => batch.push(message),
  onChange: () => changed(),
});
const context = {
  store,
  api,
  connection,
  route: parseRoute(location.hash),
  link: (change) => formatRoute({ ...context.route, ...change }),
  go,
  compose,
  wake: () => batch.wake(),
  repaint: () => plan.paint(),
  meshes: () =>
    [...store.meshes.values()].filter((m) => !context.route.mesh || m.name === context.route.mesh),
};
const poller = new Poller({ api, store, connection, wake: context.wake });
const shell = new Shell(context);
const plan = new Plan(context);
const views = {
  overview: new Overview(context),
  nodes: new Nodes(context, plan),
  events: new Events(context),
  commands: new Commands(context),
  incidents: new Incidents(context),
};
const detail = new Detail(context);
const tokenDialog = new TokenDialog((token) => {
  api.setToken(token);
  connection.withToken();
});

recordEvents(store);
session.restore();
listenToKeys(context);
addEventListener("hashchange", showRoute);
setInterval(tick, tickEvery);
showRoute();
connection.open();

function apply(messages) {
  const now = Date.now();
  for (const message of messages) store.apply(message, now);
  const { cursor } = store;
  if (cursor) {
    document.documentElement.dataset.epoch = cursor.epoch;
    document.documentElement.dataset.lastSeq = cursor.seq;
  }
  document.documentElement.dataset.nodes = store.nodes.size;
  if (store.changes.incidents) poller.hurry();
}

/** One animation frame: what has changed goes to the view that is seen. */
function draw() {
  const changes = store.takeChanges();
  const { view } = context.route;
  if (changes.meshes) shell.showMeshes();
  if (changes.meshes || changes.structure || changes.connection) shell.tick();
  views[view].render?.(changes);
  if (view === "nodes") plan.render(changes);
  detail.render(changes);
}

function tick() {
  const now = Date.now();
  poller.tick(now);
  session.tick(now);
  if (document.hidden) return;
  shell.tick();
  views[context.route.view].tick?.(now);
  detail.tick(now);
}

function showRoute() {
  context.route = parseRoute(location.hash);
  const { view } = context.route;
  for (const name of Object.keys(views)) setHidden(byId(`view-${name}`), name !== view);
  shell.showRoute(context.route);
  detail.show(context.route);
  views[view].show?.(context.route);
  views[view].render?.({ all: true, nodes: new Set() });
  plan.show(context.route);
}

function go(change, { replace = false } = {}) {
  const hash = context.link(change);
  if (hash === location.hash) return;
  if (replace) {
    history.replaceState(null, "", hash);
    showRoute();
  } else {
    location.hash = hash;
  }
}

function compose(node) {
  go({ view: "commands", node: null });
  showRoute();
  views.commands.form.begin(node);
}

function changed() {
  shell.showConnection();
  if (connection.state === "live") poller.tick(Date.now());
}

function needToken(problem) {
  connection.needToken();
  tokenDialog.ask(problem, api.token !== null);
}
