// check_exchanges.mjs DOCUMENT RECORD: whether all that gateways answered is as the OpenAPI document
// says, and all that it says has been answered at least once.
import { readFileSync } from "node:fs";
import { OpenApi } from "./openapi.mjs";

/// What no test of a running gateway can bring about, and why.
const unseen = {
  "get /readyz 503": "no actor can be made to fail from outside; tests/protocol/readiness_test does it",
  "default 500": "no request is known that leads to it",
  "default 504": "no actor can be made to hang from outside; tests/actors does it",
};

/// What `default` stands for: any request may meet it, so once anywhere is enough.
const anywhere = ["408", "413", "414", "431", "500", "503", "504"];

const [documentFile, recordFile] = process.argv.slice(2);
const api = new OpenApi(documentFile);
const lines = readFileSync(recordFile, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const faults = new Map(); // a text, and how often
const seen = new Set();
const fault = (text) => faults.set(text, (faults.get(text) ?? 0) + 1);

function checkHeaders(where, answer, response) {
  for (const [name, reference] of Object.entries(response.headers ?? {})) {
    const header = api.resolve(reference);
    const value = answer.headers[name.toLowerCase()];
    const wrong = value === undefined
      ? header.required && "is missing"
      : api.misfit(value, header.schema);
    if (wrong)
      fault(`${where}: header ${name} ${wrong}`);
  }
}

function checkBody(where, answer, response) {
  const type = (answer.headers["content-type"] ?? "").split(";")[0];
  const isEmpty = answer.method === "HEAD" || answer.status === 304 || answer.status === 101;
  if (isEmpty && answer.body)
    return fault(`${where}: there is a body`);
  if (!response.content)
    return answer.body && fault(`${where}: there is a body of type ${type}`);
  const media = response.content[type];
  if (!media)
    return fault(`${where}: of type "${type}"`);
  if (isEmpty || answer.body === null)
    return;
  const isJson = type.endsWith("json");
  const body = isJson ? JSON.parse(answer.body) : answer.body;
  const wrong = api.misfit(body, media.schema);
  if (wrong)
    fault(`${where}: ${wrong}`);
  if (type === "application/problem+json" && body.status !== answer.status)
    fault(`${where}: the problem says ${body.status}`);
}

/// A path that is not described: what the page consists of, or nothing.
function checkOther(answer) {
  const isPage = [200, 304].includes(answer.status) && !answer.target.startsWith("/api");
  if (!isPage && ![400, 404, 405].includes(answer.status))
    return fault(`${answer.method} ${answer.target} is not described, and answers ${answer.status}`);
  if (isPage)
    return checkHeaders(`${answer.method} ${answer.target}`, answer,
      api.document.paths["/"].get.responses[String(answer.status)]);
  const wrong = api.misfit(JSON.parse(answer.body), { $ref: "#/components/schemas/Problem" });
  if (wrong)
    fault(`${answer.method} ${answer.target} ${answer.status}: ${wrong}`);
}

function checkAnswer(answer) {
  const path = api.pathOf(answer.target);
  if (!path)
    return checkOther(answer);
  const item = api.document.paths[path];
  const method = answer.method === "HEAD" ? "get" : answer.method.toLowerCase();
  const known = item[method] ? method : Object.keys(item)[0];
  const status = String(answer.status);
  const where = `${known} ${path} ${status}`;
  if (!item[method] && ![405, 401, 403].includes(answer.status))
    return fault(`${answer.method} ${path} answers ${status}, and is not described`);
  const reference = item[known].responses[status] ?? item[known].responses.default;
  const isDefault = !item[known].responses[status];
  if (isDefault && !anywhere.includes(status))
    return fault(`${where} is not described`);
  seen.add(isDefault ? `default ${status}` : where);
  if (anywhere.includes(status))
    seen.add(`default ${status}`);
  const response = api.resolve(reference);
  checkHeaders(where, answer, response);
  checkBody(where, answer, response);
}

function checkMessage({ from, message }) {
  const name = from === "gateway" ? "ServerMessage" : "ClientMessage";
  const value = JSON.parse(message);
  const candidates = api.document.components.schemas[name].oneOf;
  const variant = candidates.find((each) => {
    const { type } = api.resolve(each).properties ?? {};
    return type?.const === value.type || type?.enum?.includes(value.type);
  }) ?? { $ref: `#/components/schemas/${name}` };
  let wrong = api.misfit(value, { $ref: `#/components/schemas/${name}` });
  if (wrong)
    fault(`${name} ${value.type}: ${api.misfit(value, variant) ?? wrong} ${message.slice(0, 300)}`);
  seen.add(`${name} ${value.type}`);
  for (const event of value.type === "events" ? value.events : [])
    seen.add(`event ${event.kind}`);
}

function expected() {
  const all = anywhere.map((status) => `default ${status}`);
  for (const { path, method, operation } of api.operations())
    for (const status of Object.keys(operation.responses).filter((each) => each !== "default"))
      all.push(`${method} ${path} ${status}`);
  const kinds = api.document.components.schemas.SubscribeRequest.properties.kinds.items.enum;
  const types = ["hello", "result", "command", "snapshot", "events", "networkStatus", "trafficLog"];
  return [...all, ...kinds.map((kind) => `event ${kind}`), ...types.map((type) => `ServerMessage ${type}`)];
}

for (const line of lines)
  line.message === undefined ? checkAnswer(line) : checkMessage(line);
if (lines.length === 0)
  fault("nothing was recorded: run the tests of the gateway first (ctest does)");
for (const what of expected())
  if (!seen.has(what) && !unseen[what])
    fault(`never seen: ${what}`);
for (const what of Object.keys(unseen))
  if (seen.has(what) || !expected().includes(what))
    fault(`is seen, or not described, and need not be excepted: ${what}`);

for (const [text, times] of faults)
  console.error(times > 1 ? `${text} (${times} times)` : text);
console.log(`${lines.length} exchanges and messages, ${seen.size} kinds of them, ${faults.size} faults`);
process.exitCode = faults.size > 0 ? 1 : 0;
