// A whole purchase on `bazaar serve`, as people make it: with scripts and without, to the stand-in of Stripe's page and back.

import test, { after, afterEach, before } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./lib/chromium.mjs";
import { open, until } from "./lib/shop.mjs";
import { pay } from "./lib/tour.mjs";

const UNIQUE = "/produits/bol-lune/";
const SPOONS = "/produits/cuilleres-olivier/";
const STOOL = "/produits/tabouret-chene/";
const LAST_APRON = "/produits/tablier-atelier/?taille=l";

const piece = (sku, id, slug, fr, en) => ({
  sku, file: `products/${id}/index.md`, page: { fr: `/produits/${id}/`, en: `/en/products/${slug}/` }, title: { fr, en },
});
const BOARD = piece("PLANCHE-NOYER", "planche-noyer", "walnut-board", /Planche en noyer/, /Walnut board/);
const OAK = piece("TABOURET-CHENE", "tabouret-chene", "oak-stool", /Tabouret en chêne/, /Oak stool/);
const VASE = piece("VASE-BRUME", "vase-brume", "mist-vase", /Vase «\sBrume\s»/, /Mist vase/);
const PLATE = piece("ASSIETTE-ECUME", "assiette-ecume", "sea-foam-plate", /Assiette «\sÉcume\s»/, /Sea foam plate/);
const CUSHION = piece("COUSSIN-GARANCE", "coussin-garance", "madder-cushion", /Coussin «\sGarance\s»/, /Madder cushion/);
const RUNNER = piece("CHEMIN-OCRE", "chemin-de-table", "ochre-table-runner", /Chemin de table ocre/, /Ochre table runner/);
const THREE = piece("CUILLERES-OLIVIER", "cuilleres-olivier", "olive-wood-spoons", /Trois cuillères/, /Three olive wood spoons/);
const PARCEL_OF_THREE = 2600 + 590;
const PARCEL_OF_PLATE = 3400 + 790;
const POST_OF_BOARD = 790;

const CART = { fr: "/panier/", en: "/en/cart/" };
const WORDS = {
  fr: { changed: /prix a changé/, now: /le prix est maintenant de/, gone: /vient de partir/, free: /Rien n’a été payé/, reserved: /Quelqu’un est en train de payer.*Vous n’avez rien payé/ },
  en: { changed: /price has changed/, now: /the price is now/, gone: /has just gone/, free: /Nothing was paid/, reserved: /Someone is paying right now.*You have paid nothing/ },
};
const WAYS = [true, false].flatMap((scripts) => ["fr", "en"].map((lang) => ({ scripts, lang })));
const named = ({ scripts, lang }) => `${scripts ? "with" : "without"} scripts, ${lang}`;

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
  const notice = shop.mail(mails.find((name) => name.includes("notice")));
  shop.run(...notice.match(/bazaar (orders ship [\w-]+)/)[1].split(" ")); // the owner does as the mail says
  await page.reload();
  await reads(page, /Votre colis est en route/);
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

test("a variant is chosen without scripts, whatever its address says", async () => {
  const page = await visitor({ javaScriptEnabled: false });
  await page.goto("/produits/tablier-atelier/?taille=m");
  await page.getByRole("radio", { name: /^M / }).check();
  await page.locator("#_quantity").fill("2");
  await add(page);
  await page.waitForURL(/\/api\/cart/);
  assert.match(await lines(page).textContent(), /Tablier d’atelier, M\s+2 × 68,00/);
});

test("what came into the cart while an older one was being paid stays, and so does a later cart's own name", async () => {
  const page = await visitor();
  await page.goto(SPOONS);
  await page.locator("#_quantity").fill("2");
  await add(page);
  await page.goto("/panier/");
  await page.locator("[data-pay]:enabled").click();
  await page.waitForURL(/\/_stripe\/pay\//);
  const other = await page.context().newPage();
  for (const more of [SPOONS, STOOL]) {
    await other.goto(more);
    await add(other);
  }
  await pay(page);
  await orderPage(page);
  assert.equal(await page.locator("[data-cart-count]").textContent(), "2", "a third spoon and the stool");
  await page.reload();
  await page.goto("/panier/");
  await page.locator("[data-pay]:enabled").click();
  await page.waitForURL(/\/_stripe\/pay\//);
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

// Prices that change and pieces that go between the cart and the payment.

// A shopper whose pages stay as they were loaded: only `serve` loads them anew when the shop changes.
async function shopper({ scripts, lang }) {
  const page = await visitor({ javaScriptEnabled: scripts });
  await page.context().route("**/_bazaar/reload.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  return Object.assign(page, { scripts, lang });
}

async function putIntoCart(page) {
  await add(page);
  await (page.scripts ? page.locator(".added a").waitFor() : page.waitForURL(/\/api\/cart/));
}

async function openCart(page) {
  await page.goto(page.scripts ? CART[page.lang] : `/api/cart?lang=${page.lang}`);
  if (page.scripts) await page.locator("[data-pay]:enabled").waitFor();
}

async function fill(page, ...pieces) {
  for (const { page: address } of pieces) {
    await page.goto(address[page.lang]);
    await putIntoCart(page);
  }
  await openCart(page);
}

/** Presses pay; the status of the till's answer. */
async function press(page) {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/api/checkout")),
    page.locator("[data-pay]:enabled, form[action='/api/checkout'] button").click(),
  ]);
  return answer.status();
}

async function pressToStripe(page, cents) {
  assert.equal(await press(page), page.scripts ? 200 : 303);
  await page.waitForURL(/\/_stripe\/pay\//);
  await reads(page, amount(page.lang, cents));
}

const reads = (page, words) => page.locator("main").filter({ hasText: words }).waitFor();
const lines = (page) => page.locator(".lines > li");
const notes = (page, words) => page.locator(".notes li").filter({ hasText: words });

function amount(lang, cents) {
  const [whole, part] = (cents / 100).toFixed(2).split(".");
  return new RegExp(lang === "fr" ? `(?<!\\d)${whole},${part}\\s€` : `€${whole}\\.${part}(?!\\d)`);
}

async function reprice({ sku, file }, cents) {
  shop.edit(file, /^price: .*$/m, `price: ${(cents / 100).toFixed(2)}`);
  const body = JSON.stringify({ lang: "fr", items: [{ sku, quantity: 1 }] });
  await until("the till has read the new price", async () => {
    const answer = await fetch(`${shop.origin}/api/quote`, { method: "POST", headers: { "content-type": "application/json" }, body });
    return (await answer.json()).goods === cents;
  });
}

async function stands(sku, available, reserved) {
  await until(`${sku}: ${available} left`, async () => {
    const standing = (await (await fetch(`${shop.origin}/api/stock?key=${sku}`)).json())[sku];
    return standing?.available === available && standing.reserved === reserved;
  });
}

async function makeUnique({ sku, file, page }) {
  shop.edit(file, /^supply: .*$/m, "supply: 1");
  await stands(sku, 1, false);
  await until("its page offers it", async () => (await (await fetch(shop.origin + page.fr)).text()).includes("data-add"));
}

/** Everything that could be paid at the stand-in until now. */
async function sessions() {
  const dashboard = await (await fetch(`${shop.origin}/_stripe/dashboard`)).text();
  return dashboard.match(/<tr id="cs_\w+/g) ?? [];
}

async function refused(page) {
  const before = await sessions();
  assert.equal(await press(page), 409);
  assert.deepEqual(await sessions(), before, "nothing is there to be paid");
}

for (const [number, way] of WAYS.entries()) {
  test(`a price that changed is told before it is paid: ${named(way)}`, async () => {
    const cents = 5100 + 100 * number;
    const page = await shopper(way);
    await fill(page, BOARD);
    await reprice(BOARD, cents);
    await refused(page);
    const words = WORDS[way.lang];
    await reads(page, words.changed);
    await reads(page, amount(way.lang, cents));
    await reads(page, amount(way.lang, cents + POST_OF_BOARD));
    if (way.scripts) assert.equal(await notes(page, words.now).filter({ hasText: BOARD.title[way.lang] }).count(), 1);
    await pressToStripe(page, cents + POST_OF_BOARD);
    await pay(page);
    await orderPage(page);
    assert.equal(await page.locator("[data-paid]").count(), 1);
    await reads(page, amount(way.lang, cents + POST_OF_BOARD));
  });
}

test("a unique piece is one, also when its price changed", async () => {
  await makeUnique(CUSHION);
  const page = await shopper({ scripts: true, lang: "fr" });
  await fill(page, CUSHION);
  await lines(page).locator("input").waitFor({ state: "hidden" });
  await reprice(CUSHION, 6500);
  await refused(page);
  await notes(page, WORDS.fr.changed).waitFor();
  await page.locator("[data-pay]:enabled").waitFor();
  assert.ok(await lines(page).locator("input").isHidden(), "nobody can ask for two");
});

for (const [number, way] of WAYS.entries()) {
  test(`a page with an old price fills the cart at the new one: ${named(way)}`, async () => {
    const page = await shopper(way);
    await page.goto(OAK.page[way.lang]);
    const cents = 19000 + 100 * number;
    await reprice(OAK, cents);
    await putIntoCart(page);
    await openCart(page);
    await reads(page, amount(way.lang, cents));
    if (way.scripts) assert.equal(await notes(page, WORDS[way.lang].now).count(), 1);
    await pressToStripe(page, cents);
  });
}

test("sold between cart and payment: told once, nothing is charged, the rest is bought", async () => {
  await makeUnique(VASE);
  const late = [];
  for (const way of WAYS) {
    const page = await shopper(way);
    await fill(page, VASE, THREE);
    late.push(page);
  }
  const buyer = await visitor();
  await toStripe(buyer, VASE.page.fr);
  await pay(buyer);
  await orderPage(buyer);
  await stands(VASE.sku, 0, false);
  for (const page of late) {
    const { lang, scripts } = page;
    const words = WORDS[lang];
    await refused(page);
    await reads(page, words.gone);
    await reads(page, words.free);
    await reads(page, VASE.title[lang]);
    if (!scripts) await page.locator(`main a[href$='/api/cart?lang=${lang}']`).click();
    await until("the rest is shown alone", async () => (await lines(page).count()) === 1);
    assert.match(await lines(page).textContent(), THREE.title[lang]);
    await notes(page, words.gone).waitFor();
    assert.equal(await notes(page, words.gone).count(), 1, "it is said once");
    if (!scripts) {
      await notes(page, words.gone).locator("button").click();
      await until("it is taken out", async () => (await notes(page, words.gone).count()) === 0);
      assert.equal(await lines(page).count(), 1);
    }
    await pressToStripe(page, PARCEL_OF_THREE);
  }
});

test("somebody is paying for it: told once, the rest is bought, and later the piece", async () => {
  await makeUnique(PLATE);
  const late = [];
  for (const way of WAYS) {
    const page = await shopper(way);
    await fill(page, PLATE, THREE);
    late.push(page);
  }
  const alone = await shopper({ scripts: false, lang: "fr" });
  await fill(alone, PLATE);
  const holder = await visitor();
  await toStripe(holder, PLATE.page.fr);
  for (const page of late) {
    const { lang, scripts } = page;
    const words = WORDS[lang];
    await refused(page);
    await reads(page, words.reserved);
    await reads(page, PLATE.title[lang]);
    if (!scripts) await page.locator(`main a[href$='/api/cart?lang=${lang}']`).click();
    await notes(page, words.reserved).waitFor();
    assert.equal(await notes(page, words.reserved).count(), 1, "it is said once");
    const out = scripts ? lines(page).filter({ hasText: PLATE.title[lang] }) : notes(page, words.reserved);
    assert.ok(await out.locator("button").isVisible(), "it can be taken out");
    await pressToStripe(page, PARCEL_OF_THREE);
  }
  await pay(late[0]);
  await orderPage(late[0]);
  assert.equal(await late[0].locator("[data-cart-count]").textContent(), "1", "what was held stays in the cart, what was paid does not");
  await refused(alone);
  await openCart(alone);
  await notes(alone, WORDS.fr.reserved).waitFor();
  assert.doesNotMatch(await alone.locator("main").textContent(), /attend sa première/, "a cart with a held piece is not empty");
  await holder.locator("a[href*='/api/orders/']").first().click();
  await orderPage(holder);
  await holder.locator("form[action$='/cancel'] button").click();
  await stands(PLATE.sku, 1, false);
  for (const page of [late[0], late[3], alone]) {
    await openCart(page);
    await until("it is in the cart again", async () => (await lines(page).filter({ hasText: PLATE.title[page.lang] }).count()) === 1);
    assert.equal(await notes(page, WORDS[page.lang].reserved).count(), 0);
  }
  await pressToStripe(alone, PARCEL_OF_PLATE);
});

for (const [scripts, piece] of [[true, CUSHION], [false, RUNNER]]) {
  test(`who goes back from the pay page can pay after all: ${named({ scripts, lang: "fr" })}`, async () => {
    await makeUnique(piece);
    const page = await shopper({ scripts, lang: "fr" });
    await fill(page, piece);
    await press(page);
    await page.waitForURL(/\/_stripe\/pay\//);
    const quoted = scripts && page.waitForResponse(/\/api\/quote/);
    await page.goto(scripts ? CART.fr : "/api/cart?lang=fr");
    if (scripts) assert.deepEqual((await (await quoted).json()).problems, []);
    assert.equal(await notes(page, WORDS.fr.reserved).count(), 0, "nobody else is paying for it");
    assert.equal(await press(page), scripts ? 200 : 303);
  });
}

// What the stand-in's dashboard can make go wrong.

async function mishap(kind, only, times) {
  const page = await visitor();
  await page.goto("/_stripe/dashboard");
  await page.locator("#mishap").selectOption(kind);
  await page.locator("[name=only]").fill(only);
  await page.locator("[name=times]").fill(String(times));
  await Promise.all([page.waitForResponse(/\/dashboard\/mishap$/), page.locator("form[action$='/mishap'] button").click()]);
  return page;
}

test("a webhook that is lost: who comes back reads that it is paid, and both are told", async () => {
  const dashboard = await mishap("webhook_lose", "checkout.session.completed", 1);
  const page = await visitor();
  await toStripe(page, STOOL);
  const session = new URL(page.url()).pathname.split("/").pop();
  await pay(page);
  await orderPage(page);
  assert.ok(await page.locator("[data-paid]").isVisible());
  const order = await page.locator("[data-paid]").getAttribute("data-paid");
  await until("two mails of it", () => shop.mails().filter((name) => shop.mail(name).includes(order)).length === 2);
  await dashboard.goto("/_stripe/dashboard");
  const sent = dashboard.locator("section[aria-labelledby=webhooks] tbody tr").filter({ hasText: session });
  assert.match(await sent.filter({ hasText: "checkout.session.completed" }).textContent(), /lost/);
});

test("Stripe is silent when the shopper comes back: the page waits and does not say that nothing is paid", async () => {
  await mishap("webhook_lose", "checkout.session.completed", 1);
  const page = await visitor();
  await toStripe(page, STOOL);
  const dashboard = await mishap("drop", "GET /v1/checkout/sessions", 0);
  await pay(page);
  await orderPage(page);
  assert.equal(await page.locator("[data-paid]").count(), 0);
  await reads(page, /Nous attendons la réponse/);
  assert.equal(await page.locator("main a[href*='/_stripe/pay/'], form[action$='/cancel']").count(), 0, "nobody is asked to pay twice");
  await dashboard.goto("/_stripe/dashboard");
  await Promise.all([dashboard.waitForResponse(/\/dashboard\/calm$/), dashboard.locator("form[action$='/calm'] button").click()]);
  await page.reload();
  assert.ok(await page.locator("[data-paid]").isVisible());
});

test("without scripts: a cart that can go nowhere is not called empty, and can be emptied", async () => {
  shop.edit("shop.yaml", /^ {2}pickup:\n( {4}.*\n)+/m, "");
  const page = await visitor({ javaScriptEnabled: false });
  await page.goto(STOOL);
  await page.locator("#_quantity").fill("9");
  await add(page);
  await until("the till no longer lets it be collected", async () => {
    await page.goto("/api/cart?lang=fr");
    return (await page.getByRole("button", { name: "Vider le panier" }).count()) === 1;
  });
  await reads(page, /ne pouvons pas livrer/);
  assert.doesNotMatch(await page.locator("main").textContent(), /attend sa première/);
  await page.getByRole("button", { name: "Vider le panier" }).click();
  await reads(page, /attend sa première/);
});
