// Pictures of every kind of page and mail, at three widths, in light and in dark, with a sheet of them all (`index.html`).
// Not a test: for people's eyes. DIST is a built shop, BAZAAR the program, OUT the folder for the pictures; ONLY, when set,
// is a part of the names of those to take.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { launch } from "./lib/chromium.mjs";
import { samples } from "./lib/samples.mjs";
import { serve } from "./lib/server.mjs";
import { open, until } from "./lib/shop.mjs";
import { reset, state } from "./lib/till.mjs";
import { tour } from "./lib/tour.mjs";

const OUT = path.resolve(process.env.OUT ?? "shots");
const ONLY = process.env.ONLY ?? "";
const WIDTHS = [360, 768, 1280];
const MAIL_WIDTHS = [360, 700];
const SCHEMES = ["light", "dark"];
const BOTH = ["home", "a unique piece", "cart"]; // the other kinds are shown in the first language alone

const taken = new Map(); // name -> files
const wanted = (name) => name.includes(ONLY);

/** Takes one page at every width, in light and in dark. */
async function take(page, name, widths = WIDTHS) {
  if (!wanted(name)) return;
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.evaluate(async () => {
        for (const image of document.images) image.loading = "eager";
        await document.fonts.ready;
        await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
        window.scrollTo(0, 0);
      });
      const file = `${name}-${width}-${colorScheme}.jpg`;
      await page.screenshot({ path: path.join(OUT, file), fullPage: !name.endsWith("open"), type: "jpeg", quality: 82 });
      taken.set(name, [...(taken.get(name) ?? []), file]);
    }
  }
}

async function inBrowser(browser, baseURL, work, options = {}) {
  const context = await browser.newContext({ baseURL, ...options });
  context.setDefaultTimeout(60_000);
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

/** What lies on the disk, and what the cart's page makes of a till. */
async function still(browser) {
  const host = await serve();
  const shown = (use, options) => inBrowser(browser, host.origin, use, options);
  const of = (product, lang = "fr") => samples().find(({ name }) => name === `${product} (${lang})`).page.address;
  try {
    for (const { name, page: { address }, status } of samples()) {
      const [, kind, lang] = name.match(/^(.*) \((\w+)\)$/);
      const file = `${kind === "cart" ? "cart-empty" : kind.replace(/[^a-z]+/g, "-")}-${lang}`;
      if ((lang !== "fr" && !BOTH.includes(kind)) || !wanted(file)) continue;
      await shown(async (page) => {
        await page.goto(status === 404 ? "/nothing/here/" : address);
        await take(page, file);
      });
    }
    if (wanted("menu-open")) await shown(async (page) => {
      await page.setViewportSize({ width: WIDTHS[0], height: 800 });
      await page.goto("/");
      await page.locator(".menu-button").first().click();
      await take(page, "menu-open", [WIDTHS[0]]);
    });
    if (wanted("photo-open")) await shown(async (page) => {
      await page.goto(of("a unique piece"));
      await page.locator(".gallery a").first().click();
      await page.locator("dialog.zoom img").evaluate((image) => image.decode());
      await take(page, "photo-open");
    });
    if (wanted("product-chosen-and-added")) await shown(async (page) => {
      await page.goto(of("a product with variants"));
      await page.locator("[data-delivery] summary").click();
      await page.locator("form[data-add] input[type=radio]").first().check();
      await page.locator("form[data-add] button.button").click();
      await take(page, "product-chosen-and-added");
    });
    if (wanted("cart-filled") || wanted("cart-mended")) for (const lang of ["fr", "en"]) await shown(async (page) => {
      reset();
      await page.goto(of("a unique piece", lang));
      await page.locator("form[data-add] button.button").click();
      await page.goto(of("a product with variants", lang));
      await page.locator("input[value=TABLIER-M]").check();
      await page.locator("#_quantity").fill("2");
      await page.locator("form[data-add] button.button").click();
      await page.goto(of("made to order", lang));
      await page.locator("#_note").fill("Pour Anne");
      await page.locator("form[data-add] button.button").click();
      const cart = samples().find(({ name }) => name === `cart (${lang})`).page.address;
      await page.goto(cart);
      await page.locator("[data-pay]:enabled").waitFor();
      await take(page, `cart-filled-${lang}`);
      state.prices.set("BOL-LUNE", 3000);
      state.left.set("TABLIER-M", 1);
      state.held.add("TABOURET-CHENE");
      await page.reload();
      await page.locator("[data-pay]:enabled").waitFor();
      await take(page, `cart-mended-${lang}`);
    });
  } finally {
    await host.stop();
  }
}

/** What the till answers, and its mails. */
async function till(browser) {
  const shop = await open();
  const contexts = [];
  const visitor = async () => {
    contexts.push(await browser.newContext({ baseURL: shop.origin }));
    contexts.at(-1).setDefaultTimeout(60_000);
    return contexts.at(-1).newPage();
  };
  try {
    await tour(shop, "fr", visitor, take);
    const kinds = ["confirmation", "notice", "shipped", "awaiting", "withdrawal"];
    await until("the mails have come", () => kinds.every((kind) => shop.mails().some((name) => name.includes(`mail_${kind}`))));
    for (const name of shop.mails()) {
      const page = await visitor();
      await page.setContent(shop.mail(name));
      await take(page, `mail-${name.match(/mail_([a-z_]+?)(?:[.-]|$)/)[1]}`, MAIL_WIDTHS);
    }
  } finally {
    for (const context of contexts) await context.close();
    await shop.stop();
  }
}

function sheet() {
  const cell = (file) => `<a href="${file}"><img src="${file}" alt="${file}" loading="lazy"></a>`;
  const rows = [...taken].map(([name, files]) => `<h2 id="${name}">${name}</h2>\n<p>${files.map(cell).join("\n")}</p>`);
  const style = "body{font:16px sans-serif;margin:24px;background:#ddd}p{display:flex;gap:12px;align-items:start;overflow-x:auto}img{height:420px;width:auto;object-fit:cover;object-position:top;border:1px solid #999}";
  writeFileSync(path.join(OUT, "index.html"), `<!doctype html>\n<meta charset="utf-8">\n<title>Every page</title>\n<style>${style}</style>\n${rows.join("\n")}\n`);
}

mkdirSync(OUT, { recursive: true });
const browser = await launch();
try {
  await still(browser);
  if (["plain", "order", "refusal", "mail"].some((part) => ONLY.startsWith(part) || !ONLY)) await till(browser);
  sheet();
  console.log(`${[...taken.values()].flat().length} pictures: ${path.join(OUT, "index.html")}`);
} finally {
  await browser.close();
}
