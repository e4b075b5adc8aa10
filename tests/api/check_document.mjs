// check_document.mjs DOCUMENT: whether it is OpenAPI 3.1, and its examples fit its schemas.
import SwaggerParser from "@apidevtools/swagger-parser";
import { OpenApi } from "./openapi.mjs";

const [file] = process.argv.slice(2);
const faults = [];
const fault = (text) => faults.push(text);

await SwaggerParser.validate(structuredClone(new OpenApi(file).document));
const api = new OpenApi(file);

function checkExamples(where, holder) {
  if (!holder?.schema)
    return;
  const examples = [
    ...(holder.example === undefined ? [] : [holder.example]),
    ...Object.values(holder.examples ?? {}).map(({ value }) => value),
  ];
  for (const example of examples) {
    const wrong = api.misfit(example, holder.schema);
    if (wrong && !(holder.in === "path" && !api.misfit(String(example), holder.schema)))
      fault(`${where}: its example ${JSON.stringify(example)}: ${wrong}`);
  }
}

function checkContent(where, content) {
  for (const [type, media] of Object.entries(content ?? {}))
    checkExamples(`${where} ${type}`, media);
}

const identifiers = new Set();
const tags = new Set(api.document.tags.map(({ name }) => name));
for (const { path, method, operation } of api.operations()) {
  const where = `${method} ${path}`;
  if (!operation.operationId || identifiers.has(operation.operationId))
    fault(`${where}: no operationId of its own`);
  identifiers.add(operation.operationId);
  if (!operation.summary || !operation.tags?.every((tag) => tags.has(tag)))
    fault(`${where}: no summary, or a tag that is not described`);
  const names = (operation.parameters ?? []).map((each) => api.resolve(each));
  for (const parameter of names) {
    if (parameter.example === undefined || !parameter.description)
      fault(`${where}: parameter ${parameter.name} has no example or no description`);
    checkExamples(`${where} ${parameter.name}`, parameter);
  }
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const described = names.filter((each) => each.in === "path").map(({ name }) => name);
  if (inPath.join() !== described.join())
    fault(`${where}: describes ${described}, and its path has ${inPath}`);
  checkContent(where, operation.requestBody?.content);
  for (const [status, response] of Object.entries(operation.responses))
    checkContent(`${where} ${status}`, api.resolve(response).content);
}
for (const [name, schema] of Object.entries(api.document.components.schemas)) {
  for (const example of schema.examples ?? []) {
    const wrong = api.misfit(example, schema);
    if (wrong)
      fault(`schema ${name}: its example ${JSON.stringify(example)}: ${wrong}`);
  }
  api.misfit(null, schema); // it compiles
}

for (const text of faults)
  console.error(text);
console.log(`${identifiers.size} operations, ${Object.keys(api.document.components.schemas).length} schemas`);
process.exitCode = faults.length > 0 ? 1 : 0;
