// The packaged program itself, as a host runs it: behind Lambda's Runtime API, in every shape in which hosts send requests.

import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { copyOfShop, must, bazaarProgram, packaged, root } from "./lib/given.mjs";
import { signRedirect } from "./node_modules/netlify-cli/dist/utils/sign-redirect.js"; // the package does not export it
import { SHAPES, start } from "./lib/lambda.mjs";
import { secrets } from "./lib/secrets.mjs";
import { standIn } from "./lib/stripe.mjs";

const HOST = "mon-petit-bazaar.netlify.app";

test("the packaged till answers in every shape of event", async (t) => {
  const shop = copyOfShop(t);
  const database = `sqlite://${path.join(shop, "till.sqlite")}?mode=rwc`;
  const env = { ...secrets(shop, { stripe: await standIn(t) }), DATABASE_URL: database };
  const catalog = JSON.parse(readFileSync(path.join(shop, "dist/catalog.json"), "utf8"));
  await must(bazaarProgram(), ["--shop", shop, "database", "init"], { env });
  const bootstrap = await packaged(shop, "lambda");
  const till = await start(bootstrap, env);
  t.after(() => till.stop());
  const piece = catalog.items.find((item) => item.availability === "in_stock" && item.weight_g);
  assert.ok(piece, "the demo shop has something to sell");

  for (const shape of Object.keys(SHAPES)) {
    await t.test(shape, async () => {
      const ask = (method, address, more = {}) => till.request(shape, { method, address, ...more, headers: { host: HOST, ...more.headers } });
      const json = ({ body }) => JSON.parse(body.toString("utf8"));

      const health = await ask("GET", "/api/health");
      assert.equal(health.status, 200, health.body.toString());
      assert.equal(json(health).catalog, catalog.hash, "health shows the hash of dist/catalog.json");

      const stock = await ask("GET", `/api/stock?key=${piece.sku}&key=NOBODY-HAS-IT`);
      assert.equal(stock.status, 200);
      assert.ok(piece.sku in json(stock), `both keys were asked for: ${stock.body}`);
      const all = await ask("GET", "/api/stock", { headers: { authorization: `Bearer ${env.TILL_SWEEP_SECRET}` } });
      assert.match(String(all.headers["cache-control"]), /private/, "the exact stock is nobody else's");

      const body = JSON.stringify({ lang: "fr", items: [{ sku: piece.sku, quantity: 1 }] });
      const quote = await ask("POST", "/api/quote", { headers: { "content-type": "application/json" }, body });
      assert.equal(quote.status, 200, quote.body.toString());
      assert.equal(json(quote).goods, piece.price);

      const form = new URLSearchParams({ action: "add", sku: piece.sku, quantity: "1", lang: "fr" }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded", origin: `https://${HOST}`, "sec-fetch-site": "same-origin" };
      const added = await ask("POST", "/api/cart", { headers, body: form });
      assert.equal(added.status, 303, added.body.toString());
      const cookie = [added.headers["set-cookie"]].flat()[0].split(";")[0];
      const cart = await ask("GET", "/api/cart?lang=fr", { headers: { cookie } });
      assert.equal(cart.status, 200);
      assert.match(cart.body.toString(), new RegExp(piece.name.fr.slice(0, 3)), "the cart came back with its cookie");
      assert.match(cart.body.toString(), /form[^>]+action="\/api\/checkout"/);

      const foreign = await ask("POST", "/api/cart", { headers: { ...headers, origin: "https://elsewhere.example" }, body: form });
      assert.equal(foreign.status, 403);
    });
  }

  await t.test("who asks for the whole stock with a wrong secret is refused, and does not read that nothing is sold", async () => {
    const headers = { host: HOST, authorization: "Bearer another-secret-0123456789" };
    assert.equal((await till.request("function URL", { address: "/api/stock?all=1", headers })).status, 403);
  });

  await t.test("the clock of Amazon's template sweeps, and its deploy reads the health", async () => {
    const template = readFileSync(path.join(root, "deploy/template.yaml"), "utf8");
    const sweep = template.match(/Input: !Sub >-\n([\s\S]*?)\n\n/)[1].replace(/{{resolve:.*}}}/, env.TILL_SWEEP_SECRET);
    const health = readFileSync(path.join(root, "generator/src/shell/publish/health.json"), "utf8");
    const swept = await till.invoke(JSON.parse(sweep));
    assert.equal(swept.statusCode, 200, swept.body);
    assert.equal(JSON.parse(swept.body).effects_older_than_an_hour, 0);
    const well = await till.invoke(JSON.parse(health));
    assert.equal(well.statusCode, 200, well.body);
    assert.equal(JSON.parse(well.body).catalog, catalog.hash);
    assert.equal((await till.invoke(JSON.parse(sweep.replace("Bearer ", "Bearer x")))).statusCode, 403);
  });

  await t.test("an event that is none is refused, and the till lives on", async () => {
    const broken = SHAPES["HTTP API (version 2)"].event({ method: "POST", address: "/api/quote", headers: { host: HOST } });
    await till.invoke({ ...broken, body: "%%%", isBase64Encoded: true }).catch((error) => assert.match(error.message, /the function failed/));
    assert.equal((await till.request("function URL", { address: "/api/health", headers: { host: HOST } })).status, 200);
  });
});

test("behind Netlify the till answers what Netlify signed, and nothing else", async (t) => {
  const shop = copyOfShop(t);
  const env = { ...secrets(shop, { stripe: await standIn(t) }), DATABASE_URL: `sqlite://${path.join(shop, "till.sqlite")}?mode=rwc` };
  await must(bazaarProgram(), ["--shop", shop, "database", "init"], { env });
  const till = await start(await packaged(shop, "lambda"), { ...env, TILL_EDGE_SECRET: "of-before,of-now", TILL_HOST_HEADER: "x-shop-host" });
  t.after(() => till.stop());
  const signed = (secret) => signRedirect({ deployContext: "production", secret, siteID: "an-id", siteURL: `https://${HOST}` });
  const body = new URLSearchParams({ action: "add", sku: "NOBODY-HAS-IT", quantity: "1", lang: "fr" }).toString();
  const ask = async (headers) => {
    const all = { host: "abc.lambda-url.eu-west-3.on.aws", "content-type": "application/x-www-form-urlencoded", origin: `https://${HOST}`, ...headers };
    return (await till.request("function URL", { method: "POST", address: "/api/cart", headers: all, body })).status;
  };
  const host = { "x-shop-host": HOST };
  for (const secret of ["of-before", "of-now"]) assert.equal(await ask({ ...host, "x-nf-sign": signed(secret) }), 303, secret);
  for (const [what, headers] of Object.entries({
    nothing: host,
    "another secret": { ...host, "x-nf-sign": signed("of-nobody") },
    "another host": { "x-shop-host": "abc.lambda-url.eu-west-3.on.aws", "x-nf-sign": signed("of-now") },
    "no host": { "x-nf-sign": signed("of-now") },
  })) {
    assert.equal(await ask(headers), 421, what);
  }
});

test("a till without its secrets refuses and names each", async (t) => {
  const shop = copyOfShop(t);
  const till = await start(await packaged(shop, "lambda"));
  t.after(() => till.stop());
  const health = await till.request("function URL", { address: "/api/health", headers: { host: HOST } });
  assert.equal(health.status, 503);
  for (const name of ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "DATABASE_URL", "TILL_LINK_KEYS", "TILL_SWEEP_SECRET", "SMTP_URL"]) {
    assert.match(health.body.toString(), new RegExp(`${name} is not set`));
  }
});
