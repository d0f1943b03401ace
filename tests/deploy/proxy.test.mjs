// The packaged program through Netlify's own proxy for native functions: what `netlify dev` would run it with.

import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { getBinaryPath } from "@netlify/local-functions-proxy";
import { bazaarProgram, copyOfShop, must, packaged } from "./lib/given.mjs";
import { SHAPES } from "./lib/lambda.mjs";
import { secrets } from "./lib/secrets.mjs";
import { standIn } from "./lib/stripe.mjs";

const HOST = "mon-petit-bazaar.netlify.app";

test("the till that was packaged for Netlify answers through local-functions-proxy", async (t) => {
  const shop = copyOfShop(t);
  const env = { ...secrets(shop, { stripe: await standIn(t) }), DATABASE_URL: `sqlite://${path.join(shop, "till.sqlite")}?mode=rwc` };
  await must(bazaarProgram(), ["--shop", shop, "database", "init"], { env });
  const till = await packaged(shop, "netlify");
  const proxy = await getBinaryPath();
  assert.ok(proxy, "there is a proxy for this machine");
  const ask = async (method, address, more = {}) => {
    const event = SHAPES.Netlify.event({ method, address, ...more, headers: { host: HOST, ...more.headers } });
    const words = ["--event", JSON.stringify(event), "--command", till, "--working-dir", path.dirname(till), "--name", "till", "--timeout", "30s"];
    return SHAPES.Netlify.answer(JSON.parse((await must(proxy, words, { env })).out));
  };

  const health = await ask("GET", "/api/health");
  assert.equal(health.status, 200, health.body.toString());
  const { hash } = JSON.parse(readFileSync(path.join(shop, "dist/catalog.json"), "utf8"));
  assert.equal(JSON.parse(health.body).catalog, hash, "health shows the hash of dist/catalog.json");

  assert.equal((await ask("GET", "/.netlify/functions/till/health")).status, 200, "its own address works as the shop's does");

  const headers = { "content-type": "application/x-www-form-urlencoded", origin: `https://${HOST}`, "sec-fetch-site": "same-origin" };
  const added = await ask("POST", "/api/cart", { headers, body: "action=add&sku=TABOURET-CHENE&quantity=1&lang=fr&note=Zo%C3%A9" });
  assert.equal(added.status, 303, added.body.toString());
  const cart = await ask("GET", "/api/cart?lang=fr", { headers: { cookie: [added.headers["set-cookie"]].flat()[0].split(";")[0] } });
  assert.match(cart.body.toString(), /Tabouret en chêne/, "letters with accents came through");
});
