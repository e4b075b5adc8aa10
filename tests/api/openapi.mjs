// The OpenAPI document as a validator of exchanges.
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const methods = ["get", "post", "put", "delete", "patch", "options", "head", "trace"];

/// A schema whose references lead to the one that has all of the document's.
function forAjv(schema) {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"openapi#/$defs/'));
}

export class OpenApi {
  constructor(file) {
    this.document = JSON.parse(readFileSync(file, "utf8"));
    this.ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
    addFormats(this.ajv);
    this.ajv.addVocabulary(["example", "discriminator"]);
    this.ajv.addSchema(forAjv({ $defs: this.document.components.schemas }), "openapi");
    this.checks = new Map();
    this.templates = Object.keys(this.document.paths).map((path) => ({
      path,
      pattern: new RegExp("^" + path.replace(/\{\w+\}/g, "[^/]+") + "$"),
      isPlain: !path.includes("{"),
    }));
    this.templates.sort((a, b) => b.isPlain - a.isPlain);
  }

  /// What a `$ref` stands for.
  resolve(what) {
    while (what?.$ref) {
      const steps = what.$ref.slice(2).split("/");
      what = steps.reduce((at, step) => at[step.replaceAll("~1", "/").replaceAll("~0", "~")], this.document);
    }
    return what;
  }

  pathOf(target) {
    const path = target.split("?")[0];
    return this.templates.find(({ pattern }) => pattern.test(path))?.path;
  }

  /// [path, method, operation, …] of each operation.
  operations() {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      methods.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method] })));
  }

  /// What is wrong with a value; nothing when it fits.
  misfit(value, schema) {
    const key = JSON.stringify(schema);
    if (!this.checks.has(key))
      this.checks.set(key, this.ajv.compile(forAjv(schema)));
    const check = this.checks.get(key);
    return check(value) ? undefined : this.ajv.errorsText(check.errors, { dataVar: "it" }) + " "
      + JSON.stringify(check.errors.map(({ params }) => params));
  }
}
