// Every page that the till answers, looked at as the shop's own are: accessible, silent, self-sufficient, still and whole; and
// the cart's page with lines that are not as they were.

import test, { after, before } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { accessible, large, listen, still, uncookied } from "./lib/look.mjs";
import { Problems } from "./lib/problems.mjs";
import { languages } from "./lib/samples.mjs";
import { open } from "./lib/shop.mjs";
import { tour } from "./lib/tour.mjs";

const WIDTHS = [1280, 320];

let shop, browser;

before(async () => {
  shop = await open();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

for (const lang of languages) {
  test(`every page of the till is accessible, silent, still and whole: ${lang}`, async (t) => {
    const problems = new Problems();
    const contexts = [];
    const visitor = async () => {
      const context = await browser.newContext({ viewport: { width: WIDTHS[0], height: 900 }, baseURL: shop.origin });
      contexts.push(context);
      context.setDefaultTimeout(90_000);
      return context.newPage();
    };
    const seen = [];
    await tour(shop, lang, visitor, async (page, name) => {
      seen.push(name);
      if (name === "order-withdrawn") {
        if (!/rétractation|withdrawal/.test(await page.locator("h1").textContent())) problems.add(name, "something else comes first");
        if (/Merci|Bonne rencontre|Thank|get on well/.test(await page.locator("main").textContent())) problems.add(name, "it thanks");
      }
      // The same page in a tab of its own: the stand-in's pages before it need not be silent.
      const copy = await page.context().newPage();
      let letters = name === "refusal-price";
      const complain = (what, when = "") => (letters || !what.includes(".woff2")) && problems.add(`${name} (${lang}) ${when}`.trim(), what);
      const url = page.url();
      const refused = name.startsWith("refusal");
      if (name === "refusal-price") {
        await copy.close();
        return look(page, complain);
      }
      await listen(copy, shop.origin, complain, refused ? url.slice(shop.origin.length) : null);
      await copy.route("**/*.woff2", (route) => route.abort());
      await copy.goto(url);
      await still(copy, complain);
      await copy.unroute("**/*.woff2");
      letters = true;
      await copy.goto(url);
      await look(copy, complain);
      await copy.close();
    });
    t.diagnostic(`${seen.length} pages: ${seen.join(", ")}`);
    for (const context of contexts) await context.close();
    problems.none();
  });
}

async function look(page, complain) {
  await accessible(page, complain, WIDTHS);
  await large(page, complain, WIDTHS);
  await uncookied(page, complain);
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
}
