// @ts-check
// Runs on every page: the cart kept in this browser, light and dark mode, the form of a product. The cart names pieces; the till
// says what they cost and whether they can be had. Without this script the same forms go to the till's own cart.
// Other scripts import what they share from here: a module of its own would be one more request on every page.

export const STORE = "bazaar-cart";
const THEME = "bazaar-theme";

/**
 * Every element that matches.
 * @template {string} S
 * @param {S} selector
 * @param {ParentNode} [from]
 * @returns {Found<S>[]}
 */
export const all = (selector, from = document) => /** @type {Found<S>[]} */ ([...from.querySelectorAll(selector)]);

/**
 * The first element that matches, if any.
 * @template {string} S
 * @param {S} selector
 * @param {ParentNode} [from]
 * @returns {Found<S> | null}
 */
export const find = (selector, from = document) => /** @type {Found<S> | null} */ (from.querySelector(selector));

/**
 * An element that the theme's templates always have there (docs/themes.md).
 * @template {string} S
 * @param {S} selector
 * @param {ParentNode} [from]
 */
export const one = (selector, from) => /** @type {Found<S>} */ (find(selector, from));

/**
 * The content of a template, to be put somewhere.
 * @param {HTMLTemplateElement} template
 */
export const copy = ({ content }) => /** @type {DocumentFragment} */ (content.cloneNode(true));

/**
 * A text with its placeholders filled in.
 * @param {string} text
 * @param {Values} values
 */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

const root = document.documentElement;
export const lang = root.lang;

const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @returns {Cart} */
export function read() {
  try {
    const cart = JSON.parse(localStorage.getItem(STORE) ?? "");
    if (Array.isArray(cart.lines)) return cart;
  } catch { /* none yet, or not ours */ }
  return { id: random(), lines: [] };
}

/** @param {Cart} cart */
export function write(cart) {
  localStorage.setItem(STORE, JSON.stringify(cart));
  count(cart);
}

/** @param {Cart} cart */
export function count(cart) {
  const pieces = cart.lines.reduce((sum, line) => sum + line.quantity, 0);
  for (const place of all("[data-cart-count]")) {
    place.hidden = !pieces;
    place.textContent = pieces ? String(pieces) : "";
  }
}

/**
 * Asks the till.
 * @template {Path} P
 * @param {P} path
 * @param {Posted<P>} body
 * @returns {Promise<Answered<P>>}
 */
export const post = (path, body) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Resolved once somebody sees the page: one that the browser prepares in advance asks the till nothing before. */
export const seen = new Promise((resolve) => {
  if (document.prerendering) document.addEventListener("prerenderingchange", resolve, { once: true });
  else resolve(undefined);
});

// Light or dark by hand. base.html applies the choice before anything is drawn; choosing what the system has follows the system
// again.

/** @param {HTMLButtonElement} button */
function theme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const bars = all("meta[name=theme-color]");
  const colours = bars.map((bar) => bar.content);
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => {
    one("span", button).textContent = (dark() ? button.dataset.light : button.dataset.dark) ?? "";
    for (const [at, bar] of bars.entries()) bar.content = colours[root.dataset.theme ? Number(dark()) : at];
  };
  const apply = () => {
    const kept = localStorage.getItem(THEME);
    if (kept) root.dataset.theme = kept;
    else delete root.dataset.theme;
    show();
  };
  button.addEventListener("click", () => {
    const next = dark() ? "light" : "dark";
    if (system.matches === (next === "dark")) localStorage.removeItem(THEME);
    else localStorage.setItem(THEME, next);
    apply();
  });
  system.addEventListener("change", show);
  addEventListener("storage", apply);
  addEventListener("pageshow", apply);
  apply();
  button.hidden = false;
}

// The photo of a card that was chosen grows into the photo of its page. Files are not pages of the shop and have no transition:
// browsers would complain.

addEventListener("pageswap", ({ viewTransition, activation }) => {
  if (!viewTransition || !activation?.entry?.url) return;
  const { href: to, pathname } = new URL(activation.entry.url);
  if (!pathname.endsWith("/") && !pathname.startsWith("/api/")) return viewTransition.skipTransition();
  const card = all(".grid .card a, .hero-piece a").find(({ href }) => href === to)?.closest(".card");
  const photo = card && find("img", card);
  if (!photo) return;
  /** @type {(card: string, page: string) => void} */
  const names = (card, page) => {
    photo.style.viewTransitionName = card;
    for (const other of all(".gallery img")) other.style.viewTransitionName = page;
  };
  names("piece", "none");
  viewTransition.finished.finally(() => names("", ""));
});

/**
 * A product's page: the form fills the cart here.
 * @param {HTMLFormElement} form
 */
function product(form) {
  const radios = all("input[type=radio][name=sku]", form);
  const number = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("quantity"));
  const chosen = () => radios.find((radio) => radio.checked);
  const most = () => Number(chosen()?.dataset.most ?? number?.max ?? 1);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const cart = read();
    const line = lineOf(form, chosen(), most());
    /** @param {Cart} cart */
    const alike = ({ lines }) => lines.find((other) => other.sku === line.sku && other.note === line.note);
    const same = alike(cart);
    const before = same?.quantity ?? 0;
    if (same) Object.assign(same, line, { quantity: Math.min(before + line.quantity, line.most) });
    else cart.lines.push(line);
    write(cart);
    const said = one(".added", form);
    said.replaceChildren(copy(one("template", form)));
    one("p", said).textContent = fill(one("p", said).textContent, { title: line.title });
    said.scrollIntoView({ block: "nearest" });
    one("button", said).addEventListener("click", () => {
      const now = read();
      const added = alike(now);
      if (added) added.quantity = before;
      write({ ...now, lines: now.lines.filter((other) => other.quantity > 0) });
      said.replaceChildren();
      one(".button", form).focus();
    });
  });

  const bound = () => {
    if (!number) return;
    number.max = String(most());
    if (number.valueAsNumber > Number(number.max)) number.value = number.max;
  };
  const choose = variants(bound);
  // `?taille=m` names a variant; other parameters do not matter.
  const asked = [...new URLSearchParams(location.search)].map(String);
  const named = radios.find((radio) => !radio.disabled && [...parameters(radio)].every((pair) => asked.includes(String(pair))));
  if (named) named.checked = true;
  const rows = options(form, radios);
  choose(chosen());
  form.addEventListener("change", ({ target }) => {
    const radio = rows ? rows.pick(target) : radios.find((other) => other === target);
    if (!radio) return;
    choose(radio);
    history.replaceState(history.state, "", radio.dataset.url);
  });

  const look = async () => {
    await seen;
    const wanted = chosen();
    await stock(form);
    rows?.pick();
    choose(chosen() ?? wanted); // even when it is gone by now: the page says so
    bound();
  };
  look();
  addEventListener("pageshow", (event) => event.persisted && look());
  const sku = () => {
    const radio = chosen() ?? radios.find((radio) => !radio.disabled);
    return (radio ?? /** @type {HTMLInputElement | RadioNodeList} */ (form.elements.namedItem("sku"))).value;
  };
  for (const details of all("details[data-delivery]")) delivery(details, sku);
}

/**
 * The options of a variant, as its address has them.
 * @param {HTMLInputElement} radio
 */
const parameters = (radio) => new URL(radio.dataset.url ?? "", location.href).searchParams;

/**
 * Enables the buttons of a form, also those outside it.
 * @param {HTMLFormElement} form
 * @param {boolean} can
 */
const offer = (form, can) => {
  for (const field of form.elements) if (field.matches(".button")) /** @type {HTMLButtonElement} */ (field).disabled = !can;
};

/**
 * Several options: a row for each of them replaces the list of all variants, which still holds the choice. A value that does not
 * exist, or is gone, with what is chosen in the other rows can be chosen and says so: nobody gets stuck.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement[]} radios
 */
function options(form, radios) {
  const template = find("template[data-options]", form);
  if (!template) return null;
  const { none = "" } = template.dataset;
  const list = radios[0].closest("fieldset");
  template.replaceWith(template.content);
  if (list) list.hidden = true;
  for (const radio of radios) radio.required = false;
  const rows = all("fieldset[data-option]", form);
  /** @type {(radio: HTMLInputElement, row: HTMLElement) => string | null} */
  const value = (radio, row) => parameters(radio).get(row.dataset.option ?? "");
  /** @param {HTMLElement} row */
  const picked = (row) => find("input:checked", row)?.value;
  /** @type {(row: HTMLElement, chip: HTMLInputElement) => HTMLInputElement | undefined} */
  const withChip = (row, chip) => radios.find((radio) => rows.every((other) => value(radio, other) === (other === row ? chip.value : picked(other))));
  /** @param {HTMLInputElement} radio */
  const stateOf = (radio) => (find(".plain", labelOf(radio)) ? "" : one(".state", labelOf(radio)).textContent);

  /** @param {HTMLElement} row */
  function show(row) {
    const chips = all("input", row);
    const isKnown = rows.every((other) => other === row || picked(other));
    const found = chips.map((chip) => (isKnown ? withChip(row, chip) : undefined));
    const states = found.map((radio) => (radio ? stateOf(radio) : none));
    const prices = new Set(found.flatMap((radio) => radio?.dataset.price ?? []));
    for (const [at, chip] of chips.entries()) {
      const radio = found[at];
      const alike = radios.filter((other) => value(other, row) === chip.value);
      const isGone = isKnown ? !radio || radio.disabled : alike.every((other) => other.disabled);
      const state = isKnown ? states.some((other) => other !== states[0]) && states[at] : isGone && stateOf(alike[0]);
      const price = prices.size > 1 && radio ? one(".price", labelOf(radio)).cloneNode(true).childNodes : [];
      labelOf(chip).classList.toggle("none", isGone);
      one(".state", labelOf(chip)).textContent = state || "";
      one(".price", labelOf(chip)).replaceChildren(...price);
    }
  }

  // The variant that all rows together name, once they do; it is chosen if it can be had.
  function pick() {
    const complete = rows.every(picked);
    const found = complete ? withChip(rows[0], one("input:checked", rows[0])) : null;
    for (const radio of radios) radio.checked = radio === found && !radio.disabled;
    rows.forEach(show);
    offer(form, complete ? Boolean(found && !found.disabled) : radios.some((radio) => !radio.disabled));
    if (complete && !found) one("[data-state]").textContent = none;
    return found;
  }

  const chosen = radios.find((radio) => radio.checked);
  if (chosen) for (const row of rows) for (const chip of all("input", row)) chip.checked = chip.value === value(chosen, row);
  pick();
  /** @param {EventTarget | null} [target] */
  const pickBy = (target) => (!target || rows.some((row) => row.contains(/** @type {Node} */ (target))) ? pick() : null);
  return { pick: pickBy };
}

/**
 * What stands around a radio button: its name, price and state.
 * @param {HTMLInputElement} radio
 */
const labelOf = (radio) => /** @type {HTMLElement} */ (radio.parentElement);

/**
 * What the cart remembers of a piece.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement | undefined} radio
 * @param {number} most
 */
function lineOf(form, radio, most) {
  const data = new FormData(form);
  // One line for each field of the personalisation, as the till keeps it.
  const note = data.getAll("note").map((text) => String(text).trim()).join("\n").replace(/\n+$/, "") || null;
  const from = { ...form.dataset, ...radio?.dataset };
  return {
    sku: String(data.get("sku")), note, quantity: Number(data.get("quantity") ?? 1),
    price: Number(from.price) + (note ? Number(one("[name=note]", form).dataset.price) : 0), printed: note ? null : from.printed,
    title: radio ? `${form.dataset.title}, ${radio.dataset.name}` : form.dataset.title ?? "", url: from.url, image: from.image, most,
  };
}

/**
 * A chosen variant shows its price, its photo and whether it can be had in place of the product's.
 * @param {() => void} bound
 */
function variants(bound) {
  const gallery = find(".gallery");
  const photos = gallery ? [...gallery.children] : [];
  /** @param {HTMLInputElement | undefined} radio */
  return (radio) => {
    if (!radio) return;
    const price = one(".price", labelOf(radio));
    for (const place of all(".asks .price, .bar .price")) place.replaceChildren(...price.cloneNode(true).childNodes);
    for (const until of all(".asks .until")) until.hidden = !find("del", price);
    one("[data-state]").textContent = one(".state", labelOf(radio)).textContent;
    const photo = photos[Number(radio.dataset.photo)];
    if (gallery && photo && photo !== gallery.firstElementChild) {
      one("img", photo).loading = "eager";
      gallery.replaceChildren(photo, ...photos.filter((other) => other !== photo));
      gallery.scrollTo({ left: 0 });
    }
    bound();
  };
}

/**
 * Shows what is left right now. Nothing waits for it, and without an answer the page stays as it was built.
 * @param {HTMLFormElement} form
 */
async function stock(form) {
  const items = all("input[data-stock]", form);
  /** @type {{ key: string | undefined, radio?: HTMLInputElement }[]} */
  const asked = items.map((radio) => ({ key: radio.dataset.stock, radio }));
  if (form.dataset.stock) asked.push({ key: form.dataset.stock });
  try {
    const query = new URLSearchParams(asked.map(({ key = "" }) => ["key", key]));
    const answer = await fetch(`/api/stock?${query}`);
    if (!answer.ok) return;
    /** @type {Standings} */
    const standings = await answer.json();
    const told = Number(form.dataset.told);
    for (const { key = "", radio } of asked) {
      const left = standings[key]?.available;
      if (left === undefined || left === null) continue;
      const gone = standings[key].reserved ? form.dataset.reserved : form.dataset.gone;
      const words = left === 0 ? gone : form.dataset.left?.split("|")[left - 1];
      const place = radio ? one(".state", labelOf(radio)) : one("[data-state]");
      if (words) {
        place.textContent = words;
        place.classList.remove("plain");
      }
      if (left === 0) {
        if (radio) Object.assign(radio, { disabled: true, checked: false });
        else offer(form, false);
      } else if (left < told) {
        const number = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("quantity"));
        if (radio) radio.dataset.most = String(Math.min(Number(radio.dataset.most), left));
        else if (number) number.max = String(left);
      }
    }
    const list = items[0]?.closest("fieldset");
    if (!list) return;
    list.classList.toggle("alike", new Set(all(".state", list).map(({ textContent }) => textContent)).size < 2);
    if (items.every((item) => item.disabled)) offer(form, false);
  } catch { /* no till here */ }
}

/**
 * What delivery costs and how long it takes, asked when somebody wants to know.
 * @param {HTMLDetailsElement} details
 * @param {() => string} sku
 */
function delivery(details, sku) {
  /** @type {(name: DeliveryText, values?: Values) => string} */
  const words = (name, values = {}) => fill(details.dataset[name] ?? "", values);
  /** @param {(string | false | null | undefined | 0)[]} texts */
  const say = (...texts) => one("[data-said]", details).replaceChildren(...texts.filter(Boolean).map((text) => {
    const line = document.createElement("p");
    line.textContent = String(text);
    return line;
  }));
  details.hidden = false;
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    const { country = null } = read();
    try {
      const answer = await post("/api/quote", { lang, destination: { country, rate: null }, sample: true, items: [{ sku: sku(), quantity: 1 }] });
      if (!answer.ok) return say(words("offline"));
      const { options, shipping, text, not_served: why } = await answer.json();
      const [from, to] = shipping?.days ?? [];
      const ways = options.map(({ label, price, text }) => words("way", { label, price: price ? text : words("free") }));
      const name = country && new Intl.DisplayNames(lang, { type: "region" }).of(country);
      say(name && words("to", { country: name }), why && words("not_served"), ...ways, to && words("days", { label: shipping?.label, from, to }),
        text.free_in && words("free_in", { amount: text.free_in }));
    } catch {
      say(words("offline"));
    }
  });
}

/**
 * A product's photos, large: the script comes when a pointer or the focus does. Without it the links open the files.
 * @param {HTMLElement} list
 */
function gallery(list) {
  const load = () => import("./gallery.js");
  list.addEventListener("pointerover", load, { once: true });
  list.addEventListener("click", async (event) => {
    const link = /** @type {Element} */ (event.target).closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    try {
      (await load()).default(list, link);
    } catch {
      location.href = link.href;
    }
  });
}

// A table that is wider than its place can be scrolled by keyboard, too.
const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) /** @type {HTMLElement} */ (target).tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

/**
 * A paid order takes its pieces out of the cart; what others held, or was added since, stays. A refunded one takes none. Either
 * way the till knows this cart's name by now: the next one has another.
 * @param {boolean} isPaid
 */
function ordered(isPaid) {
  const { order, paying, gift, ...cart } = read();
  if (!order || new URL(order, location.href).pathname !== location.pathname) return;
  for (const { sku, note, quantity } of isPaid ? paying ?? cart.lines : []) {
    const line = cart.lines.find((other) => other.sku === sku && other.note === note);
    if (line) line.quantity -= quantity;
  }
  write({ ...cart, id: random(), lines: cart.lines.filter((line) => line.quantity > 0) });
}

all(".gallery").forEach(gallery);
for (const table of all(".prose table")) wide.observe(table);

try {
  all("button[data-theme-button]").forEach(theme);
  write(read());
  for (const { dataset } of all("[data-ordered]")) ordered(Boolean(dataset.paid));
  all("form[data-add]").forEach(product);
  const again = () => count(read());
  addEventListener("storage", again);
  addEventListener("pageshow", again);
} catch { /* no storage: forms go to the till */ }
