// A product's page in a browser that runs scripts: photos large, variants that change the page and its address, what is left
// right now, and what delivery costs before the cart.

import test, { after, afterEach, before, beforeEach } from "node:test";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { launch } from "./lib/chromium.mjs";
import { itemsOf, pageOfItem } from "./lib/samples.mjs";
import { serve } from "./lib/server.mjs";
import { reset, state } from "./lib/till.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const product = (id) => pageOfItem(itemsOf(id)[0], "fr").address;
const TWO_PHOTOS = product("bol-lune");
const VARIANTS = product("tablier-atelier");
const PICTURED = product("tasses-maree");
const OPTIONS = product("bougeoirs-tournes");

let host, browser, page, said;

before(async () => {
  host = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await host?.stop();
});

async function visitor(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, baseURL: host.origin, ...options });
  context.setDefaultTimeout(60_000);
  page = await context.newPage();
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
}

beforeEach(async () => {
  reset();
  said = [];
  await visitor();
});

afterEach(() => page.context().close());

const zoom = () => page.locator("dialog.zoom");
const closed = () => zoom().waitFor({ state: "detached" });
const photo = () => page.locator("dialog.zoom img").getAttribute("src");
const links = () => page.locator(".gallery a");
const focused = () => page.evaluate(() => document.activeElement.getAttribute("href"));
const price = () => page.locator(".asks .price").textContent();
const words = () => page.locator("[data-state]").textContent();
const shown = (text) => page.waitForFunction((text) => document.querySelector("[data-state]").textContent.includes(text), text);

test("photos by keyboard: Enter opens, arrows lead on, Escape closes and gives the focus back", async () => {
  await page.goto(TWO_PHOTOS);
  const [first, second] = await links().evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  await links().first().focus();
  await page.keyboard.press("Enter");
  await zoom().waitFor();
  assert.equal(new URL(await photo()).pathname, first);
  assert.ok((await page.locator("dialog.zoom img").getAttribute("alt")).length > 10);
  await page.keyboard.press("ArrowRight");
  assert.equal(new URL(await photo()).pathname, second);
  assert.equal(await page.locator("[data-place]").textContent(), "2 / 2");
  await page.keyboard.press("ArrowRight");
  assert.equal(new URL(await photo()).pathname, first, "after the last comes the first");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("+");
  assert.ok(await zoom().evaluate((dialog) => dialog.classList.contains("near")));
  const before = await page.locator(".pane").evaluate((pane) => pane.scrollLeft);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((before) => document.querySelector(".pane").scrollLeft > before, before);
  assert.equal(new URL(await photo()).pathname, second, "near, arrows move over the photo");
  await page.keyboard.press("Escape");
  await closed();
  assert.equal(await focused(), second, "the photo that was seen last");
  assert.equal(new URL(page.url()).pathname, TWO_PHOTOS);
  assert.deepEqual(said, []);
});

test("photos by mouse: a click opens, buttons lead on, a click comes near, beside the photo closes", async () => {
  await page.goto(TWO_PHOTOS);
  await links().first().click();
  await zoom().waitFor();
  await page.evaluate(axe);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await page.evaluate(async () => (await window.axe.run("dialog")).violations.map(({ id }) => id)), [], colorScheme);
  }
  const first = await photo();
  await page.locator("[data-step='1']").click();
  assert.notEqual(await photo(), first);
  await page.locator("dialog.zoom img").evaluate((image) => image.decode());
  await page.locator("dialog.zoom img").click();
  const { wide, inner } = await page.evaluate(() => ({ wide: document.querySelector(".pane img").offsetWidth, inner: innerWidth }));
  assert.ok(wide > inner, `${wide} px in a window of ${inner} px`);
  await page.locator("[data-near]").click();
  await page.locator(".pane").click({ position: { x: 20, y: 300 } });
  await closed();
  await links().nth(1).click();
  await page.locator("[data-close]").click();
  await closed();
});

test("photos by touch: a swipe leads on", async () => {
  await page.context().close();
  await visitor({ viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true });
  await page.goto(TWO_PHOTOS);
  await links().first().tap();
  await zoom().waitFor();
  const first = await photo();
  const touch = await page.context().newCDPSession(page);
  const point = (type, x) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: x === null ? [] : [{ x, y: 300 }] });
  await point("touchStart", 280);
  for (const x of [220, 160, 100]) await point("touchMove", x);
  await point("touchEnd", null);
  await page.waitForFunction((first) => document.querySelector("dialog.zoom img").getAttribute("src") !== first, first);
});

test("without scripts a photo leads to its file", async () => {
  await page.context().close();
  await visitor({ javaScriptEnabled: false });
  await page.goto(TWO_PHOTOS);
  await links().first().click();
  await page.waitForURL(/\.webp$/);
});

test("a variant changes price, words and address; its address opens it", async () => {
  await page.goto(VARIANTS);
  assert.match(await price(), /dès\s68,00/);
  await page.locator("input[value=TABLIER-L]").check();
  assert.match(await price(), /^72,00/);
  assert.equal(await words(), "Dernière pièce");
  assert.equal(new URL(page.url()).search, "?taille=l");
  assert.equal(await page.locator("#_quantity").getAttribute("max"), "1");
  await page.reload();
  assert.ok(await page.locator("input[value=TABLIER-L]").isChecked());
  await page.goto(`${VARIANTS}?utm_source=lettre&taille=m`);
  assert.ok(await page.locator("input[value=TABLIER-M]").isChecked(), "whatever else the address says");
  assert.match(await price(), /^68,00/);
  assert.deepEqual(said, []);
});

test("a variant with a photo of its own shows it first", async () => {
  await page.goto(PICTURED);
  const sources = () => page.locator(".gallery img").evaluateAll((all) => all.map((image) => image.getAttribute("src")));
  const [first, second] = await sources();
  await page.locator("input[value=TASSE-MAREE-CELADON]").check();
  assert.deepEqual(await sources(), [second, first]);
  await page.goto(`${new URL(page.url()).pathname}?glacure=celadon`);
  assert.deepEqual(await sources(), [second, first]);
});

const chip = (option, value) => page.locator(`input[name=_${option}][value=${value}]`);
const said_of = (option, value) => page.locator(`label:has(input[name=_${option}][value=${value}]) .state`).textContent();
const button = () => page.locator("form[data-add] button.button");
const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem("bazaar-cart")).lines.map(({ sku }) => sku));

test("several options are a row of choices each; together they name a variant", async () => {
  await page.goto(OPTIONS);
  assert.equal(await page.locator("[data-option]").count(), 2);
  assert.equal(await page.locator("input[name=sku]:visible").count(), 0);
  assert.match(await price(), /dès\s32,00/);
  await chip("hauteur", "bas").check();
  assert.match(await said_of("bois", "olivier"), /Épuisé/);
  assert.match(await price(), /dès\s32,00/, "nothing is named yet");
  await chip("bois", "frene").check();
  assert.match(await price(), /^32,00/);
  assert.equal(new URL(page.url()).search, "?hauteur=bas&bois=frene");
  await button().click();
  assert.deepEqual(await kept(), ["BOUGEOIR-FRENE"]);
  await page.reload();
  assert.ok(await chip("bois", "frene").isChecked() && await chip("hauteur", "bas").isChecked());
  await page.evaluate(axe);
  assert.deepEqual(await page.evaluate(async () => (await window.axe.run("form[data-add]")).violations.map(({ id }) => id)), []);
  assert.deepEqual(said, []);
});

test("what is not made or gone can be looked at, says so, and cannot be bought", async () => {
  await page.goto(`${OPTIONS}?hauteur=bas&bois=frene`);
  assert.match(await said_of("hauteur", "haut"), /N’existe pas/);
  await chip("hauteur", "haut").check();
  assert.match(await words(), /N’existe pas/);
  assert.ok(await button().isDisabled());
  assert.ok(await page.locator(".bar button").isDisabled());
  await chip("bois", "noyer").check();
  assert.match(await price(), /^38,00/);
  assert.ok(await button().isEnabled());
  await chip("hauteur", "bas").check();
  await chip("bois", "olivier").check();
  assert.match(await words(), /Épuisé/);
  assert.ok(await button().isDisabled());
  state.gone.add("BOUGEOIR-NOYER-BAS");
  await page.goto(`${OPTIONS}?hauteur=bas&bois=frene`);
  await page.waitForFunction(() => /Épuisé/.test(document.querySelector("label:has([value=noyer]) .state").textContent));
});

test("options by keyboard: arrows move within a row, Enter without a choice leads to it", async () => {
  await page.goto(OPTIONS);
  await button().press("Enter");
  assert.deepEqual(await page.evaluate(() => [document.activeElement.name, localStorage.getItem("bazaar-cart")?.includes("BOUGEOIR")]), ["_hauteur", false]);
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  assert.ok(await chip("hauteur", "bas").isChecked());
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.ok(await chip("bois", "noyer").isChecked());
  await page.keyboard.press("Enter");
  assert.deepEqual(await kept(), ["BOUGEOIR-NOYER-BAS"]);
});

test("without scripts every variant is one choice, and one that is gone cannot be chosen", async () => {
  await page.context().close();
  await visitor({ javaScriptEnabled: false });
  await page.goto(OPTIONS);
  assert.equal(await page.locator("input[name=sku]").count(), 4);
  assert.equal(await page.locator("[data-option]").count(), 0);
  assert.ok(await page.locator("input[value=BOUGEOIR-OLIVIER]").isDisabled());
  await page.locator("input[value=BOUGEOIR-FRENE]").check();
  assert.ok(await page.locator("input[value=BOUGEOIR-FRENE]").isChecked());
});

test("a choice says what it costs and how it stands only where choices differ", async () => {
  const shown = (part) => page.locator(`form[data-add] label ${part}:visible`).count();
  await page.goto(product("torchons-rayes"));
  assert.deepEqual([await shown(".price"), await shown(".state")], [0, 0]);
  await page.goto(VARIANTS);
  assert.deepEqual([await shown(".price"), await shown(".state")], [3, 3]);
  state.gone.add("TORCHON-INDIGO");
  await page.goto(product("torchons-rayes"));
  await page.waitForFunction(() => /Épuisé/.test(document.querySelector("label:has([value=TORCHON-INDIGO]) .state").textContent));
  assert.deepEqual([await shown(".price"), await shown(".state")], [0, 1]);
});

test("live stock in words: the last one, paid for by another, gone", async () => {
  state.left.set("TABLIER-M", 1);
  state.held.add("TABLIER-S");
  state.gone.add("TABLIER-L");
  await page.goto(`${VARIANTS}?taille=m`);
  await shown("Dernière pièce");
  assert.equal(await page.locator("#_quantity").getAttribute("max"), "1");
  const standing = (sku) => page.locator(`label:has([value=${sku}]) .state`).textContent();
  assert.match(await standing("TABLIER-S"), /la règle en ce moment/);
  assert.match(await standing("TABLIER-L"), /Épuisé/);
  assert.ok(await page.locator("input[value=TABLIER-S]").isDisabled());
  await page.goto(`${VARIANTS}?taille=l`);
  await shown("Épuisé");
  state.held.add("BOL-LUNE");
  await page.goto(TWO_PHOTOS);
  await shown("la règle en ce moment");
  assert.ok(await page.locator("form[data-add] button.button").isDisabled());
});

test("what delivery costs is asked when somebody wants to know", async () => {
  await page.goto(TWO_PHOTOS);
  await page.locator("[data-delivery] summary").click();
  await page.waitForFunction(() => /7,90/.test(document.querySelector("[data-said]").textContent));
  assert.match(await page.locator("[data-said]").textContent(), /3 à 5 jours/);
  assert.equal(state.calls["/api/quote"], 1);
  await page.evaluate(() => localStorage.setItem("bazaar-cart", JSON.stringify({ id: "0123456789abcdef", lines: [], country: "BE" })));
  await page.locator("[data-delivery] summary").click();
  await page.locator("[data-delivery] summary").click();
  await page.waitForFunction(() => /Belgique/.test(document.querySelector("[data-said]").textContent));
  assert.deepEqual(said, []);
});

test("a piece that is gone shows similar ones", async () => {
  await page.goto(product("vase-brume"));
  assert.match(await words(), /Partie vivre ailleurs/);
  assert.equal(await page.locator("form[data-add]").count(), 0);
  assert.ok((await page.locator("[aria-labelledby=_related] .card").count()) > 0);
});
