// @ts-check
// The page of the cart: drawn from what this browser keeps, priced and corrected by what the till says.

import { STORE, all, copy, count, fill, find, lang, one, post, read, seen, write } from "./shop.js";

const REVEAL_TIMEOUT = 1500; // ms until a cart is shown as it was, without the till's answer
const PICKUP = "pickup"; // the rate of a cart that is collected

/**
 * What is said of a line, where it is not the text of the refusal's code.
 * @type {Partial<Record<RefusalCode, CartText>>}
 */
const LINE_TEXTS = { quantity_unavailable: "less", bad_request: "bad_line", unknown_sku: "withdrawn" };

/**
 * Refusals after which a line leaves the cart.
 * @type {RefusalCode[]}
 */
const GONE = ["unknown_sku", "sold_out", "bad_request"];

/** @param {HTMLElement} root */
function page(root) {
  /** @type {(name: CartText, values?: Values) => string} */
  const words = (name, values = {}) => fill(root.dataset[name] ?? root.dataset.offline ?? "", values);
  /** @param {string} name */
  const part = (name) => one(`[data-${name}]`, root);
  const [notes, lines, ways] = ["notes", "lines", "ways"].map(part);
  const pay = one("button[data-pay]", root);
  const form = one("form[data-full]", root);
  const country = /** @type {HTMLSelectElement | null} */ (form.elements.namedItem("country"));
  const gift = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("gift_note"));
  /** @type {Quote | null} */
  let quoted = null;
  let asked = 0;

  /** @param {string} text */
  const note = (text) => {
    // A refusal, and the prices asked for after it, say the same.
    const said = all("li", notes).find((item) => item.textContent === text);
    if (said) return said;
    const item = document.createElement("li");
    item.textContent = text;
    notes.append(item);
    return item;
  };
  /** @type {(name: "unserved" | "replaced" | "free_in" | "days" | "state", text?: string | false | null) => void} */
  const say = (name, text) => {
    const place = one(`[data-word=${name}]`, root);
    place.textContent = text || "";
    place.hidden = !text && name !== "state";
    place.classList.toggle("hidden", text === words("loading"));
  };
  /** @param {string} sku */
  const title = (sku) => read().lines.find((line) => line.sku === sku)?.title ?? sku;
  /** @param {string[]} skus */
  const titles = (skus) => [...new Set(skus.map(title))].join(" + ");

  /** @type {(cart: Cart) => CheckoutBody} */
  const request = (cart) => ({
    lang, cart_id: cart.id, destination: { country: cart.country || country?.value || null, rate: cart.rate ?? null },
    items: cart.lines.map(({ sku, quantity, note, price }) => ({ sku, quantity, note, expected_price: price })),
  });

  function draw() {
    const cart = read();
    const empty = part("empty");
    const offers = find("template", empty);
    empty.hidden = cart.lines.length > 0;
    // Its photos are fetched only when it is seen.
    if (!empty.hidden) offers?.replaceWith(offers.content);
    form.hidden = !cart.lines.length;
    if (country && cart.country) country.value = cart.country;
    if (document.activeElement !== gift) gift.value = cart.gift ?? "";
    const at = all("input, button", lines).indexOf(/** @type {HTMLInputElement} */ (document.activeElement));
    lines.replaceChildren(...cart.lines.map(line));
    if (at >= 0) all("input, button", lines)[at]?.focus();
    count(cart);
  }

  /** @param {CartLine} own */
  function line(own) {
    const item = copy(one("template[data-line]", root));
    one("li", item).className = own.held ? "held" : "";
    const link = one("a", item);
    const image = one("img", item);
    const number = one("input", item);
    const remove = one("button", item);
    link.textContent = own.title;
    if (own.url) link.href = own.url;
    if (own.image) image.src = own.image;
    else image.remove();
    /** @type {(name: string, text?: string | null) => void} */
    const aside = (name, text) => {
      Object.assign(one(`[data-${name}]`, item), { textContent: text ?? "", hidden: !text });
    };
    aside("note", own.note && (own.words ?? words("note", { note: own.note.replaceAll("\n", " · ") })));
    aside("made", own.made);
    one("[data-collect]", item).hidden = !own.collect;
    one("[data-each]", item).textContent = words("each", { price: own.printed });
    one("[data-held]", item).hidden = !own.held;
    one("[data-each]", item).hidden = own.quantity < 2 || !own.printed;
    one(".price", item).textContent = own.total ?? (own.quantity < 2 ? own.printed : "") ?? "";
    number.value = String(own.quantity);
    if (own.most) number.max = String(own.most);
    number.hidden = own.most === 1 && own.quantity === 1;
    number.ariaLabel = words("quantity", own);
    remove.ariaLabel = words("remove", own);
    // Enter changes the number; it does not pay.
    number.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      number.dispatchEvent(new Event("change"));
    });
    /** @param {CartLine} other */
    const isOwn = (other) => other.sku === own.sku && other.note === own.note;
    /** @param {(cart: Cart, at: number) => void} apply */
    const change = (apply) => {
      const cart = read();
      const at = cart.lines.findIndex(isOwn);
      if (at >= 0) apply(cart, at);
      write(cart);
      draw();
      quote();
    };
    number.addEventListener("change", () => number.reportValidity() && change((cart, at) => {
      cart.lines[at].quantity = number.valueAsNumber;
      delete cart.lines[at].total;
    }));
    remove.addEventListener("click", () => {
      let place = 0;
      change((cart, at) => {
        place = at;
        cart.lines.splice(at, 1);
      });
      notes.replaceChildren();
      const undo = one("button", copy(one("template[data-undo]", root)));
      note(words("removed", own)).append(" ", undo);
      undo.focus();
      undo.addEventListener("click", () => {
        const cart = read();
        if (!cart.lines.some(isOwn)) cart.lines.splice(place, 0, own);
        write(cart);
        notes.replaceChildren();
        start();
      });
    });
    return item;
  }

  /**
   * Takes over what the till says, and notes what is different from what was shown.
   * @param {Quote} answer
   */
  function take(answer) {
    quoted = answer;
    const cart = read();
    for (const { sku, note: own, code, available, skus } of answer.problems) {
      const name = skus.length > 1 && code === "quantity_unavailable" ? "less_together" : LINE_TEXTS[code] ?? code;
      note(words(name, { title: titles(skus.length ? skus : [sku]), available }));
      if (GONE.includes(code)) cart.lines = cart.lines.filter((line) => line.sku !== sku || line.note !== (own ?? null));
    }
    for (const line of cart.lines) {
      const now = answer.lines.find((other) => other.sku === line.sku && (other.note ?? null) === line.note);
      line.held = !now;
      if (!now) {
        delete line.total;
        continue;
      }
      if (now.unit_price !== line.price) note(words("new_price", { title: now.title, price: now.text.unit_price }));
      const few = typeof now.available === "number" && now.available < Number(root.dataset.told);
      Object.assign(line, /** @type {Partial<CartLine>} */ ({
        quantity: now.quantity, price: now.unit_price, printed: now.text.unit_price, title: now.title, total: now.text.total,
        words: now.words, made: now.text.made, collect: now.pickup_only, most: few ? now.available : undefined,
      }));
    }
    write(cart);
    draw();
    sums(answer);
  }

  /**
   * Shows what it costs, or that it is not known.
   * @param {boolean} hidden
   */
  function unpriced(hidden) {
    if (hidden) {
      quoted = null;
      say("free_in");
      say("days");
      say("unserved");
      say("replaced");
    }
    for (const name of ["shipping", "total"]) part(name).hidden = hidden;
  }

  /**
   * Shows the ways that the till offers, with the till's own choice checked. Without one, nothing is paid before the shopper has
   * chosen.
   * @param {Quote} answer
   */
  function sums({ text, shipping, options, pickup_only: collect, not_served: why }) {
    part("goods").textContent = text.goods;
    unpriced(!shipping);
    pay.disabled = !quoted;
    const choosing = ways.contains(document.activeElement);
    for (const label of all("label", ways)) label.remove();
    for (const option of options) {
      const way = one("label", copy(one("template[data-way]", root)));
      Object.assign(one("input", way), { value: option.rate, checked: option.rate === shipping?.rate });
      one(".name", way).textContent = option.label;
      one(".price", way).textContent = option.price ? option.text : words("free");
      ways.append(way);
    }
    ways.hidden = options.length < (why || collect ? 1 : 2);
    if (choosing) find("input:checked", ways)?.focus();
    const place = find("[data-country]", root);
    if (place) place.hidden = collect;
    if (why) {
      const go = options.some(({ rate }) => rate === PICKUP) ? "unserved_collect" : "destination_not_served";
      say("unserved", `${words(`unserved_${why}`)} ${words(go)}`);
    }
    if (!shipping) return;
    one("dt", part("shipping")).textContent = shipping.rate === PICKUP ? shipping.label : words("delivery");
    one("dd", part("shipping")).textContent = (shipping.price ? text.shipping : words("free")) ?? "";
    one("dd", part("total")).textContent = text.total;
    say("unserved");
    say("replaced", shipping.replaced && words("replaced", { label: shipping.label }));
    say("free_in", text.free_in && words("free_in", { amount: text.free_in }));
    say("days", text.days);
  }

  /**
   * Takes as many as there are. When there are too few for a checkout, the till says how many are left, also of many.
   * @type {(skus: string[], left: number) => void}
   */
  function fewer(skus, left) {
    const cart = read();
    for (const line of cart.lines.filter((line) => skus.includes(line.sku) && !line.held)) {
      line.quantity = Math.min(line.quantity, left);
      left -= line.quantity;
    }
    write({ ...cart, lines: cart.lines.filter((line) => line.quantity > 0) });
    draw();
  }

  /** @param {Problem} problem */
  function refuse({ code, sku, skus = sku ? [sku] : [], available, quote }) {
    const few = code === "quantity_unavailable";
    note(words(few ? (skus.length > 1 ? "less_together" : "less") : code, { title: titles(skus), available }));
    if (few) fewer(skus, available ?? 0);
    if (quote) take(quote);
    else unpriced(true);
  }

  async function quote() {
    const cart = read();
    const turn = ++asked;
    pay.disabled = true;
    if (!cart.lines.length) return;
    say("state", words("loading"));
    try {
      const answer = await post("/api/quote", request(cart));
      if (turn !== asked) return;
      if (!answer.headers.get("content-type")?.includes("json")) return say("state", words("no_till"));
      const said = answer.ok ? { quote: await answer.json() } : { problem: await answer.json() };
      if (turn !== asked) return;
      say("state");
      if (said.quote) take(said.quote);
      else refuse(said.problem);
    } catch {
      if (turn === asked) say("state", words("offline"));
    } finally {
      if (turn === asked) reveal();
    }
  }

  // Nothing is shown before the till has answered: its answer would move what is being read.
  const reveal = () => form.classList.remove("waiting");
  form.classList.add("waiting");
  setTimeout(reveal, REVEAL_TIMEOUT);

  form.addEventListener("change", (event) => {
    const target = /** @type {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} */ (event.target);
    if (target === gift) write({ ...read(), gift: gift.value.trim() });
    if (target.name !== "country" && target.name !== "rate") return;
    notes.replaceChildren();
    const rate = target.name === "rate" ? target.value : null;
    write({ ...read(), country: country?.value || read().country, rate });
    quote();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!quoted?.shipping) return;
    pay.disabled = true;
    notes.replaceChildren();
    const cart = read();
    const priced = { ...cart, rate: quoted.shipping.rate, lines: cart.lines.filter((line) => !line.held) };
    try {
      const gift_note = gift.value.trim() || undefined;
      const answer = await post("/api/checkout", { ...request(priced), expected_total: quoted.total, gift_note });
      if (answer.ok) {
        const { url, order } = await answer.json();
        // Another tab may have added to the cart meanwhile. What is already paid leads to that order at once.
        const paying = priced.lines.map(({ sku, note, quantity }) => ({ sku, note, quantity }));
        write({ ...read(), order, ...(url !== order && { paying }) });
        location.href = url;
        return;
      }
      refuse(await answer.json());
      // What is left of each piece, only a quote says.
      quote();
    } catch {
      note(words("offline"));
      pay.disabled = false;
    }
  });

  const start = () => {
    draw();
    quote();
  };
  start();
  addEventListener("storage", (event) => event.key === STORE && start());
  addEventListener("pageshow", (event) => event.persisted && start());
}

await seen;
try {
  write(read());
  all("div[data-cart]").forEach(page);
} catch { /* no storage: the cart cannot be kept, and its page stays empty */ }
