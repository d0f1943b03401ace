// A whole purchase on what is deployed: `dist/` behind a plain static server with the generated headers, `/api/*` to the packaged
// program behind Lambda's Runtime API, PostgreSQL, a stand-in for Stripe that sends signed webhooks. Then the push that follows.

import test from "node:test";
import assert from "node:assert/strict";
import { createServer, request as ask } from "node:http";
import { readFileSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { bazaarProgram, copyOfShop, listening, must, packaged, programs, root, until } from "./lib/given.mjs";
import { start } from "./lib/lambda.mjs";
import { postgres } from "./lib/postgres.mjs";
import { secrets } from "./lib/secrets.mjs";
import { standIn } from "./lib/stripe.mjs";

const PIECE = { sku: "BOL-LUNE", page: "/produits/bol-lune/", name: /Bol «\sLune\s»/ };

/** The shop's address, before anything answers there: the build and the stand-in for Stripe must know it. */
async function door(t) {
  let inner = null;
  const server = createServer((request, response) => {
    if (!inner) return void response.writeHead(503).end();
    const passed = ask({ host: "127.0.0.1", port: new URL(inner).port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  });
  const origin = await listening(t, server);
  return { origin, leadTo: (address) => (inner = address) };
}

test("a piece is bought on what is deployed: no rule of the policy is broken, the order ends paid, the next build knows", async (t) => {
  const { origin, leadTo } = await door(t);
  const shop = copyOfShop(t);
  const bazaar = (...words) => must(bazaarProgram(), ["--shop", shop, ...words], { env });
  const stripe = await standIn(t, `${origin}/api/stripe/webhook`);
  const env = { ...secrets(shop, { stripe }), DATABASE_URL: await postgres(t) };
  await bazaar("build", "--base-url", origin);
  await bazaar("database", "init");
  const till = await start(await packaged(shop, "lambda", "preview"), env);
  t.after(() => till.stop());

  // The tests of pages read DIST when they are loaded.
  process.env.DIST = path.join(shop, "dist");
  const { serve } = await import("../browser/lib/server.mjs");
  const { launch } = await import("../browser/lib/chromium.mjs");
  const { pay } = await import("../browser/lib/tour.mjs");
  const site = await serve(till.handler("HTTP API, every body in base64"));
  t.after(() => site.stop());
  leadTo(site.origin);

  const browser = await launch();
  t.after(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, baseURL: origin });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => page.url().startsWith(origin) && said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(error.message));
  await context.exposeFunction("violated", (what) => said.push(`policy: ${what}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => window.violated(`${event.violatedDirective} ${event.blockedURI}`));
  });

  const answer = await page.goto(PIECE.page);
  assert.match(answer.headers()["content-security-policy"], /default-src 'none'/, "pages come with the policy of the build");
  await page.locator("form[data-add] button.button").click();
  await page.goto("/panier/");
  await page.locator("[data-pay]:enabled").click();
  await page.waitForURL(`${stripe}/**`);
  await pay(page);
  await page.waitForURL(`${origin}/api/orders/**`);
  await page.locator("[data-paid]").waitFor();
  assert.match(await page.locator("main").textContent(), PIECE.name);
  const order = await page.locator("[data-paid]").getAttribute("data-paid");

  const mails = await until("two mails", () => {
    const names = readdirSync(env.TILL_MAIL_FOLDER).filter((name) => name.endsWith(".html"));
    return names.length >= 2 && names;
  });
  assert.match(mails.sort().join(" "), /mail_confirmation.*mail_notice/);
  for (const name of mails) assert.ok(readFileSync(path.join(env.TILL_MAIL_FOLDER, name), "utf8").includes(order), `${name} names the order`);

  const [booked, ...others] = JSON.parse((await bazaar("orders", "--json")).out);
  assert.deepEqual(others, []);
  assert.equal(booked.id, order);
  assert.equal(booked.payment, "paid");
  assert.deepEqual(booked.flags ?? [], []);
  assert.deepEqual(said, [], "no word in the console, no violation");

  await t.test("the next push fetches what is sold, and the piece's page says so", async () => {
    assert.match(readFileSync(path.join(shop, "dist", PIECE.page, "index.html"), "utf8"), /data-add/, "until now it is for sale there");
    symlinkSync(path.join(root, "deploy"), path.join(shop, "deploy"));
    // What is sold is asked at the address that is served here; the shop is published under one that others find.
    const push = { SHOP_URL: origin, BAZAAR_BASE_URL: "https://boutique.example", TILL_SWEEP_SECRET: env.TILL_SWEEP_SECRET, DATABASE_URL: env.DATABASE_URL, BAZAAR_PROGRAMS: programs(shop) };
    const { err } = await must("sh", ["deploy/build.sh", "lambda"], { cwd: shop, env: push });
    assert.doesNotMatch(err, /warning/);
    assert.equal(JSON.parse(readFileSync(path.join(shop, ".bazaar/stock.json"), "utf8"))[PIECE.sku].sold, 1);
    assert.doesNotMatch(readFileSync(path.join(shop, "dist", PIECE.page, "index.html"), "utf8"), /data-add/);
  });

  await t.test("a lost database: what was sold is counted again from Stripe, and is not sold again", async () => {
    const { DATABASE_URL: before } = env;
    const stock = async () => JSON.parse((await bazaar("stock", "--json")).out);
    const kept = await stock();
    env.DATABASE_URL = `sqlite://${path.join(shop, "new.sqlite")}?mode=rwc`;
    await bazaar("database", "init");
    assert.notDeepEqual(await stock(), kept, "a new database knows of nothing that was sold");
    await bazaar("stock", "rebuild", "--from-stripe");
    assert.deepEqual(await stock(), kept);
    await bazaar("stock", "rebuild", "--from-stripe");
    assert.deepEqual(await stock(), kept, "counted twice, it is the same");
    env.DATABASE_URL = before;
  });
});
