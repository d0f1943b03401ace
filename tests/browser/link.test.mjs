// A lost link to an order: asked for from the footer, with and without scripts, in both languages.

import test, { after, afterEach, before } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { launch } from "./lib/chromium.mjs";
import { open, until } from "./lib/shop.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const WORDS = {
  fr: { home: "/", lost: "Retrouver une commande", number: "Numéro de commande", email: "Votre adresse de courriel", send: "M’envoyer le lien", sent: /son lien est en route/ },
  en: { home: "/en/", lost: "Find an order", number: "Order number", email: "Your email address", send: "Send me the link", sent: /its link is on the way/ },
};

let shop, browser, order;
const contexts = [];

before(async () => {
  shop = await open();
  browser = await launch();
  order = await buy();
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

// A paid order of Anne's: its number.
async function buy() {
  const page = await visitor({ javaScriptEnabled: false });
  await page.goto("/produits/cuilleres-olivier/");
  await page.locator("form[data-add] button.button").click();
  await page.locator("form[action='/api/checkout'] button").click();
  await page.waitForURL(/\/_stripe\/pay\//);
  for (const [name, value] of Object.entries({
    email: "anne@example.com", name: "Anne Dupont", line1: "3 rue Haute", postal_code: "35000", city: "Rennes",
  })) await page.locator(`[name=${name}]`).fill(value);
  await page.locator("form button.big").first().click();
  await page.waitForURL(/\/api\/orders\//);
  const number = (await page.locator("main").textContent()).match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}/)[0];
  return { number, url: page.url() };
}

async function ask(page, words, number, email) {
  await page.goto(words.home);
  await page.locator("footer").getByRole("link", { name: words.lost }).click();
  await page.getByLabel(words.number).fill(number);
  await page.getByLabel(words.email).fill(email);
  await page.getByRole("button", { name: words.send }).click();
  await page.getByText(words.sent).waitFor();
}

const links = () => shop.mails().filter((name) => name.includes("mail_link"));

test("who paid gets the link by mail, and it opens the order", async () => {
  const page = await visitor();
  await ask(page, WORDS.fr, order.number.toLowerCase(), "Anne@example.com");
  const [name] = await until("the mail", () => links().length > 0 && links());
  const mail = shop.mail(name);
  const link = mail.match(/href="([^"]*\/api\/orders\/[^"]+)"/)[1];
  await page.goto(new URL(link).pathname);
  assert.match(await page.locator("main").textContent(), new RegExp(order.number));
  assert.deepEqual(page.said, []);
});

for (const [lang, words] of Object.entries(WORDS)) {
  test(`a stranger reads the same and nobody is written to, without scripts, ${lang}`, async () => {
    const before = links().length;
    const page = await visitor({ javaScriptEnabled: false });
    await ask(page, words, order.number, "stranger@example.com");
    const said = await page.locator("main").textContent();
    await ask(page, words, "0000-0000-00", "anne@example.com");
    assert.equal(await page.locator("main").textContent(), said);
    assert.equal(links().length, before);
  });

  test(`the form and its answer are silent in axe and fit a narrow phone, ${lang}`, async () => {
    const page = await visitor({ viewport: { width: 320, height: 640 } });
    const check = async () => {
      await page.evaluate(axe);
      assert.deepEqual(await page.evaluate(async () => (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing overflows");
    };
    await page.goto(`/api/orders/link?lang=${lang}`);
    await check();
    await page.getByLabel(words.number).fill("0000-0000-00");
    await page.getByLabel(words.email).fill("anne@example.com");
    await page.keyboard.press("Enter");
    await page.getByText(words.sent).waitFor();
    await check();
    assert.deepEqual(page.said, []);
  });
}

test("a dead link of an order leads to the form", async () => {
  const page = await visitor();
  await page.goto("/api/orders/1.K7QM-4XTB-9D.AAAAAAAAAAAAAAAAAAAAAA");
  await page.getByRole("main").getByRole("link", { name: WORDS.fr.lost }).click();
  await page.getByLabel(WORDS.fr.number).waitFor();
});
