// The cart, kept in this browser. It names pieces; what they cost and whether they can be had, the till says. Without
// this script the same forms go to the till's own cart.

const STORE = "bazaar-cart";
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const one = (selector, from = document) => from.querySelector(selector);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const lang = document.documentElement.lang;

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

// A product's page: the form fills the cart here.

function product(form) {
  const chosen = () => {
    const data = new FormData(form);
    const radio = one("input[type=radio]:checked", form);
    const note = (data.get("note") ?? "").trim() || null;
    const from = { ...form.dataset, ...radio?.dataset };
    return {
      sku: data.get("sku"), note, quantity: Number(data.get("quantity") ?? 1),
      price: Number(from.price) + (note ? Number(form.elements.note.dataset.price) : 0), printed: note ? null : from.printed,
      title: radio ? `${form.dataset.title}, ${radio.dataset.name}` : form.dataset.title, url: from.url, image: from.image,
    };
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [before, cart, line] = [read(), read(), chosen()];
    const same = cart.lines.find((other) => other.sku === line.sku && other.note === line.note);
    const most = Number(form.elements.quantity?.max ?? 1);
    if (same) Object.assign(same, line, { quantity: Math.min(same.quantity + line.quantity, most) });
    else cart.lines.push(line);
    write(cart);
    const said = one(".added", form);
    said.replaceChildren(one("template", form).content.cloneNode(true));
    one("button", said).addEventListener("click", () => {
      write(before);
      said.replaceChildren();
      one(".button", form).focus();
    });
  });
  // `?taille=m` names a variant.
  for (const radio of all("input[type=radio]", form)) {
    if (location.search && !radio.disabled && radio.dataset.url.endsWith(location.search)) radio.checked = true;
  }
  stock(form);
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
      if (words) place.textContent = words;
      if (left === 0 && item === form) one(".button", form).disabled = true;
      if (left === 0 && item !== form) Object.assign(item, { disabled: true, checked: false });
      if (item === form && left && left < 5 && form.elements.quantity) form.elements.quantity.max = left;
    }
    if (items.every((item) => item.disabled)) one(".button", form).disabled = true;
  } catch { /* no till here */ }
}

// The page of the cart.

function page(root) {
  const words = (name, values = {}) => fill(root.dataset[name] ?? root.dataset.offline, values);
  const part = (name) => one(`[data-${name}]`, root);
  const [notes, lines, ways, pay, form] = ["notes", "lines", "ways", "pay", "full"].map(part);
  const country = form.elements.country;
  let quoted = null;
  let asked = 0;

  const note = (text) => {
    // A refusal, and the prices asked for after it, say the same.
    const said = all("li", notes).find((item) => item.textContent === text);
    if (said) return said;
    const item = document.createElement("li");
    item.textContent = text;
    notes.append(item);
    return item;
  };
  const say = (name, text) => {
    const place = one(`[data-word=${name}]`, root);
    place.textContent = text ?? "";
    place.hidden = !text && name !== "state";
  };
  const title = (sku) => read().lines.find((line) => line.sku === sku)?.title ?? sku;

  const request = (cart) => ({
    lang, cart_id: cart.id, destination: { country: country?.value ?? null, rate: cart.rate ?? null },
    items: cart.lines.map(({ sku, quantity, note, price }) => ({ sku, quantity, note, expected_price: price })),
  });

  function draw() {
    const cart = read();
    part("empty").hidden = cart.lines.length > 0;
    form.hidden = !cart.lines.length;
    if (country && cart.country) country.value = cart.country;
    const at = all("input, button", lines).indexOf(document.activeElement);
    lines.replaceChildren(...cart.lines.map(line));
    if (at >= 0) all("input, button", lines)[at]?.focus();
    count(cart);
  }

  function line(own) {
    const item = one("template[data-line]", root).content.cloneNode(true);
    one("li", item).className = own.held ? "held" : "";
    const [link, image, number, remove] = ["a", "img", "input", "button"].map((name) => one(name, item));
    link.textContent = own.title;
    if (own.url) link.href = own.url;
    if (own.image) image.src = own.image;
    else image.remove();
    one("[data-note]", item).textContent = own.note ? words("note", own) : "";
    one("[data-note]", item).hidden = !own.note;
    one("[data-each]", item).textContent = words("each", { price: own.printed });
    one("[data-each]", item).hidden = own.quantity < 2 || !own.printed;
    one(".price", item).textContent = own.total ?? (own.quantity < 2 ? own.printed : "") ?? "";
    number.value = own.quantity;
    if (own.most) number.max = own.most;
    number.hidden = own.most === 1 && own.quantity === 1;
    number.ariaLabel = words("quantity", own);
    remove.ariaLabel = words("remove", own);
    const change = (apply) => {
      const cart = read();
      const at = cart.lines.findIndex((other) => other.sku === own.sku && other.note === own.note);
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
      const before = read();
      change((cart, at) => cart.lines.splice(at, 1));
      notes.replaceChildren();
      const undo = one("template[data-undo]", root).content.firstElementChild.cloneNode(true);
      note(words("removed", own)).append(" ", undo);
      undo.focus();
      undo.addEventListener("click", () => (write(before), notes.replaceChildren(), draw(), quote()));
    });
    return item;
  }

  // Takes over what the till says, and tells what is different from what was shown.
  function take(answer) {
    quoted = answer;
    const cart = read();
    for (const { sku, code, available } of answer.problems) {
      const name = { quantity_unavailable: "less", bad_request: "bad_line" }[code] ?? code;
      note(words(name, { title: title(sku), available }));
      if (code === "unknown_sku" || code === "sold_out" || code === "bad_request") {
        cart.lines = cart.lines.filter((line) => line.sku !== sku);
      }
    }
    for (const line of cart.lines) {
      const now = answer.lines.find((other) => other.sku === line.sku && (other.note ?? null) === line.note);
      line.held = !now;
      if (!now) {
        delete line.total;
        continue;
      }
      if (now.unit_price !== line.price) note(words("new_price", { title: now.title, price: now.text.unit_price }));
      Object.assign(line, {
        quantity: now.quantity, price: now.unit_price, printed: now.text.unit_price, title: now.title, total: now.text.total,
        most: now.available !== null && now.available < 5 ? now.available : undefined,
      });
    }
    if (!answer.lines.length) quoted = null;
    write(cart);
    draw();
    sums(answer);
  }

  function sums({ text, shipping, options }) {
    part("goods").textContent = text.goods;
    part("shipping").hidden = part("total").hidden = !shipping;
    pay.disabled = !quoted || !shipping;
    if (!shipping) return;
    one("dd", part("shipping")).textContent = shipping.price ? text.shipping : words("free");
    one("dd", part("total")).textContent = text.total;
    say("free_in", text.free_in && words("free_in", { amount: text.free_in }));
    const [from, to] = shipping.days ?? [];
    say("days", to && words(shipping.rate === "pickup" ? "pickup_days" : "days", { from, to }));
    // Collecting has no country: the till then names no other way, and those of before stay.
    if (options.length > 1 || ways.children.length < 2) {
      all("label", ways).forEach((label) => label.remove());
      for (const option of options) {
        const way = one("template[data-way]", root).content.firstElementChild.cloneNode(true);
        one("input", way).value = option.rate;
        one(".name", way).textContent = option.label;
        one(".price", way).textContent = option.price || option.rate === "pickup" ? option.text : words("free");
        ways.append(way);
      }
    }
    ways.hidden = all("label", ways).length < 2;
    for (const radio of all("input", ways)) radio.checked = radio.value === shipping.rate;
  }

  function refuse(problem) {
    const values = { title: problem.sku && title(problem.sku), available: problem.available };
    note(words(problem.code === "quantity_unavailable" ? "less" : problem.code, values));
    if (problem.quote) take(problem.quote);
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
      const said = await answer.json();
      if (turn !== asked) return;
      say("state");
      if (answer.ok) return take(said);
      if (said.code === "destination_not_served" && cart.rate !== "pickup") {
        // Another way may lead there: any rate, then collecting.
        write({ ...cart, rate: cart.rate ? null : "pickup" });
        if (!cart.rate) note(words(said.code));
        return quote();
      }
      refuse(said);
    } catch {
      if (turn === asked) say("state", words("offline"));
    }
  }

  form.addEventListener("change", ({ target }) => {
    if (target.name !== "country" && target.name !== "rate") return;
    notes.replaceChildren();
    const rate = target.name === "rate" ? target.value : null;
    write({ ...read(), country: country?.value, rate });
    quote();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!quoted) return;
    pay.disabled = true;
    notes.replaceChildren();
    const cart = read();
    const priced = { ...cart, rate: quoted.shipping.rate, lines: cart.lines.filter((line) => !line.held) };
    try {
      const answer = await post("/api/checkout", { ...request(priced), expected_total: quoted.total });
      const said = await answer.json();
      if (answer.ok) {
        write({ ...cart, order: said.order });
        location.href = said.url;
        return;
      }
      refuse(said);
      // What is left of each piece, only a quote tells.
      quote();
    } catch {
      note(words("offline"));
      pay.disabled = false;
    }
  });

  const start = () => (draw(), quote());
  start();
  addEventListener("storage", (event) => event.key === STORE && start());
  addEventListener("pageshow", (event) => event.persisted && start());
}

// A paid order: the cart that became it has done its work.
function paid() {
  const cart = read();
  if (cart.order && new URL(cart.order, location).pathname === location.pathname) write({ id: random(), lines: [] });
}

try {
  const cart = read();
  write(cart);
  if (one("[data-paid]")) paid();
  all("form[data-add]").forEach(product);
  all("div[data-cart]").forEach(page);
  const again = () => count(read());
  addEventListener("storage", again);
  addEventListener("pageshow", again);
} catch { /* no storage: forms go to the till */ }
