// A walk through the shop, from its door to the pay page and back: by mouse, by keyboard alone and without scripts, in both
// languages, on `bazaar serve`.

import test, { after, before } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./lib/chromium.mjs";
import { listen, uncookied } from "./lib/look.mjs";
import { Problems } from "./lib/problems.mjs";
import { catalog, languages } from "./lib/samples.mjs";
import { open } from "./lib/shop.mjs";

const CHOSEN = "TASSE-MAREE-CELADON";
const TABS = 200; // the most that are pressed on the way to something

let shop, browser;

before(async () => {
  shop = await open();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

/** Ways to use a page: `press` a link or button, `choose` a radio button, `type` into a field. */
const mouse = () => ({
  press: (target) => target.click(),
  choose: (target) => target.check(),
  type: (target, text) => target.fill(text),
});

// Nothing but keys: the focus has to get there, and has to be seen there.
function keyboard(page) {
  const reach = async (target) => {
    for (let pressed = 0; pressed < TABS; pressed += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) {
        const seen = await target.evaluate((element) => [null, "::after"].some((part) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(element, part);
          return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
        }));
        assert.ok(seen, `the focus is seen on ${target}`);
        return;
      }
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not lead to ${target}`);
  };
  return {
    async press(target) {
      await reach(target);
      await page.keyboard.press("Enter");
    },
    async choose(target) {
      // Tab leads into the group, arrows to the one.
      const group = page.locator("form[data-add] input[type=radio]:enabled");
      const index = await group.evaluateAll((all, value) => all.findIndex((radio) => radio.value === value), await target.getAttribute("value"));
      await reach(group.first());
      await page.keyboard.press("Space");
      for (let step = 0; step < index; step += 1) await page.keyboard.press("ArrowDown");
      assert.ok(await target.isChecked());
    },
    async type(target, text) {
      await reach(target);
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(text);
    },
  };
}

const WAYS = {
  "by mouse": { hand: mouse, scripts: true },
  "by keyboard": { hand: keyboard, scripts: true },
  "by mouse, without scripts": { hand: mouse, scripts: false },
  "by keyboard, without scripts": { hand: keyboard, scripts: false },
};

for (const lang of languages) {
  for (const [way, { hand, scripts }] of Object.entries(WAYS)) {
    test(`from the door to the pay page and back, ${way}: ${lang}`, async () => {
      const problems = new Problems();
      // Without motion: the stand-in's pages, unlike Stripe's, are of the same origin and would break off every transition.
      const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, baseURL: shop.origin, javaScriptEnabled: scripts, reducedMotion: "reduce" });
      context.setDefaultTimeout(60_000);
      const page = await context.newPage();
      // A photo's file has no icon: the browser asks for one by itself.
      const complain = (what) => page.url().includes("/_stripe/") || what.includes("/favicon.ico") || problems.add(`${way}, ${lang}`, what);
      await listen(page, shop.origin, complain);
      const { press, choose, type } = hand(page);
      const item = catalog.items.find(({ sku }) => sku === CHOSEN);
      const address = item.url[lang].replace(/\?.*/, "");

      // Look around: from the home page to all that is made here, to the piece.
      await page.goto(lang === "fr" ? "/" : `/${lang}/`);
      await press(page.locator("main a.onward").first());
      await page.locator(".on-products").waitFor();
      await press(page.locator(`.grid a[href='${address}']`));
      await page.locator(".on-product").waitFor();

      // Its photos: large with scripts, as files without.
      const link = page.locator(".gallery a").first();
      if (scripts) {
        await press(link);
        await press(page.locator("dialog.zoom [data-step='1']"));
        await press(page.locator("dialog.zoom [data-close]"));
        await page.locator("dialog.zoom").waitFor({ state: "detached" });
      } else {
        await press(link);
        await page.waitForURL(/\.webp$/);
        await page.goBack();
      }

      // A variant, into the cart, out again, and in.
      await choose(page.locator(`input[value=${CHOSEN}]`));
      const add = page.locator("form[data-add] button.button");
      if (scripts) {
        await press(add);
        await press(page.locator(".added button"));
        assert.equal(await page.locator("[data-cart-count]").textContent(), "");
        await press(add);
        await press(page.locator(".added a"));
        await page.locator("[data-pay]:enabled").waitFor();
      } else {
        await press(add);
        await page.waitForURL(/\/api\/cart/);
        await press(page.locator(".changes button").last());
        await page.locator(".lines").waitFor({ state: "detached" });
        await page.goto(address);
        await choose(page.locator(`input[value=${CHOSEN}]`));
        await press(add);
        await page.waitForURL(/\/api\/cart/);
      }
      assert.match(await page.locator(".lines .name").textContent(), new RegExp(item.name[lang].replaceAll(/[^\p{L} ]/gu, ".")));

      // Two of it.
      await type(page.locator(".lines input.number"), "2");
      if (scripts) await page.keyboard.press("Enter");
      else await press(page.locator(".changes button").first());
      const twice = (2 * item.price) / 100;
      await page.locator(".sums").filter({ hasText: lang === "fr" ? twice.toFixed(2).replace(".", ",") : twice.toFixed(2) }).waitFor();

      // To the pay page, back to the order, to the pay page again, back, and let go.
      const pay = scripts ? page.locator("[data-pay]:enabled") : page.locator("form[action='/api/checkout'] button");
      await pay.waitFor();
      await press(pay);
      await page.waitForURL(/\/_stripe\/pay\//);
      await page.locator("a[href*='/api/orders/']").first().click();
      await page.waitForURL(/\/api\/orders\//);
      await press(page.locator("main a[href*='/_stripe/pay/']"));
      await page.waitForURL(/\/_stripe\/pay\//);
      await page.locator("a[href*='/api/orders/']").first().click();
      await page.waitForURL(/\/api\/orders\//);
      await press(page.locator("form[action$='/cancel'] button"));
      await page.waitForURL(/cancelled/);
      assert.equal(await page.locator("main a[href*='/_stripe/pay/']").count(), 0);

      // What was not bought is still in the cart.
      await press(page.locator(".cart-link a"));
      if (!scripts) await press(page.locator("main a[href*='/api/cart']"));
      await page.locator(".lines .name").first().waitFor();
      await uncookied(page, complain);
      if (scripts) assert.deepEqual(await context.cookies(), []);
      await context.close();
      problems.none();
    });
  }
}
