// The template for AWS, read by AWS's own tools, and the steps that `bazaar publish aws` would take. No account, no network.

import test, { before } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { folder, must, newShop, programs, root, run } from "./lib/given.mjs";

const here = fileURLToPath(new URL("./", import.meta.url));
// Not beside this file: the packages bring tests of their own, which `node --test` would run.
const venv = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, "target"), "deploy.venv");
const tool = (name) => path.join(venv, process.platform === "win32" ? "Scripts" : "bin", name);
const ENV = { AWS_DEFAULT_REGION: "eu-west-3", SAM_CLI_TELEMETRY: "0" };

/** The linters, in a virtual environment; made again when requirements.txt changed. */
before(async () => {
  const wanted = readFileSync(path.join(here, "requirements.txt"), "utf8");
  const mark = path.join(venv, "installed.txt");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return;
  const python = process.env.PYTHON ?? "python3";
  await must(python, ["-m", "venv", "--clear", venv]);
  const { PIP_INDEX_URL, PIP_CONFIG_FILE, HTTPS_PROXY, SSL_CERT_FILE } = process.env;
  const env = { PIP_INDEX_URL, PIP_CONFIG_FILE, HTTPS_PROXY, SSL_CERT_FILE };
  await must(tool("pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", path.join(here, "requirements.txt")], { env, patience: 600_000 });
  writeFileSync(mark, wanted);
});

const template = path.join(root, "deploy/template.yaml");
const lints = {
  "cfn-lint": (file) => run(tool("cfn-lint"), [file], { env: ENV }),
  "sam validate --lint": (file) => run(tool("sam"), ["validate", "--lint", "--template", file], { env: ENV }),
};

for (const [name, lint] of Object.entries(lints)) {
  test(`${name} finds nothing in the template, and would find something`, async (t) => {
    const fine = await lint(template);
    assert.equal(fine.status, 0, fine.all);
    const spoilt = path.join(folder(t, "template"), "template.yaml");
    const source = readFileSync(template, "utf8");
    const broken = source.replace("!Ref Architecture\n", "!Ref Architectur\n").replace("[!Ref Architecture]", "[!Ref Architectur]");
    assert.notEqual(broken, source);
    writeFileSync(spoilt, broken);
    const found = await lint(spoilt);
    assert.notEqual(found.status, 0);
    assert.match(found.all, /Architectur'/);
  });
}

/** What a dry run prints, on a new shop that is built and packaged. */
async function dry(t, words, env = {}) {
  const shop = await newShop(t, "aws");
  const given = { BAZAAR_PROGRAMS: programs(shop) };
  await must("sh", ["deploy/build.sh", "lambda"], { cwd: shop, env: given });
  return run("sh", ["deploy/aws.sh", ...words], { cwd: shop, env: { ...ENV, ...given, AWS_REGION: "eu-west-3", ...env } });
}

test("a dry run of the deploy prints its steps in their order", async (t) => {
  const { status, all, out } = await dry(t, ["deploy", "--dry-run"]);
  assert.equal(status, 0, all);
  const steps = [/sh deploy\/build\.sh lambda/, /^sam deploy .*deploy\/template\.yaml/m, /publish-version/, /lambda invoke/, /s3 (cp|sync) dist/, /update-alias/, /put-key .*--key release/, /^curl .*\/api\/health/m];
  let at = 0;
  for (const step of steps) {
    const found = out.slice(at).search(step);
    assert.ok(found >= 0, `${step} after what came before it, in:\n${out}`);
    at += found;
  }
  assert.match(out, /DATABASE_URL=<secret>/, "secrets are named, not shown");
});

test("behind Netlify's pages only the till is deployed", async (t) => {
  const { status, all, out } = await dry(t, ["deploy", "--dry-run"], { BAZAAR_FRONT: "netlify" });
  assert.equal(status, 0, all);
  assert.match(out, /^sam deploy/m);
  assert.match(out, /update-alias/);
  assert.doesNotMatch(out, /s3 (cp|sync)|cloudfront-keyvaluestore/);
});

test("wrong settings are told with the right ones", async (t) => {
  const { status, all } = await dry(t, ["deploy", "--dry-run"], { BAZAAR_CONTEXT: "staging" });
  assert.equal(status, 2);
  assert.match(all, /production or preview/);
});
