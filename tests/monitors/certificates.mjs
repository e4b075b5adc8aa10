// Certificates as `xylem pki` issues them, and those that it never would.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const openssl = (...args) => execFileSync("openssl", args, { stdio: ["ignore", "pipe", "pipe"] });

const day = 86_400_000;
const openssl_time = (time) => `${time.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`;

export class Authority {
  /** Made by `xylem pki init`; `nodes` have a certificate each. */
  constructor(binary, folder, nodes = []) {
    this.binary = binary;
    this.folder = folder;
    this.run("init", ...nodes);
  }

  run(command, ...args) {
    return execFileSync(this.binary, ["pki", command, "--dir", this.folder, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  path(file) {
    return join(this.folder, file);
  }

  get certificate() {
    return readFileSync(this.path("ca.pem"));
  }

  identity(name) {
    const read = (end) => readFileSync(this.path(`${name}.${end}`));
    return { ca: this.certificate, cert: read("pem"), key: read("key") };
  }

  issue(name, ...options) {
    this.run("issue", name, ...options);
    return this.identity(name);
  }

  revoke(name) {
    this.run("revoke", name);
  }

  /**
   * What this authority would not issue by its command: valid from and until so many days from now,
   * for these uses.
   */
  forge(name, { from = -1, until = 1, uses = "clientAuth" } = {}) {
    const folder = this.path(`forged-${name}`);
    mkdirSync(folder);
    const at = (file) => join(folder, file);
    writeFileSync(at("index"), "");
    writeFileSync(at("serial"), `0${Math.floor(Math.random() * 9)}77\n`);
    writeFileSync(
      at("openssl.cnf"),
      `[ca]
default_ca = forger
[forger]
database = ${at("index")}
serial = ${at("serial")}
new_certs_dir = ${folder}
default_md = sha256
policy = any
x509_extensions = node
[any]
commonName = supplied
[node]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = ${uses}
subjectAltName = DNS:${name}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
[name]
`,
    );
    const config = ["-config", at("openssl.cnf")];
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", at("key"));
    openssl("req", "-new", ...config, "-key", at("key"), "-subj", `/CN=${name}`, "-out", at("csr"));
    const times = [from, until].map((days) => openssl_time(new Date(Date.now() + days * day)));
    const signer = ["-cert", this.path("ca.pem"), "-keyfile", this.path("ca.key")];
    const validity = ["-startdate", times[0], "-enddate", times[1]];
    const files = ["-in", at("csr"), "-out", at("pem"), "-notext"];
    openssl("ca", "-batch", ...config, ...signer, ...validity, ...files);
    return { ca: this.certificate, cert: readFileSync(at("pem")), key: readFileSync(at("key")) };
  }
}
