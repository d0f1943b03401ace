// What every page needs: the cart kept in this browser, light or dark by hand, the form of a product. The cart names pieces;
// what they cost and whether they can be had, the till says. Without this script the same forms go to the till's own cart.
// What only some pages need comes from the address in their `data-script`: a script here cannot import its neighbour.

const STORE = "bazaar-cart";
const THEME = "bazaar-theme";
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const one = (selector, from = document) => from.querySelector(selector);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const root = document.documentElement;
const lang = root.lang;

const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function read() {
  try {
    const cart = JSON.parse(localStorage.getItem(STORE));
    if (Array.isArray(cart.lines)) return cart;
  } catch { /* none yet, or not ours */ }
  return { id: random(), lines: [] };
}

function write(cart) {
  localStorage.setItem(STORE, JSON.stringify(cart));
  count(cart);
}

function count(cart) {
  const pieces = cart.lines.reduce((sum, line) => sum + line.quantity, 0);
  for (const place of all("[data-cart-count]")) {
    place.hidden = !pieces;
    place.textContent = pieces || "";
  }
}

const post = (path, body) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

// A page that a browser prepares in advance asks the till nothing until somebody looks at it.
const seen = new Promise((resolve) => {
  if (document.prerendering) document.addEventListener("prerenderingchange", resolve, { once: true });
  else resolve();
});

// Light or dark by hand. base.html applies what was chosen before anything is drawn; who chooses what the system says
// follows the system again.

function theme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const bars = all("meta[name=theme-color]");
  const colours = bars.map((bar) => bar.content);
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => {
    one("span", button).textContent = dark() ? button.dataset.light : button.dataset.dark;
    bars.forEach((bar, at) => (bar.content = colours[root.dataset.theme ? Number(dark()) : at]));
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

// The photo of a card that was chosen grows into the photo of its page. A file, which is no page of the shop, knows nothing
// of moving: browsers would complain.

addEventListener("pageswap", ({ viewTransition, activation }) => {
  if (!viewTransition || !activation?.entry) return;
  const { href: to, pathname } = new URL(activation.entry.url);
  if (!pathname.endsWith("/") && !pathname.startsWith("/api/")) return viewTransition.skipTransition();
  const link = all(".grid .card a, .hero-piece a").find(({ href }) => href === to);
  const photo = link && one("img", link.closest(".card"));
  if (!photo) return;
  const names = (card, page) => {
    photo.style.viewTransitionName = card;
    for (const other of all(".gallery img")) other.style.viewTransitionName = page;
  };
  names("piece", "none");
  viewTransition.finished.finally(() => names("", ""));
});

// A product's page: the form fills the cart here.

function product(form) {
  const radios = all("input[type=radio][name=sku]", form);
  const number = form.elements.quantity;
  const chosen = () => radios.find((radio) => radio.checked);
  const most = () => Number(chosen()?.dataset.most ?? number?.max ?? 1);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const cart = read();
    const line = { ...lineOf(form, chosen()), most: most() };
    const alike = ({ lines }) => lines.find((other) => other.sku === line.sku && other.note === line.note);
    const same = alike(cart);
    const before = same?.quantity ?? 0;
    if (same) Object.assign(same, line, { quantity: Math.min(before + line.quantity, line.most) });
    else cart.lines.push(line);
    write(cart);
    const said = one(".added", form);
    said.replaceChildren(one("template", form).content.cloneNode(true));
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
    number.max = most();
    if (number.valueAsNumber > number.max) number.value = number.max;
  };
  const choose = variants(radios, bound);
  // `?taille=m` names a variant; what else stands there does not matter.
  const asked = [...new URLSearchParams(location.search)].map(String);
  const names = (radio) => [...new URL(radio.dataset.url, location).searchParams].every((pair) => asked.includes(String(pair)));
  const named = radios.find((radio) => !radio.disabled && names(radio));
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
  const sku = () => (chosen() ?? radios.find((radio) => !radio.disabled))?.value ?? form.elements.sku.value;
  all("[data-delivery]").forEach((details) => delivery(details, sku));
}

// The buttons of a form, also those that stand elsewhere.
const offer = (form, can) => {
  for (const button of [...form.elements].filter((field) => field.matches(".button"))) button.disabled = !can;
};

// Several options: a row for each of them takes the place of the list of all variants, where the choice is still kept. A choice
// that is not made, or gone, with what is chosen in the other rows can be chosen and says so: nobody gets stuck.
function options(form, radios) {
  const template = one("template[data-options]", form);
  if (!template) return null;
  const { none } = template.dataset;
  const list = radios[0].closest("fieldset");
  template.replaceWith(template.content);
  list.hidden = true;
  for (const radio of radios) radio.required = false;
  const rows = all("[data-option]", form);
  const value = (radio, row) => new URL(radio.dataset.url, location).searchParams.get(row.dataset.option);
  const picked = (row) => one(":checked", row)?.value;
  const withChip = (row, chip) => radios.find((radio) => rows.every((other) => value(radio, other) === (other === row ? chip.value : picked(other))));
  const part = (name, radio) => one(name, radio.parentNode);
  const stateOf = (radio) => (part(".plain", radio) ? "" : part(".state", radio).textContent);

  function show(row) {
    const chips = all("input", row);
    const isKnown = rows.every((other) => other === row || picked(other));
    const found = chips.map((chip) => (isKnown ? withChip(row, chip) : null));
    const states = found.map((radio) => (radio ? stateOf(radio) : none));
    const prices = found.filter(Boolean).map((radio) => radio.dataset.price);
    chips.forEach((chip, at) => {
      const alike = radios.filter((radio) => value(radio, row) === chip.value);
      const isGone = isKnown ? !found[at] || found[at].disabled : alike.every((radio) => radio.disabled);
      const state = isKnown ? states.some((other) => other !== states[0]) && states[at] : isGone && stateOf(alike[0]);
      const price = new Set(prices).size > 1 && found[at] ? part(".price", found[at]).cloneNode(true).childNodes : [];
      chip.parentNode.classList.toggle("none", isGone);
      part(".state", chip).textContent = state || "";
      part(".price", chip).replaceChildren(...price);
    });
  }

  // The variant that all rows together name, once they do; it is chosen if it can be had.
  function pick() {
    const complete = rows.every(picked);
    const found = complete ? withChip(rows[0], one(":checked", rows[0])) : null;
    for (const radio of radios) radio.checked = radio === found && !radio.disabled;
    rows.forEach(show);
    offer(form, complete ? found && !found.disabled : radios.some((radio) => !radio.disabled));
    if (complete && !found) one("[data-state]").textContent = none;
    return found;
  }

  const chosen = radios.find((radio) => radio.checked);
  if (chosen) for (const row of rows) all("input", row).forEach((chip) => (chip.checked = chip.value === value(chosen, row)));
  pick();
  return { pick: (target) => (!target || rows.some((row) => row.contains(target)) ? pick() : null) };
}

// What the cart remembers of a piece.
function lineOf(form, radio) {
  const data = new FormData(form);
  // One line for each field of the personalisation, as the till keeps it.
  const note = data.getAll("note").map((text) => text.trim()).join("\n").replace(/\n+$/, "") || null;
  const from = { ...form.dataset, ...radio?.dataset };
  return {
    sku: data.get("sku"), note, quantity: Number(data.get("quantity") ?? 1),
    price: Number(from.price) + (note ? Number(one("[name=note]", form).dataset.price) : 0), printed: note ? null : from.printed,
    title: radio ? `${form.dataset.title}, ${radio.dataset.name}` : form.dataset.title, url: from.url, image: from.image,
  };
}

// A chosen variant shows its price, its photo and whether it can be had where the product's stand.
function variants(radios, bound) {
  const gallery = one(".gallery");
  const photos = gallery ? [...gallery.children] : [];
  return (radio) => {
    if (!radio) return;
    const [price, state] = [".price", ".state"].map((part) => one(part, radio.parentNode));
    for (const place of all(".asks .price, .bar .price")) place.replaceChildren(...price.cloneNode(true).childNodes);
    all(".asks .until").forEach((until) => (until.hidden = !one("del", price)));
    one("[data-state]").textContent = state.textContent;
    const photo = photos[radio.dataset.photo];
    if (photo && photo !== gallery.firstElementChild) {
      one("img", photo).loading = "eager";
      gallery.replaceChildren(photo, ...photos.filter((other) => other !== photo));
      gallery.scrollTo({ left: 0 });
    }
    bound();
  };
}

// What is left right now. Nothing waits for it, and without an answer the page stays as it was built.

async function stock(form) {
  const items = all("[data-stock]", form).concat(form.dataset.stock ? form : []);
  try {
    const query = new URLSearchParams(items.map((item) => ["key", item.dataset.stock]));
    const answer = await fetch(`/api/stock?${query}`);
    if (!answer.ok) return;
    const standings = await answer.json();
    for (const item of items) {
      const standing = standings[item.dataset.stock];
      if (!standing || standing.available === null) continue;
      const left = standing.available;
      const gone = standing.reserved ? form.dataset.reserved : form.dataset.gone;
      const words = left === 0 ? gone : form.dataset.left?.split("|")[left - 1];
      const place = item === form ? one("[data-state]") : one(".state", item.parentNode);
      if (words) {
        place.textContent = words;
        place.classList.remove("plain");
      }
      if (left === 0 && item === form) offer(form, false);
      if (left === 0 && item !== form) Object.assign(item, { disabled: true, checked: false });
      if (left && left < form.dataset.told && item === form && form.elements.quantity) form.elements.quantity.max = left;
      if (left && left < form.dataset.told && item !== form) item.dataset.most = Math.min(item.dataset.most, left);
    }
    const list = items[0].closest("fieldset");
    list?.classList.toggle("alike", new Set(all(".state", list).map(({ textContent }) => textContent)).size < 2);
    if (list && items.every((item) => item.disabled)) offer(form, false);
  } catch { /* no till here */ }
}

// What delivery costs and how long it takes, asked when somebody wants to know.

function delivery(details, sku) {
  const words = (name, values = {}) => fill(details.dataset[name], values);
  const say = (...texts) => one("[data-said]", details).replaceChildren(...texts.filter(Boolean).map((text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  }));
  details.hidden = false;
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    const { country = null } = read();
    try {
      const answer = await post("/api/quote", { lang, destination: { country, rate: null }, sample: true, items: [{ sku: sku(), quantity: 1 }] });
      const { options, shipping, text, not_served: why } = await answer.json();
      if (!options) return say(words("offline"));
      const [from, to] = shipping?.days ?? [];
      const way = ({ label, price, text }) => words("way", { label, price: price ? text : words("free") });
      const name = country && new Intl.DisplayNames(lang, { type: "region" }).of(country);
      say(name && words("to", { country: name }), why && words("not_served"), ...options.map(way), to && words("days", { label: shipping.label, from, to }),
        text.free_in && words("free_in", { amount: text.free_in }));
    } catch {
      say(words("offline"));
    }
  });
}

// A product's photos, large: the script comes when a pointer or the focus does. Without it the links open the files.

function gallery(list) {
  const load = () => import(list.dataset.script);
  list.addEventListener("pointerover", load, { once: true });
  list.addEventListener("click", async (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    try {
      (await load()).default(list, link);
    } catch {
      location.href = link.href;
    }
  });
}

// A table that is wider than its place can be moved by keyboard, too.
const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

// An order that is paid takes its pieces out of the cart: what was held by others, or came since, stays. One that is paid back
// takes none. Either way the till knows this cart's name by now: the next one has another.
function ordered(isPaid) {
  const { order, paying, gift, ...cart } = read();
  if (!order || new URL(order, location).pathname !== location.pathname) return;
  for (const { sku, note, quantity } of isPaid ? paying ?? cart.lines : []) {
    const line = cart.lines.find((other) => other.sku === sku && other.note === note);
    if (line) line.quantity -= quantity;
  }
  write({ ...cart, id: random(), lines: cart.lines.filter((line) => line.quantity > 0) });
}

all(".gallery[data-script]").forEach(gallery);
all(".prose table").forEach((table) => wide.observe(table));

try {
  all("button[data-theme-button]").forEach(theme);
  const cart = read();
  write(cart);
  all("[data-ordered]").forEach(({ dataset }) => ordered(dataset.paid));
  all("form[data-add]").forEach(product);
  for (const place of all("div[data-cart]")) {
    const [{ default: page }] = await Promise.all([import(place.dataset.script), seen]);
    page(place, { all, one, fill, lang, read, write, count, post, STORE });
  }
  const again = () => count(read());
  addEventListener("storage", again);
  addEventListener("pageshow", again);
} catch { /* no storage: forms go to the till */ }
