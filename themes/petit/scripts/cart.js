// The page of the cart: drawn from what this browser keeps, priced and mended by what the till says. Given the root element
// and the tools of shop.js.

const PATIENCE = 1500; // ms until a cart is shown as it was, without the till's word

export default function page(root, { all, one, fill, lang, read, write, count, post, STORE }) {
  const words = (name, values = {}) => fill(root.dataset[name] ?? root.dataset.offline, values);
  const part = (name) => one(`[data-${name}]`, root);
  const [notes, lines, ways, pay, form] = ["notes", "lines", "ways", "pay", "full"].map(part);
  const { country, gift_note: gift } = form.elements;
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
    place.classList.toggle("hidden", text === words("loading"));
  };
  const title = (sku) => read().lines.find((line) => line.sku === sku)?.title ?? sku;
  const titles = (skus) => [...new Set(skus.map(title))].join(" + ");

  const request = (cart) => ({
    lang, cart_id: cart.id, destination: { country: cart.country || country?.value || null, rate: cart.rate ?? null },
    items: cart.lines.map(({ sku, quantity, note, price }) => ({ sku, quantity, note, expected_price: price })),
  });

  function draw() {
    const cart = read();
    const empty = part("empty");
    const offers = one("template", empty);
    empty.hidden = cart.lines.length > 0;
    // Its photos are fetched by those who see them.
    if (!empty.hidden) offers?.replaceWith(offers.content);
    form.hidden = !cart.lines.length;
    if (country && cart.country) country.value = cart.country;
    if (document.activeElement !== gift) gift.value = cart.gift ?? "";
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
    const aside = (name, text) => Object.assign(one(`[data-${name}]`, item), { textContent: text ?? "", hidden: !text });
    aside("note", own.note && (own.words ?? words("note", { note: own.note.replaceAll("\n", " · ") })));
    aside("made", own.made);
    one("[data-collect]", item).hidden = !own.collect;
    one("[data-each]", item).textContent = words("each", { price: own.printed });
    one("[data-held]", item).hidden = !own.held;
    one("[data-each]", item).hidden = own.quantity < 2 || !own.printed;
    one(".price", item).textContent = own.total ?? (own.quantity < 2 ? own.printed : "") ?? "";
    number.value = own.quantity;
    if (own.most) number.max = own.most;
    number.hidden = own.most === 1 && own.quantity === 1;
    number.ariaLabel = words("quantity", own);
    remove.ariaLabel = words("remove", own);
    // Enter changes the number; it does not pay.
    number.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      number.dispatchEvent(new Event("change"));
    });
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
      let place;
      change((cart, at) => {
        place = at;
        cart.lines.splice(at, 1);
      });
      notes.replaceChildren();
      const undo = one("template[data-undo]", root).content.firstElementChild.cloneNode(true);
      note(words("removed", own)).append(" ", undo);
      undo.focus();
      undo.addEventListener("click", () => {
        const cart = read();
        if (!cart.lines.some((other) => other.sku === own.sku && other.note === own.note)) cart.lines.splice(place, 0, own);
        write(cart);
        notes.replaceChildren();
        start();
      });
    });
    return item;
  }

  // Takes over what the till says, and tells what is different from what was shown.
  function take(answer) {
    quoted = answer;
    const cart = read();
    for (const { sku, note: own, code, available, skus = [] } of answer.problems) {
      const name = { quantity_unavailable: skus.length > 1 ? "less_together" : "less", bad_request: "bad_line", unknown_sku: "withdrawn" }[code] ?? code;
      note(words(name, { title: titles(skus.length ? skus : [sku]), available }));
      if (code === "unknown_sku" || code === "sold_out" || code === "bad_request") {
        cart.lines = cart.lines.filter((line) => line.sku !== sku || line.note !== (own ?? null));
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
        words: now.words, made: now.text.made, collect: now.pickup_only,
        most: now.available !== null && now.available < root.dataset.told ? now.available : undefined,
      });
    }
    write(cart);
    draw();
    sums(answer);
  }

  // What it costs is not known, or known again.
  function unpriced(hidden) {
    if (hidden) {
      quoted = null;
      for (const name of ["free_in", "days", "unserved", "replaced"]) say(name);
    }
    for (const name of ["shipping", "total"]) part(name).hidden = hidden;
  }

  // The ways are those that the till offers, and the one that is checked is the till's. Where none is, nothing is paid before
  // the shopper has chosen.
  function sums({ text, shipping, options, pickup_only: collect = false, not_served: why }) {
    part("goods").textContent = text.goods;
    unpriced(!shipping);
    pay.disabled = !quoted;
    const choosing = ways.contains(document.activeElement);
    all("label", ways).forEach((label) => label.remove());
    for (const option of options) {
      const way = one("template[data-way]", root).content.firstElementChild.cloneNode(true);
      Object.assign(one("input", way), { value: option.rate, checked: option.rate === shipping?.rate });
      one(".name", way).textContent = option.label;
      one(".price", way).textContent = option.price ? option.text : words("free");
      ways.append(way);
    }
    ways.hidden = options.length < (why || collect ? 1 : 2);
    if (choosing) one("input:checked", ways)?.focus();
    if (part("country")) part("country").hidden = collect;
    if (why) {
      const go = options.some(({ rate }) => rate === "pickup") ? "unserved_collect" : "destination_not_served";
      say("unserved", `${words(`unserved_${why}`)} ${words(go)}`);
    }
    if (!shipping) return;
    const pickup = shipping.rate === "pickup";
    one("dt", part("shipping")).textContent = pickup ? shipping.label : words("delivery");
    one("dd", part("shipping")).textContent = shipping.price ? text.shipping : words("free");
    one("dd", part("total")).textContent = text.total;
    say("unserved");
    say("replaced", shipping.replaced && words("replaced", { label: shipping.label }));
    say("free_in", text.free_in && words("free_in", { amount: text.free_in }));
    say("days", text.days);
  }

  // Of many the till tells how many are left only when there are too few for a checkout.
  function fewer({ sku, skus = [sku], available: left }) {
    const cart = read();
    for (const line of cart.lines.filter((line) => skus.includes(line.sku) && !line.held)) {
      line.quantity = Math.min(line.quantity, left);
      left -= line.quantity;
    }
    write({ ...cart, lines: cart.lines.filter((line) => line.quantity > 0) });
    draw();
  }

  function refuse(problem) {
    const { code, sku, skus = sku ? [sku] : [], available } = problem;
    note(words(code === "quantity_unavailable" ? (skus.length > 1 ? "less_together" : "less") : code, { title: titles(skus), available }));
    if (problem.code === "quantity_unavailable") fewer(problem);
    if (problem.quote) take(problem.quote);
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
      const said = await answer.json();
      if (turn !== asked) return;
      say("state");
      if (answer.ok) return take(said);
      refuse(said);
    } catch {
      if (turn === asked) say("state", words("offline"));
    } finally {
      if (turn === asked) reveal();
    }
  }

  // Nothing is seen before the till has answered: what it says would push aside what is being read.
  const reveal = () => form.classList.remove("waiting");
  form.classList.add("waiting");
  setTimeout(reveal, PATIENCE);

  form.addEventListener("change", ({ target }) => {
    if (target === gift) write({ ...read(), gift: gift.value.trim() });
    if (target.name !== "country" && target.name !== "rate") return;
    notes.replaceChildren();
    const rate = target.name === "rate" ? target.value : null;
    write({ ...read(), country: country?.value || read().country, rate });
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
      const answer = await post("/api/checkout", { ...request(priced), expected_total: quoted.total, ...(gift.value.trim() && { gift_note: gift.value.trim() }) });
      const said = await answer.json();
      if (answer.ok) {
        // Another tab may have added to the cart meanwhile. What was paid before leads to that order at once.
        const paying = priced.lines.map(({ sku, note, quantity }) => ({ sku, note, quantity }));
        write({ ...read(), order: said.order, ...(said.url !== said.order && { paying }) });
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
