// What `cargo xtask test` gives these tests in the environment, and what all of them do with it: copies of the built shop,
// programs that are run to their end, folders that go away.

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A path that a variable names; says which is missing. */
export function given(name, what) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set (${what}): run \`cargo xtask test\``);
  if (!existsSync(value)) throw new Error(`${name}=${value} is not there (${what}): run \`cargo xtask test\``);
  return path.resolve(value);
}

export const bazaarProgram = () => given("BAZAAR", "the program `bazaar`");
export const tillProgram = () => given("TILL", "the program `till`, without a snapshot");

/** A temporary folder; gone when the test ends. */
export function folder(t, name = "deploy") {
  const made = mkdtempSync(path.join(tmpdir(), `bazaar-${name}-`));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A copy of the built demo shop: texts, what the build left in `.bazaar/`, and the site. */
export function copyOfShop(t, parts = ["content", ".bazaar", "dist"]) {
  const shop = given("SHOP", "a built copy of the demo shop");
  const copy = folder(t, "shop");
  for (const part of parts) cpSync(path.join(shop, part), path.join(copy, part), { recursive: true, preserveTimestamps: true });
  return copy;
}

/** A folder with `bazaar` and `till`, for BAZAAR_PROGRAMS: nothing is compiled or fetched. */
export function programs(shop) {
  const beside = path.join(shop, "programs");
  mkdirSync(beside);
  symlinkSync(bazaarProgram(), path.join(beside, "bazaar"));
  symlinkSync(tillProgram(), path.join(beside, "till"));
  return beside;
}

/** A new shop, as an owner begins one. */
export async function newShop(t, host) {
  const shop = path.join(folder(t, "new"), "shop");
  await must(bazaarProgram(), ["init", shop, "--lang", "en", "--host", host]);
  return shop;
}

/** Runs a program to its end: `{ status, out, err, all }`. It sees `env` and what every program needs, no more. */
export function run(program, words, { cwd, env = {}, input = "", patience = 300_000 } = {}) {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  const plain = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR, LANG, ...env }).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, env: plain, stdio: ["pipe", "pipe", "pipe"], timeout: patience });
    const said = { out: "", err: "", all: "" };
    for (const [stream, name] of [[child.stdout, "out"], [child.stderr, "err"]]) {
      stream.setEncoding("utf8").on("data", (text) => {
        said[name] += text;
        said.all += text;
      });
    }
    child.stdin.on("error", () => {}); // it need not read
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status: status ?? signal, ...said }));
  });
}

/** The same; a status other than 0 is an error with everything that was said. */
export async function must(program, words, options) {
  const result = await run(program, words, options);
  if (result.status !== 0) throw new Error(`${path.basename(program)} ${words.join(" ")} ended with ${result.status}:\n${result.all}`);
  return result;
}

export const bazaar = (shop, words, options) => run(bazaarProgram(), ["--shop", shop, ...words], options);

/** Packages a shop's till; gives the file. */
export async function packaged(shop, target, context = "preview") {
  await must(bazaarProgram(), ["--shop", shop, "package", "--target", target, "--context", context, "--binary", tillProgram()]);
  return path.join(shop, ".bazaar", target, target === "lambda" ? "bootstrap" : "till");
}

/** A server of `node:http` on a free port of the loopback; closed when the test ends. */
export async function listening(t, server) {
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections?.();
      }),
  );
  return `http://127.0.0.1:${server.address().port}`;
}

/** A port of the loopback that was free a moment ago, for programs that must be told one. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export { until } from "../../browser/lib/shop.mjs";
