// The cart of a browser that runs scripts: from product pages to the till, and back out of what was done by mistake.

import test, { after, afterEach, before, beforeEach } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./lib/chromium.mjs";
import { accessible, large, listen, still, uncookied } from "./lib/look.mjs";
import { Problems } from "./lib/problems.mjs";
import { itemsOf, languages, pageOfItem } from "./lib/samples.mjs";
import { pages } from "./lib/dist.mjs";
import { serve } from "./lib/server.mjs";
import { reset, state } from "./lib/till.mjs";

const lang = "fr";
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
  reset();
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

async function fill(language = lang) {
  const own = (id) => pageOfItem(itemsOf(id)[0], language).address;
  await page.goto(own("bol-lune"));
  await add();
  await page.goto(own("tablier-atelier"));
  await page.locator("input[value=TABLIER-M]").check();
  await page.locator("#_quantity").fill("2");
  await add();
  await page.goto(own("tabouret-chene"));
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
  await page.waitForURL(`${host.origin}/`);
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
  await other.goto(cart);
  assert.ok(await other.locator("[data-empty]").isVisible());
  await add();
  await other.waitForFunction(() => document.querySelector("[data-cart-count]").textContent === "1");
  await other.locator("[data-lines] > li").waitFor();
  await page.locator(".added button").click();
  await other.locator("[data-empty]").waitFor();
});

test("undoing takes back what was added, and nothing that came since", async () => {
  await page.goto(`${VARIANTS}?taille=m`);
  await add();
  await add();
  assert.equal(await count(), "2");
  const other = await page.context().newPage();
  await other.goto(UNIQUE);
  await other.locator("form[data-add] button.button").click();
  assert.equal(await other.locator("[data-cart-count]").textContent(), "3");
  await page.locator(".added button").click();
  assert.equal(await count(), "2", "one of the variant, and the other tab's piece");
  assert.equal(await page.evaluate(() => document.activeElement.className), "button");
  await page.reload();
  assert.equal(await count(), "2", "it stays over a reload");
});

test("a line that was taken out comes back where it was, beside what came since", async () => {
  await fill();
  await page.goto(cart);
  await priced();
  await lines().nth(1).locator("button").click();
  const other = await page.context().newPage();
  await other.goto(`${VARIANTS}?taille=s`);
  await other.locator("form[data-add] button.button").click();
  await lines().nth(2).waitFor();
  await page.locator("[data-notes] button").click();
  const names = await lines().locator(".name").allTextContents();
  assert.equal(names.length, 4);
  assert.match(names[1], /M$/);
});

test("a cart is mended in words: dearer, fewer, held by another", async () => {
  await fill();
  state.prices.set("BOL-LUNE", 3000);
  state.left.set("TABLIER-M", 1);
  state.held.add("TABOURET-CHENE");
  await page.goto(cart);
  await priced();
  const notes = (await page.locator("[data-notes] li").allTextContents()).join("\n");
  assert.match(notes, /30,00/);
  assert.match(notes, /que 1|only 1/);
  assert.match(notes, /Quelqu’un|Someone/);
  assert.equal(await lines().count(), 3, "a piece that somebody is paying for stays in sight");
  assert.ok(await lines().nth(2).evaluate((line) => line.classList.contains("held")));
  assert.ok(await lines().nth(1).locator("input").isHidden(), "of the last one no number is asked");
  assert.equal(await page.locator("[data-goods]").textContent(), "98,00 €");
  await page.locator("[data-pay]").click();
  await page.waitForURL(`${host.origin}/`);
  assert.deepEqual(state.asked.items.map(({ sku, quantity, expected_price }) => [sku, quantity, expected_price]),
    [["BOL-LUNE", 1, 3000], ["TABLIER-M", 1, 6800]]);
});

// What the cart says when a line is not as it was, in the shopper's language.
const MENDED = {
  fr: [
    "Bol «_Lune_»_: le prix est maintenant de 30,00 €.",
    "Tablier d’atelier, M_: il n’en reste que 1. Nous avons ajusté la quantité.",
    "Quelqu’un est en train de payer_: Tabouret en chêne. Vous n’avez rien payé. Revenez dans une demi-heure, la pièce sera peut-être encore là.",
    "Bol «_Lune_» vient de partir vivre ailleurs. Rien n’a été payé.",
    "Tablier d’atelier, M_: cette pièce n’est plus en vente. Nous l’avons retirée du panier.",
    "Tabouret en chêne_: le texte demandé n’a pas pu être pris. Choisissez de nouveau.",
  ],
  en: [
    "Moon bowl: the price is now €30.00.",
    "Studio apron, M: only 1 left. We have changed the quantity.",
    "Someone is paying right now: Oak stool. You have paid nothing. Come back in half an hour, it may still be there.",
    "Moon bowl has just gone to live elsewhere. Nothing was paid.",
    "Studio apron, M: this piece is no longer for sale. We have taken it out of the cart.",
    "Oak stool: the words asked for could not be taken. Please choose again.",
  ],
};

for (const language of languages) {
  test(`every way a line can be stale has its words: ${language}`, async () => {
    const notes = async () => (await page.locator("[data-notes] li").allTextContents()).map((text) => text.replace(/[\u00a0\u202f]/g, "_")).sort();
    const own = pages.find((other) => other.lang === language && other.kinds.includes("cart")).address;
    await fill(language);
    state.prices.set("BOL-LUNE", 3000);
    state.left.set("TABLIER-M", 1);
    state.held.add("TABOURET-CHENE");
    await page.goto(own);
    await priced();
    assert.deepEqual(await notes(), MENDED[language].slice(0, 3).sort());
    state.held.clear();
    state.gone.add("BOL-LUNE");
    state.withdrawn.add("TABLIER-M");
    state.wordless.add("TABOURET-CHENE");
    await page.reload();
    await page.locator("[data-empty]").waitFor();
    assert.deepEqual(await notes(), MENDED[language].slice(3).sort());
  });
}

test("words that are not taken leave the line without words alone", async () => {
  await fill();
  await page.goto(ORDER);
  await add();
  state.wordless.add("TABOURET-CHENE");
  await page.goto(cart);
  await priced();
  assert.deepEqual(await lines().locator("[data-note]").allTextContents(), ["", "", ""]);
  assert.match(await lines().last().textContent(), /Tabouret/);
});

test("fewer than asked for, which only the checkout tells: the quantity is what is left, and that is paid", async () => {
  await page.goto(`${VARIANTS}?taille=m`);
  await page.locator("#_quantity").fill("3");
  await add();
  await page.goto(cart);
  await priced();
  state.counted.set("TABLIER-M", 2);
  await page.locator("[data-pay]").click();
  await page.locator("[data-notes] li").waitFor();
  await priced();
  assert.equal(await lines().locator("input").inputValue(), "2");
  assert.equal(await page.locator("[data-goods]").textContent(), "136,00 €");
  await page.locator("[data-pay]").click();
  await page.waitForURL(`${host.origin}/`);
});

test("a cart that the till refuses is kept, says why, and shows no total of before", async () => {
  await fill();
  await page.goto(cart);
  await priced();
  state.refusal = "cart_too_large";
  await lines().nth(1).locator("input").fill("3");
  await lines().nth(1).locator("input").press("Enter");
  await page.locator("[data-notes] li").waitFor();
  assert.equal(await lines().count(), 3);
  assert.ok(await page.locator("[data-empty]").isHidden());
  for (const sum of ["[data-total]", "[data-shipping]", "[data-word=days]"]) assert.ok(await page.locator(sum).isHidden(), sum);
  assert.ok(await page.locator("[data-pay]").isDisabled());
});

test("a quantity is a whole number from 1 to 99; Enter changes it and does not pay", async () => {
  await fill();
  await page.goto(cart);
  await priced();
  const number = () => lines().nth(1).locator("input");
  await number().press("Enter");
  await priced();
  for (const wrong of ["0", "100", "1.5", ""]) {
    await number().fill(wrong);
    await number().press("Enter");
    assert.equal(await count(), "4", `"${wrong}"`);
  }
  await number().fill("99");
  await number().press("Enter");
  await page.waitForFunction(() => document.querySelector("[data-cart-count]").textContent === "101");
  assert.ok(await number().evaluate((input) => input === document.activeElement), "the field keeps the focus");
  await priced();
  assert.equal(state.asked, null);
});

const sent = () => page.locator("[data-ways] input").evaluateAll((all) => all.map((input) => [input.value, input.checked]));
const unserved = () => page.locator("[data-word=unserved]");

// What keeps a cart from being sent, and what it says of it.
const UNSENT = [
  ["too heavy", () => state.heavy.add("BOL-LUNE"), () => state.heavy.clear(), /trop lourdes/],
  ["to be collected", () => state.collect.add("BOL-LUNE"), () => state.collect.clear(), /retirer sur place/],
  ["a country without rates", () => page.evaluate(() => {
    const cart = JSON.parse(localStorage.getItem("bazaar-cart"));
    localStorage.setItem("bazaar-cart", JSON.stringify({ ...cart, country: "US" }));
  }), () => page.evaluate(() => {
    const cart = JSON.parse(localStorage.getItem("bazaar-cart"));
    localStorage.setItem("bazaar-cart", JSON.stringify({ ...cart, country: "FR" }));
  }), /pas dans ce pays/],
];

for (const [what, begin, end, says] of UNSENT) {
  test(`a cart that cannot be sent is paid only once another way is chosen: ${what}`, async () => {
    await page.goto(UNIQUE);
    await add();
    await begin();
    await page.goto(cart);
    await unserved().waitFor();
    assert.match(await unserved().textContent(), says);
    assert.deepEqual(await sent(), [["pickup", false]], "only what is offered, and nothing is chosen");
    assert.ok(await page.locator("[data-pay]").isDisabled());
    for (const sum of ["[data-shipping]", "[data-total]"]) assert.ok(await page.locator(sum).isHidden(), sum);
    assert.equal(await page.locator("[data-country]").isHidden(), what === "to be collected", "of what is collected no country is asked");
    await end();
    await page.reload();
    await priced();
    assert.deepEqual(await sent(), [["colissimo", true], ["chronopost", false], ["pickup", false]], "back to delivery");
    assert.ok(await unserved().isHidden());
    await begin();
    await page.reload();
    await page.locator("input[value=pickup]").check();
    await priced();
    assert.equal(await page.locator("[data-shipping] dt").textContent(), "pickup");
    assert.equal(await page.locator("[data-shipping] dd").textContent(), "offert", "one word for what costs nothing");
    assert.equal(await page.locator("label", { has: page.locator("input[value=pickup]") }).locator(".price").textContent(), "offert");
    await page.locator("[data-pay]").click();
    await page.waitForURL(`${host.origin}/`);
    assert.equal(state.asked.destination.rate, "pickup");
    assert.deepEqual(said, []);
  });
}

test("a rate that does not take the cart is replaced with a word, and comes back when it can", async () => {
  await page.goto(UNIQUE);
  await add();
  await page.evaluate(() => {
    const cart = JSON.parse(localStorage.getItem("bazaar-cart"));
    localStorage.setItem("bazaar-cart", JSON.stringify({ ...cart, rate: "drone" }));
  });
  await page.goto(cart);
  await priced();
  assert.match(await page.locator("[data-word=replaced]").textContent(), /colissimo/);
  await choose("chronopost");
  assert.ok(await page.locator("[data-word=replaced]").isHidden());
});

test("variants that share their pieces are counted together and named together", async () => {
  for (const size of ["s", "m"]) {
    await page.goto(`${VARIANTS}?taille=${size}`);
    await add();
  }
  state.shared = [1, "TABLIER-S", "TABLIER-M"];
  await page.goto(cart);
  await priced();
  const notes = (await page.locator("[data-notes] li").allTextContents()).join("\n");
  assert.match(notes, /S \+ .*M.: il n’en reste que 1 en tout/);
  assert.ok(await lines().nth(1).evaluate((line) => line.classList.contains("held")), "the second is kept, and not counted");
  await lines().first().locator("button").click();
  await priced();
  assert.equal(await lines().count(), 1);
  assert.ok(await lines().first().evaluate((line) => !line.classList.contains("held")));
});

test("what is missing until delivery is free, and a note to go in the parcel", async () => {
  state.left.set("BOL-LUNE", 1);
  await page.goto(UNIQUE);
  await add();
  await page.goto(cart);
  await priced();
  assert.match(await page.locator("[data-word=free_in]").textContent(), /52,00/);
  assert.ok(await lines().locator("input").isHidden(), "of a unique piece no number is asked");
  await page.locator("#_gift").fill("Bon anniversaire");
  await page.locator("#_gift").blur();
  await page.reload();
  await priced();
  assert.equal(await page.locator("#_gift").inputValue(), "Bon anniversaire");
  await page.locator("[data-pay]").click();
  await page.waitForURL(`${host.origin}/`);
  assert.equal(state.asked.gift_note, "Bon anniversaire");
});

for (const language of languages) {
  test(`a full cart, and one with lines that were mended, is accessible, whole and still: ${language}`, async () => {
    const problems = new Problems();
    const own = pages.find((other) => other.lang === language && other.kinds.includes("cart")).address;
    await fill(language);
    await page.context().route("**/*.woff2", (route) => route.abort());
    const shown = async (state) => {
      const copy = await page.context().newPage();
      const complain = (what, when = "") => what.includes(".woff2") || problems.add(`${state} ${when}`, what);
      await listen(copy, host.origin, complain);
      await copy.goto(own);
      await copy.locator("[data-pay]:enabled").waitFor();
      await still(copy, complain);
      await accessible(copy, complain, [1280, 320]);
      await large(copy, complain, [1280, 320]);
      await uncookied(copy, complain);
      await copy.close();
    };
    await shown("full");
    state.prices.set("BOL-LUNE", 3000);
    state.left.set("TABLIER-M", 1);
    state.held.add("TABOURET-CHENE");
    await shown("mended");
    problems.none();
  });
}

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
