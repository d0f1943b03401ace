// A whole purchase on `bazaar serve`, as people make it: with scripts and without, to the stand-in of Stripe's page and back.

import test, { after, afterEach, before } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./lib/chromium.mjs";
import { open, until } from "./lib/shop.mjs";

const UNIQUE = "/produits/bol-lune/";
const SPOONS = "/produits/cuilleres-olivier/";
const STOOL = "/produits/tabouret-chene/";
const LAST_APRON = "/produits/tablier-atelier/?taille=l";

let shop, browser;
const contexts = [];

before(async () => {
  shop = await open();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

async function visitor(options = {}) {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, baseURL: shop.origin, ...options });
  contexts.push(context);
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  page.said = [];
  page.on("console", (message) => message.type() === "error" && page.said.push(message.text()));
  page.on("pageerror", (error) => page.said.push(error.message));
  return page;
}

const add = (page) => page.locator("form[data-add] button.button").click();

async function toStripe(page, product) {
  await page.goto(product);
  await add(page);
  await page.goto("/panier/");
  await page.locator("[data-pay]:enabled").click();
  await page.waitForURL(/\/_stripe\/pay\//);
}

async function typeAddress(page) {
  for (const [name, value] of Object.entries({
    email: "anne@example.com", name: "Anne Dupont", line1: "3 rue Haute", postal_code: "35000", city: "Rennes",
  })) await page.locator(`[name=${name}]`).fill(value);
}

async function pay(page, means = "card") {
  await typeAddress(page);
  await page.locator(`[name=means][value=${means}]`).check();
  await page.locator("form button.big").first().click();
}

const orderPage = (page) => page.waitForURL(/\/api\/orders\//);

test("with scripts: a unique piece is bought, both are told, and its page says so", async () => {
  const page = await visitor();
  await toStripe(page, UNIQUE);
  await pay(page);
  await orderPage(page);
  assert.ok(await page.locator("[data-paid]").isVisible());
  const mails = await until("two mails", () => shop.mails().length >= 2 && shop.mails());
  assert.match(mails.join(" "), /mail_confirmation.*mail_notice/);
  const confirmation = shop.mail(mails.find((name) => name.includes("confirmation")));
  for (const word of ["Bol", "Rennes", "TVA", "rétract"]) assert.ok(confirmation.includes(word), word);
  const other = await visitor();
  await until("the piece's page tells that it is gone", async () => {
    await other.goto(UNIQUE);
    return (await other.locator("form[data-add]").count()) === 0;
  });
  await page.goto("/");
  assert.equal(await page.locator("[data-cart-count]").textContent(), "", "the cart has done its work");
  assert.deepEqual(page.said, []);
});

test("without scripts: the same, by forms alone", async () => {
  const page = await visitor({ javaScriptEnabled: false });
  await page.goto(STOOL);
  if (await page.locator("[name=note]").count()) await page.locator("[name=note]").fill("Zoé");
  await add(page);
  await page.waitForURL(/\/api\/cart/);
  await page.locator("form[action='/api/checkout'] button").click();
  await page.waitForURL(/\/_stripe\/pay\//);
  await pay(page);
  await orderPage(page);
  assert.equal(await page.locator("[data-paid]").count(), 1);
  await page.goto("/api/cart?lang=fr");
  assert.equal(await page.locator("form[action='/api/checkout']").count(), 0, "the cart is empty again");
});

test("a declined card may be tried again, and a bank's question answered", async () => {
  const page = await visitor();
  await toStripe(page, STOOL);
  await pay(page, "declined");
  assert.match(page.url(), /\/_stripe\/pay\//);
  await pay(page, "challenged");
  await page.locator("button[value=confirm]").click();
  await orderPage(page);
  assert.equal(await page.locator("[data-paid]").count(), 1);
});

test("who turns back at Stripe can pay later or let go", async () => {
  const page = await visitor();
  await toStripe(page, SPOONS);
  await page.locator("a[href*='/api/orders/']").first().click();
  await orderPage(page);
  const link = page.url();
  await page.locator("a[href*='/_stripe/pay/']").click();
  await page.waitForURL(/\/_stripe\/pay\//);
  await page.goto(link);
  await page.locator("form[action$='/cancel'] button").click();
  await page.waitForURL(/cancelled/);
  assert.equal(await page.locator("a[href*='/_stripe/pay/']").count(), 0);
});

test("two want the last piece: one gets it, the other is told in words", async () => {
  const [first, second] = [await visitor(), await visitor()];
  for (const page of [first, second]) {
    await page.goto(LAST_APRON);
    await add(page);
    await page.goto("/panier/");
    await page.locator("[data-pay]:enabled").waitFor();
  }
  await Promise.all([first, second].map((page) => page.locator("[data-pay]").click()));
  const atStripe = (page) => page.url().includes("/_stripe/pay/");
  await until("one is at Stripe", () => [first, second].some(atStripe));
  const loser = atStripe(first) ? second : first;
  await until("the other reads why", async () => !atStripe(loser) && (await loser.locator("[data-notes] li").count()) > 0);
  const winner = loser === first ? second : first;
  await pay(winner);
  await orderPage(winner);
  assert.equal(await winner.locator("[data-paid]").count(), 1);
});
