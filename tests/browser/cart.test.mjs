// The cart of a browser that runs scripts: from product pages to the till, and back out of what was done by mistake.

import test, { after, afterEach, before, beforeEach } from "node:test";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { launch } from "./lib/chromium.mjs";
import { itemsOf, languages, pageOfItem } from "./lib/samples.mjs";
import { pages } from "./lib/dist.mjs";
import { serve } from "./lib/server.mjs";
import { state } from "./lib/till.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const lang = languages[0];
const product = (id) => pageOfItem(itemsOf(id)[0], lang).address;
const cart = pages.find((page) => page.lang === lang && page.kinds.includes("cart")).address;
const UNIQUE = product("bol-lune");
const VARIANTS = product("tablier-atelier");
const ORDER = product("tabouret-chene");

let host, browser, page, said;

before(async () => {
  host = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await host?.stop();
});

beforeEach(async () => {
  state.gone.clear();
  state.asked = null;
  said = [];
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, baseURL: host.origin });
  context.setDefaultTimeout(90_000);
  page = await context.newPage();
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
});

afterEach(() => page.context().close());

const lines = () => page.locator("[data-lines] > li");
const count = () => page.locator("[data-cart-count]").textContent();
const total = () => page.locator("[data-total] dd").textContent();
const add = () => page.locator("form[data-add] button.button").click();
const priced = () => page.locator("[data-pay]:enabled").waitFor();

async function choose(way) {
  const before = await total();
  await page.locator(`input[value=${way}]`).click();
  await page.waitForFunction((shown) => document.querySelector("[data-total] dd").textContent !== shown, before);
  await priced();
}

async function fill() {
  await page.goto(UNIQUE);
  await add();
  await page.goto(VARIANTS + "?taille=m");
  await page.locator("#_quantity").fill("2");
  await add();
  await page.goto(ORDER);
  await page.locator("#_note").fill("Pour Anne");
  await add();
}

test("pieces go into the cart, are said to, and come out again", async () => {
  await page.goto(UNIQUE);
  assert.equal(await count(), "");
  await add();
  assert.equal(await count(), "1");
  assert.ok(await page.locator(".added a").isVisible());
  await add();
  assert.equal(await count(), "1", "a unique piece is in the cart once");
  await page.locator(".added button").click();
  await page.goto(VARIANTS);
  await add();
  assert.equal(await count(), "1", "a variant must be chosen");
  assert.deepEqual(said, []);
});

test("the till prices the cart, and is asked for what was shown", async () => {
  await fill();
  await page.goto(cart);
  await priced();
  assert.equal(await lines().count(), 3);
  assert.equal(await count(), "4");
  const goods = 2800 + 2 * 6800 + 18500;
  assert.equal(await total(), `${((goods + 790) / 100).toFixed(2).replace(".", ",")} €`);
  await choose("pickup");
  assert.equal(await page.locator("[data-ways] input").count(), 3, "the other ways stay");
  await choose("chronopost");
  await page.locator("[data-pay]").click();
  await page.waitForURL(host.origin + "/");
  const { cart_id, ...asked } = state.asked;
  assert.match(cart_id, /^[0-9a-f]{32}$/);
  assert.deepEqual(asked, {
    lang,
    destination: { country: "FR", rate: "chronopost" },
    items: [
      { sku: "BOL-LUNE", quantity: 1, note: null, expected_price: 2800 },
      { sku: "TABLIER-M", quantity: 2, note: null, expected_price: 6800 },
      { sku: "TABOURET-CHENE", quantity: 1, note: "Pour Anne", expected_price: 18500 },
    ],
    expected_total: goods + 1690,
  });
  assert.equal(await count(), "4", "the cart stays until it is paid");
  assert.deepEqual(said, []);
});

test("what is gone leaves the cart, with a word", async () => {
  await fill();
  state.gone.add("BOL-LUNE");
  await page.goto(cart);
  await priced();
  assert.equal(await lines().count(), 2);
  assert.match(await page.locator("[data-notes]").textContent(), /Moon|Lune/);
  await page.goto(UNIQUE);
  await page.locator("form[data-add] button.button:disabled").waitFor();
});

test("a line can be removed, put back and changed", async () => {
  await fill();
  await page.goto(cart);
  await priced();
  await lines().first().locator("button").click();
  assert.equal(await lines().count(), 2);
  await page.locator("[data-notes] button").click();
  assert.equal(await lines().count(), 3);
  await lines().nth(1).locator("input").fill("3");
  await lines().nth(1).locator("input").blur();
  await page.waitForFunction(() => document.querySelector("[data-cart-count]").textContent === "5");
});

test("two tabs share one cart", async () => {
  await page.goto(UNIQUE);
  const other = await page.context().newPage();
  await other.goto(UNIQUE);
  await add();
  await other.waitForFunction(() => document.querySelector("[data-cart-count]").textContent === "1");
});

test("a full cart is accessible and fits, in light and in dark", async () => {
  await fill();
  await page.goto(cart);
  await priced();
  await page.evaluate(axe);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate(async () => (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`));
      assert.deepEqual(found, []);
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${width} px`);
  }
});

test("a host without a till keeps the cart and says so", async () => {
  const bare = await serve(null);
  try {
    await page.goto(bare.origin + UNIQUE);
    await add();
    await page.goto(bare.origin + cart);
    await page.waitForFunction(() => document.querySelector("[data-word=state]").textContent.length > 20);
    assert.equal(await lines().count(), 1);
    assert.ok(await page.locator("[data-pay]").isDisabled());
  } finally {
    await bare.stop();
  }
});
