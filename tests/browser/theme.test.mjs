// The theme itself: light and dark by the system and by hand, without a flash; pages prepared before they are asked for;
// motion only for those who want it; paper; how much a page weighs.

import test, { after, afterEach, before } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { launch } from "./lib/chromium.mjs";
import { DIST, pages } from "./lib/dist.mjs";
import { listen, still } from "./lib/look.mjs";
import { Problems } from "./lib/problems.mjs";
import { itemsOf, pageOfItem, samples } from "./lib/samples.mjs";
import { serve } from "./lib/server.mjs";
import { reset, state } from "./lib/till.mjs";

const PIECE = pageOfItem(itemsOf("bol-lune")[0], "fr").address;
const CART = pages.find((page) => page.lang === "fr" && page.kinds.includes("cart")).address;

let host, browser;
const contexts = [];

before(async () => {
  reset();
  host = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await host?.stop();
});

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

async function visitor(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: host.origin, ...options });
  contexts.push(context);
  context.setDefaultTimeout(60_000);
  return context.newPage();
}

const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const bar = (page) => page.locator("meta[name=theme-color]").evaluateAll((all) => all.map((meta) => meta.content));
const kept = (page) => page.evaluate(() => localStorage.getItem("bazaar-theme"));

test("light and dark by hand: one button, remembered, told to other tabs, and let go again", async () => {
  const page = await visitor({ colorScheme: "light" });
  await page.goto("/");
  const light = await paper(page);
  const other = await page.context().newPage();
  await other.goto(PIECE);
  const button = page.getByRole("button", { name: "Mode sombre" });
  await button.click();
  const dark = await paper(page);
  assert.notEqual(dark, light);
  assert.equal(await kept(page), "dark");
  assert.equal(new Set(await bar(page)).size, 1, "the browser's bar goes along");
  await other.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  await page.goto(CART);
  assert.equal(await paper(page), dark);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("button", { name: "Mode clair" }).click();
  assert.equal(await paper(page), light);
  await page.getByRole("button", { name: "Mode sombre" }).click();
  assert.equal(await kept(page), null, "what the system says anyway is not kept");
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal(await paper(page), light, "and the system is followed again");
});

test("what was chosen stands before anything is drawn, even while the script does not come", async () => {
  const page = await visitor({ colorScheme: "light" });
  await page.goto("/");
  await page.getByRole("button", { name: "Mode sombre" }).click();
  const dark = await paper(page);
  await page.route("**/*.js", () => {});
  await page.goto(PIECE, { waitUntil: "commit" });
  await page.locator("h1").waitFor();
  assert.equal(await paper(page), dark);
});

test("without scripts the system decides, and there is no button", async () => {
  for (const [colorScheme, expected] of [["light", "oklch(0.975"], ["dark", "oklch(0.2 "]]) {
    const page = await visitor({ colorScheme, javaScriptEnabled: false });
    await page.goto("/");
    assert.ok((await page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor)).startsWith(expected), colorScheme);
    assert.equal(await page.locator(".theme").evaluate((button) => getComputedStyle(button).display), "none");
  }
});

test("the button is reached by keyboard, also in the menu of a phone", async () => {
  const page = await visitor({ viewport: { width: 360, height: 800 }, colorScheme: "light" });
  await page.goto("/");
  await page.locator(".menu-button").first().press("Enter");
  const button = page.getByRole("button", { name: "Mode sombre" });
  await button.press("Enter");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  assert.ok((await page.getByRole("button", { name: "Mode clair" }).boundingBox()).height >= 44);
});

test("the menu is one line on wide screens, however many entries it has", async () => {
  for (const width of [1024, 1280, 1600]) {
    const page = await visitor({ viewport: { width, height: 800 } });
    await page.goto("/");
    const tops = await page.locator(".menu nav").first().locator(".menu-list > li").evaluateAll((all) => all.map((item) => Math.round(item.getBoundingClientRect().top)));
    assert.ok(tops.length > 4);
    assert.equal(new Set(tops).size, 1, `${width} px: ${tops}`);
  }
});

test("pages move into one another only for those who want motion", async () => {
  for (const [reducedMotion, moves] of [["no-preference", true], ["reduce", false]]) {
    const page = await visitor({ reducedMotion });
    await page.addInitScript(() => addEventListener("pagereveal", ({ viewTransition }) => (window.moved = Boolean(viewTransition))));
    await page.goto("/");
    await page.locator(".grid .card a").first().click();
    await page.waitForURL(/\/produits\//);
    assert.equal(await page.evaluate(() => window.moved), moves, reducedMotion);
  }
});

test("the policy lets a page name the ones to prepare, and a link that is pointed at is prepared", async () => {
  const page = await visitor();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.goto("/");
  const session = await page.context().newCDPSession(page);
  const faults = [];
  session.on("Preload.ruleSetUpdated", ({ ruleSet }) => ruleSet.errorType && faults.push(ruleSet.errorMessage));
  // Under a debugger Chromium fetches the page and leaves it at that.
  const fetched = new Promise((resolve) => session.on("Preload.prefetchStatusUpdated", ({ key, status }) => status === "Ready" && resolve(key.url)));
  await session.send("Preload.enable");
  await page.locator(".hero-piece a").hover();
  const patience = new Promise((_, reject) => setTimeout(() => reject(new Error(`nothing was prepared: ${said}`)), 30_000).unref());
  assert.match(await Promise.race([fetched, patience]), /\/produits\//);
  assert.deepEqual(faults, []);
  assert.deepEqual(said, []);
});

test("a page that is prepared in advance asks the till nothing until it is looked at", async () => {
  const page = await visitor();
  await page.addInitScript(() => Object.defineProperty(document, "prerendering", { value: true }));
  reset();
  await page.goto(PIECE, { waitUntil: "networkidle" });
  assert.deepEqual(state.calls, {});
  const asked = page.waitForResponse(/api.stock/);
  await page.evaluate(() => document.dispatchEvent(new Event("prerenderingchange")));
  await asked;
});

test("on paper there is the piece, its price and its seller, and nothing to click", async () => {
  const page = await visitor({ colorScheme: "dark" });
  await page.goto(PIECE);
  await page.emulateMedia({ media: "print" });
  for (const shown of ["h1", ".asks .price", ".facts", ".seller", ".gallery li:first-child"]) assert.ok(await page.locator(shown).first().isVisible(), shown);
  for (const hidden of [".menu", ".cart-link", ".buy", ".delivery", ".breadcrumbs", ".theme"]) assert.ok(!(await page.locator(hidden).first().isVisible()), hidden);
  assert.equal(await paper(page), "rgb(255, 255, 255)");
});

// What a page may weigh, compressed, before photos that may come later.
const TEXT = 14 * 1024;
const SCRIPTS = 10 * 1024;
const REQUESTS = 6;
const SHIFT = 0.05; // half of what counts as good, and only where late letters break a line elsewhere: see pages.test.mjs

const painted = () => performance.getEntriesByName("first-contentful-paint").length > 0;

test("every kind of page keeps within its budgets", async (t) => {
  const problems = new Problems();
  const weight = (file) => gzipSync(readFileSync(path.join(DIST, file)), { level: 9 }).length;
  let most = [0, 0, 0];
  for (const { name, page: { address, file }, status } of samples()) {
    const page = await visitor({ viewport: { width: 360, height: 800 } });
    await listen(page, host.origin, () => {});
    await page.route("**/*.woff2", async (route) => {
      await page.waitForFunction(painted);
      await route.continue();
    });
    const asked = [];
    page.on("request", (request) => asked.push({ path: new URL(request.url()).pathname, kind: request.resourceType() }));
    await page.goto(status === 404 ? "/nothing/here/" : address, { waitUntil: "load" });
    const others = asked.filter(({ path, kind }) => kind !== "image" && !path.startsWith("/api/") && !path.includes("favicon"));
    const requests = others.length + (await page.locator("img[src]:not([loading=lazy])").count());
    const css = others.filter(({ kind }) => kind === "stylesheet").map(({ path }) => path);
    const scripts = others.filter(({ kind }) => kind === "script").map(({ path }) => path);
    const sum = (paths) => paths.reduce((all, path) => all + weight(path), 0);
    const figures = [weight(file) + sum(css), sum(scripts), requests];
    most = most.map((figure, at) => Math.max(figure, figures[at]));
    problems.expect(figures[0] <= TEXT, name, `HTML and CSS of ${figures[0]} bytes, compressed`);
    problems.expect(figures[1] <= SCRIPTS, name, `scripts of ${figures[1]} bytes, compressed`);
    problems.expect(requests <= REQUESTS, name, `${requests} requests: ${others.map(({ path }) => path).join(" ")}`);
    await still(page, (what) => problems.add(name, what), SHIFT);
    await page.context().close();
  }
  t.diagnostic(`at most ${most[0]} bytes of HTML and CSS, ${most[1]} bytes of scripts, ${most[2]} requests`);
  problems.none();
});
