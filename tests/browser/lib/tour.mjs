// Every page that the till answers, in one language, one after the other, on a shop that is served: the cart of those without
// scripts, refusals, and orders in every state. Forms are sent as a browser without scripts sends them.

import { itemsOf, pageOfItem } from "./samples.mjs";
import { until } from "./shop.mjs";

/** The last piece, which two want; each language has its own, since it is sold. */
const LAST = { fr: "bol-lune", en: "assiette-ecume" };
const address = (product, lang) => pageOfItem(itemsOf(product)[0], lang).address;

export async function typeAddress(page) {
  for (const [name, value] of Object.entries({
    email: "anne@example.com", name: "Anne Dupont", line1: "3 rue Haute", postal_code: "35000", city: "Rennes",
  })) await page.locator(`[name=${name}]`).fill(value);
}

export async function pay(page, means = "card") {
  await typeAddress(page);
  await page.locator(`[name=means][value=${means}]`).check();
  await page.locator("form button.big").first().click();
}

async function add(page, product, lang, words) {
  await page.goto(address(product, lang));
  if (words) await page.locator("#_note").fill(words);
  // Sent a little later: the page that is left could not answer `evaluate` any more.
  await page.locator("form[data-add]").evaluate((form) => void setTimeout(() => form.submit()));
  await page.waitForURL(/\/api\/cart/);
}

async function toStripe(page) {
  await page.locator("form[action='/api/checkout'] button").click();
  await page.waitForURL(/\/_stripe\/pay\//);
}

const toOrder = (page) => page.waitForURL(/\/api\/orders\//);

/** `visitor()` opens a page in a context of its own; `look(page, name)` is shown each page. */
export async function tour(shop, lang, visitor, look) {
  const page = await visitor();
  const cart = `/api/cart?lang=${lang}`;
  await page.goto(cart);
  await look(page, "plain-cart-empty");
  shop.edit(`products/${LAST[lang]}/index.md`, /^supply: .*$/m, "supply: 1");
  await until("there is one left", async () => (await fetch(`${shop.origin}/api/stock?key=${itemsOf(LAST[lang])[0].sku}`).then((answer) => answer.text())).includes('"available":1'));
  await add(page, LAST[lang], lang);
  await add(page, "tabouret-chene", lang, "Zoé");
  await look(page, "plain-cart");
  const cents = itemsOf(LAST[lang])[0].price + 300;
  shop.edit(`products/${LAST[lang]}/index.md`, /^price: .*$/m, `price: ${(cents / 100).toFixed(2)}`);
  await until("the price has changed", async () => (await fetch(shop.origin + address(LAST[lang], "en")).then((answer) => answer.text())).includes((cents / 100).toFixed(2)));
  await page.locator("#_gift").fill("Joyeux anniversaire, Anne !");
  await page.locator("form[action='/api/checkout'] button").click();
  await page.waitForURL(/\/api\/checkout/);
  await look(page, "refusal-price");
  await toStripe(page);
  const late = await visitor();
  await add(late, "cuilleres-olivier", lang);
  await add(late, LAST[lang], lang);
  await look(late, "plain-cart-held");
  await page.locator("a[href*='/api/orders/']").first().click();
  await toOrder(page);
  await look(page, "order-open");
  await page.locator("a[href*='/_stripe/pay/']").click();
  await page.waitForURL(/\/_stripe\/pay\//);
  await pay(page);
  await toOrder(page);
  await look(page, "order-paid");
  const order = await page.locator("[data-paid]").getAttribute("data-paid");
  const own = page.url().replace(/\?.*/, "");
  await late.goto(cart);
  await look(late, "plain-cart-gone");
  await page.goto(`${own}?withdraw`);
  await look(page, "order-withdraw");
  shop.run("orders", "ship", order, "--carrier", "Colissimo", "--number", "6A00000000000", "--url", "https://example.com/6A");
  await page.goto(own);
  await look(page, "order-shipped");
  await page.goto(`${own}?withdraw`);
  await page.locator("form[action$='/withdraw'] button").click();
  await page.waitForURL(/withdrawn/);
  await look(page, "order-withdrawn");
  const other = await visitor();
  await add(other, "cuilleres-olivier", lang);
  await toStripe(other);
  await other.locator("a[href*='/api/orders/']").first().click();
  await other.locator("form[action$='/cancel'] button").click();
  await other.waitForURL(/cancelled/);
  await look(other, "order-let-go");
  await add(other, "cuilleres-olivier", lang);
  await toStripe(other);
  await pay(other, "debit");
  await toOrder(other);
  await look(other, "order-awaiting");
  await other.goto(`${own}x`);
  await look(other, "refusal-not-found");
}
