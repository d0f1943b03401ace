// `netlify build --offline` on a shop as it is deployed: Netlify's own tools read netlify.toml, run the build command and the plugin,
// and pack the functions. No account, no site, no network.

import test from "node:test";
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createServer } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { resolveConfig } from "@netlify/config";
import { bazaar, copyOfShop, folder, listening, must, newShop, packaged, programs, root, run, tillProgram } from "./lib/given.mjs";

const NETLIFY = fileURLToPath(new URL("node_modules/netlify-cli/bin/run.js", import.meta.url));

/** A shop's folder as it is cloned, with its programs at hand: nothing is compiled. */
function cloned(t) {
  const shop = copyOfShop(t);
  for (const part of ["dist", ".bazaar/netlify", ".bazaar/lambda"]) rmSync(path.join(shop, part), { recursive: true, force: true });
  cpSync(path.join(root, "deploy"), path.join(shop, "deploy"), { recursive: true });
  cpSync(path.join(root, "netlify.toml"), path.join(shop, "netlify.toml"));
  cpSync(path.join(root, "functions/Cargo.toml"), path.join(shop, "functions/Cargo.toml")); // sources that are no functions of Netlify's
  programs(shop);
  return shop;
}

async function netlify(shop, context = "production", env = {}) {
  const result = await run(process.execPath, [NETLIFY, "build", "--offline", "--context", context], {
    cwd: shop,
    env: { BAZAAR_PROGRAMS: path.join(shop, "programs"), NETLIFY_CLI_TELEMETRY_DISABLED: "1", CI: "true", HOME: path.join(shop, "home"), ...env },
  });
  const all = stripVTControlCharacters(result.all);
  const manifest = path.join(shop, ".netlify/functions/manifest.json");
  const functions = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).functions : [];
  return { ...result, all, functions: functions.map(({ name, runtime, schedule }) => ({ name, runtime, ...(schedule && { schedule }) })).sort((a, b) => a.name.localeCompare(b.name)) };
}

const BOTH = [{ name: "sweep", runtime: "js", schedule: "*/5 * * * *" }, { name: "till", runtime: "rs" }];

test("Netlify builds site, till and sweep, and keeps what takes long to make", async (t) => {
  const shop = cloned(t);
  const first = await netlify(shop);
  assert.equal(first.status, 0, first.all);
  assert.deepEqual(first.functions, BOTH, "the till by itself, the sweep on its schedule, and nothing else");
  assert.ok(existsSync(path.join(shop, "dist/index.html")));
  assert.ok(readFileSync(path.join(shop, ".netlify/functions/till.zip")).includes("bootstrap"), "Lambda finds it by its name");
  const photos = path.join(shop, ".bazaar/photos");
  const before = readdirSync(photos).sort();
  assert.ok(before.length > 0, "photos were developed");

  await t.test("the next build begins with a fresh clone and Netlify's cache", async () => {
    for (const part of [".bazaar", "dist"]) rmSync(path.join(shop, part), { recursive: true });
    const second = await netlify(shop);
    assert.equal(second.status, 0, second.all);
    assert.match(second.all, /photos from the cache/, "bazaar says so");
    assert.deepEqual(readdirSync(photos).sort(), before);
  });

  await t.test("nothing stands before the till's addresses, and no header is said twice", async () => {
    const read = async () => (await resolveConfig({ cwd: shop, offline: true, mode: "cli", context: "production" })).config;
    const { redirects, headers } = await read();
    // Netlify takes the first that matches.
    const answering = (address) => redirects.find(({ from }) => from === address || (from.endsWith("/*") && address.startsWith(from.slice(0, -1))));
    for (const address of ["/api/health", "/api/stripe/webhook", "/api/orders/abc"]) {
      const { to, status, force } = answering(address) ?? {};
      assert.deepEqual({ to, status, force }, { to: "/.netlify/functions/till/:splat", status: 200, force: true }, address);
    }
    assert.equal(answering("/en/nothing-here/").status, 404);
    assert.equal(answering("/bol-de-lune/").to, "/produits/bol-lune/", "old addresses of the build are still there");
    assert.ok(headers.find(({ for: from }) => from === "/*").values["Content-Security-Policy"]);
    rmSync(path.join(shop, "dist/_headers"));
    assert.deepEqual((await read()).headers, [], "headers stand in dist/_headers alone");
  });
});

test("a shop of its own has the same netlify.toml as this one, but for its comments", () => {
  const said = (file) => readFileSync(path.join(root, file), "utf8").split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  assert.deepEqual(said("generator/starter/netlify.toml"), said("netlify.toml"));
});

test("the docs' rule for a till elsewhere is one that Netlify reads: signed, with no secret in git", async (t) => {
  const shop = folder(t);
  const rule = readFileSync(path.join(root, "docs/deploy-netlify.md"), "utf8").match(/```toml\n([\s\S]*?lambda-url[\s\S]*?)```/)[1];
  writeFileSync(path.join(shop, "netlify.toml"), rule);
  const { config } = await resolveConfig({ cwd: shop, offline: true, mode: "cli", context: "production" });
  const [{ from, to, status, force, signed, headers }] = config.redirects;
  assert.deepEqual({ from, status, force, signed, headers }, { from: "/api/*", status: 200, force: true, signed: "TILL_EDGE_SECRET", headers: { "x-shop-host": "www.example.com" } });
  assert.match(to, /^https:\/\/.*\.on\.aws\/api\/:splat$/);
});

test("a new shop's preview is built for its own address, with a till that refuses live keys", async (t) => {
  const shop = await newShop(t, "netlify");
  programs(shop);
  const built = await netlify(shop, "deploy-preview", { NETLIFY: "true" });
  assert.equal(built.status, 0, built.all);
  assert.deepEqual(built.functions, BOTH);
  // Netlify's tool makes up the address of a site that it does not know.
  assert.match(readFileSync(path.join(shop, "dist/index.html"), "utf8"), /<link rel="canonical" href="https:\/\/[\w-]+--site-name\.netlify\.app\/">/);
  const about = await must(path.join(shop, ".bazaar/netlify/till"), ["--about"]);
  assert.equal(JSON.parse(about.out).context, "preview");
});

test("a stripped till vanishes without a word at Netlify, so `bazaar package` refuses it", async (t) => {
  const shop = cloned(t);
  const stripped = path.join(shop, "stripped");
  await must("strip", ["--strip-all", "-o", stripped, tillProgram()]);
  const refused = await bazaar(shop, ["build"]).then(() => bazaar(shop, ["package", "--target", "netlify", "--context", "preview", "--binary", stripped]));
  assert.equal(refused.status, 2, refused.all);
  assert.match(refused.err, /strip/);
  // What would happen without: Netlify packs the sweep alone and is content.
  const till = await packaged(shop, "netlify");
  cpSync(stripped, till);
  chmodSync(till, 0o755);
  writeFileSync(path.join(shop, "deploy/build.sh"), "exit 0\n");
  const built = await netlify(shop);
  assert.equal(built.status, 0, built.all);
  assert.deepEqual(built.functions, BOTH.slice(0, 1));
});

test("the sweep asks the till with its secret, and fails loudly", async (t) => {
  const { default: sweep, config } = await import(pathToFileURL(path.join(root, "deploy/netlify/sweep.mjs")).href);
  assert.equal(config.schedule, "*/5 * * * *");
  const asked = [];
  let status = 200;
  const origin = await listening(
    t,
    createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.writeHead(status, { location: "/elsewhere" }).end("because");
    }),
  );
  const known = { URL: process.env.URL, TILL_SWEEP_SECRET: process.env.TILL_SWEEP_SECRET };
  t.after(() => {
    for (const [name, value] of Object.entries(known)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  delete process.env.TILL_SWEEP_SECRET;
  process.env.URL = origin;
  await assert.rejects(sweep(), /TILL_SWEEP_SECRET is not set/);
  process.env.TILL_SWEEP_SECRET = "s3cret";
  await sweep();
  assert.deepEqual(asked, ["POST /api/sweep Bearer s3cret"]);
  for (status of [403, 404, 500, 503, 204]) await assert.rejects(sweep(), new RegExp(`answered ${status}`));
  status = 302;
  await assert.rejects(sweep(), "the secret goes nowhere else");
  assert.equal(asked.length, 7);
});

test("a build command that fails fails the deploy", async (t) => {
  const shop = cloned(t);
  writeFileSync(path.join(shop, "content/shop.yaml"), "name: broken\n");
  const built = await netlify(shop);
  assert.notEqual(built.status, 0);
  assert.deepEqual(built.functions, []);
});
