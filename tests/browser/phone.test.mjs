// What a thumb meets: the photo leaves room for the price, the button is in reach, nothing covers anything else, and pages
// without pieces of their own lead on. Then the same pages on a desk.

import test, { after, afterEach, before } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./lib/chromium.mjs";
import { pages } from "./lib/dist.mjs";
import { itemsOf, pageOfItem } from "./lib/samples.mjs";
import { serve } from "./lib/server.mjs";
import { reset } from "./lib/till.mjs";

const product = (id) => pageOfItem(itemsOf(id)[0], "fr").address;
const of = (kind) => pages.find((page) => page.lang === "fr" && page.kinds.includes(kind)).address;
const PIECES = ["bol-lune", "tablier-atelier", "bougeoirs-tournes", "tabouret-chene"].map(product);
const PHONES = [[360, 640], [390, 844], [414, 736]];

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

async function visitor([width, height], options = {}) {
  const context = await browser.newContext({ viewport: { width, height }, baseURL: host.origin, ...options });
  contexts.push(context);
  context.setDefaultTimeout(60_000);
  return context.newPage();
}

/** Whether the middle of an element is what a finger there would touch. */
const isInReach = (page, selector) => page.evaluate((selector) => {
  const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect();
  return document.querySelector(selector).contains(document.elementFromPoint(left + width / 2, top + height / 2));
}, selector);

/** A finger on it, where it is: `click` would first scroll to the place it has without the page's help. */
async function tap(page, selector) {
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
}

test("a photo takes at most 55 % of the height, and price and button are in reach at once, with and without scripts", async () => {
  for (const size of PHONES) for (const javaScriptEnabled of [true, false]) for (const address of PIECES) {
    const page = await visitor(size, { javaScriptEnabled });
    await page.goto(address);
    const what = `${address} at ${size}`;
    assert.ok((await page.locator(".gallery img").first().boundingBox()).height <= size[1] * 0.55 + 1, what);
    for (const part of [".bar .price", ".bar .button"]) {
      const { y, height } = await page.locator(part).boundingBox();
      assert.ok(y >= 0 && y + height <= size[1], `${what}: ${part} at ${y}`);
    }
    if (javaScriptEnabled) assert.ok(await isInReach(page, ".bar .button"), what);
    await page.context().close();
  }
});

test("the bar is there while the form is out of sight, above it and below it, and gives way to it", async () => {
  const page = await visitor([390, 844], { reducedMotion: "reduce" });
  await page.goto(PIECES[1]);
  const scrollTo = (where) => page.evaluate((where) => {
    const { top, bottom } = document.querySelector("form[data-add]").getBoundingClientRect();
    window.scrollBy(0, { form: (top + bottom) / 2 - innerHeight / 2, below: bottom + 60 }[where]);
  }, where);
  assert.ok(await isInReach(page, ".bar .button"));
  await scrollTo("form");
  assert.ok(!(await isInReach(page, ".bar .button")), "the form lies over it");
  assert.ok(await isInReach(page, "form[data-add] .button"));
  await scrollTo("below");
  assert.ok(await isInReach(page, ".bar .button"));
  await page.evaluate(() => window.scrollTo(0, 0));
  await tap(page, ".bar .button");
  assert.ok(await page.evaluate(() => document.activeElement.name === "sku"), "what must be chosen is led to");
  await page.locator("input[value=TABLIER-M]").check();
  await page.evaluate(() => window.scrollTo(0, 0));
  await tap(page, ".bar .button");
  assert.ok(await page.locator(".added a").isVisible());
  assert.ok(await isInReach(page, ".added a"), "what was said is seen");
  assert.match(await page.locator(".bar .price").textContent(), /68,00/);
});

test("on a desk there is no bar", async () => {
  const page = await visitor([1280, 800]);
  await page.goto(PIECES[0]);
  assert.ok(!(await page.locator(".bar").isVisible()));
});

test("the number of pieces in the cart covers nothing, however many there are", async () => {
  for (const width of [320, 390, 768]) for (const quantity of [1, 10, 99, 250]) {
    const page = await visitor([width, 800]);
    await page.addInitScript((quantity) => localStorage.setItem("bazaar-cart", JSON.stringify({ id: "0123456789abcdef", lines: [{ sku: "X", note: null, quantity, price: 1, title: "X" }] })), quantity);
    await page.goto("/");
    const number = page.locator("[data-cart-count]");
    assert.equal(await number.textContent(), String(quantity));
    const box = await number.evaluate((span) => {
      const range = document.createRange();
      range.selectNodeContents(span);
      return range.getBoundingClientRect().toJSON();
    });
    for (const other of [".menu-button", ".shop-name a"]) {
      const next = await page.locator(other).first().boundingBox();
      const apart = box.right <= next.x || next.x + next.width <= box.left || box.bottom <= next.y || next.y + next.height <= box.top;
      assert.ok(apart, `${quantity} pieces at ${width} px: over ${other}`);
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.context().close();
  }
});

test("a card over two columns has a photo over two columns", async () => {
  for (const width of [360, 1280]) {
    const page = await visitor([width, 900]);
    await page.goto(of("products"));
    const [card, photo] = await Promise.all([".grid > :nth-child(7)", ".grid > :nth-child(7) img"].map((part) => page.locator(part).boundingBox()));
    const one = await page.locator(".grid > :nth-child(6)").boundingBox();
    assert.ok(card.width > 1.9 * one.width, `${width} px`);
    assert.ok(Math.abs(photo.width - card.width) < 1, `${width} px`);
    const beside = await page.locator(".grid > :nth-child(6) img").boundingBox();
    if (width === 1280) assert.ok(Math.abs(photo.height - beside.height) < 3, "as high as the photo beside it");
  }
});

test("a cart without pieces and a page that is not there offer four, all of them to be had", async () => {
  for (const [address, javaScriptEnabled] of [["/rien/ici/", true], ["/rien/ici/", false], [of("cart"), true]]) {
    const page = await visitor([390, 844], { javaScriptEnabled });
    await page.goto(address);
    await page.locator(".offers .card").first().waitFor();
    assert.equal(await page.locator(".offers .card:visible").count(), 4, address);
    assert.equal(await page.locator(".offers .sold").count(), 0);
  }
});

test("a text stands in the middle of a desk, as wide as it is read", async () => {
  const page = await visitor([1280, 900]);
  await page.goto(of("page"));
  const { x, width } = await page.locator("article.free").boundingBox();
  assert.ok(width <= 38 * 16 && Math.abs(x - (1280 - width) / 2) < 10, `${x}, ${width}`);
});

test("home on a phone is a section shorter, and makers come last", async () => {
  const sections = async (width) => {
    const page = await visitor([width, 844]);
    await page.goto("/");
    const seen = await page.locator("main > section:visible").evaluateAll((all) => all.map((section) => section.getAttribute("aria-labelledby")));
    return { seen, height: await page.evaluate(() => document.documentElement.scrollHeight) };
  };
  const [phone, desk] = [await sections(390), await sections(1280)];
  assert.equal(phone.seen.length, desk.seen.length - 1);
  assert.equal(phone.seen.at(-1), "_makers");
  assert.ok(phone.height < 5500, `${phone.height} px`);
});

test("in the dark photos are a little dimmer, by the system and by hand", async () => {
  const dim = (page) => page.locator(".gallery img").first().evaluate((image) => getComputedStyle(image).filter);
  const page = await visitor([1280, 800], { colorScheme: "light" });
  await page.goto(PIECES[0]);
  assert.equal(await dim(page), "none");
  await page.emulateMedia({ colorScheme: "dark" });
  assert.match(await dim(page), /brightness/);
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByRole("button", { name: "Mode sombre" }).click();
  assert.match(await dim(page), /brightness/);
});
