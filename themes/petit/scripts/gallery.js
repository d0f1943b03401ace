// @ts-check
// Photos large, in a dialog: arrows, buttons and swipes lead from one to the next, a click or `+` zooms in, Escape closes.
// It imports nothing: shop.js imports it, and scripts that import one another have no addresses.

const SWIPE = 40; // px

/**
 * @param {HTMLElement} list
 * @param {HTMLAnchorElement} link
 */
export default function open(list, link) {
  const links = [...list.querySelectorAll("a")];
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("template[data-zoom]"));
  const dialog = /** @type {HTMLDialogElement} */ (template.content.firstElementChild?.cloneNode(true));
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (dialog.querySelector(`[data-${name}]`));
  const [pane, place, near] = ["pane", "place", "near"].map(part);
  const photo = /** @type {HTMLImageElement} */ (dialog.querySelector("img"));
  let at = links.indexOf(link);

  const isNear = () => dialog.classList.contains("near");

  /**
   * Zooms in on a point of the photo, given as fractions of its width and height; or out.
   * @param {boolean} closer
   * @param {[number, number]} [point]
   */
  function zoom(closer, [x, y] = [0.5, 0.5]) {
    dialog.classList.toggle("near", closer);
    near.textContent = (closer ? near.dataset.back : near.dataset.near) ?? "";
    if (!closer) return;
    pane.scrollTo(photo.offsetWidth * x - pane.clientWidth / 2, photo.offsetHeight * y - pane.clientHeight / 2);
    pane.focus();
  }

  /** @param {number} index */
  function show(index) {
    at = (index + links.length) % links.length;
    const small = /** @type {HTMLImageElement} */ (links[at].querySelector("img"));
    zoom(false);
    Object.assign(photo, { src: links[at].href, alt: small.alt, lang: small.lang });
    for (const side of ["width", "height"]) photo.setAttribute(side, small.getAttribute(side) ?? "");
    place.textContent = `${at + 1} / ${links.length}`;
  }

  for (const step of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-step]"))) {
    step.hidden = links.length < 2;
    step.addEventListener("click", () => show(at + Number(step.dataset.step)));
  }
  place.hidden = links.length < 2;
  near.addEventListener("click", () => zoom(!isNear()));
  part("close").addEventListener("click", () => dialog.close());

  pane.addEventListener("click", (event) => {
    if (event.target === pane) return dialog.close();
    const { left, top, width, height } = photo.getBoundingClientRect();
    zoom(!isNear(), [(event.clientX - left) / width, (event.clientY - top) / height]);
  });

  /** @type {PointerEvent | undefined} */
  let down;
  pane.addEventListener("pointerdown", (event) => {
    down = event;
  });
  pane.addEventListener("pointerup", (event) => {
    if (!down || event.pointerType === "mouse" || isNear() || links.length < 2) return;
    const [across, along] = [event.clientX - down.clientX, event.clientY - down.clientY];
    if (Math.abs(across) > Math.max(SWIPE, Math.abs(along))) show(at - Math.sign(across));
  });

  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && !isNear() && links.length > 1) show(at + step);
    else if (event.key === "+" || event.key === "-") zoom(event.key === "+");
    else return;
    event.preventDefault();
  });

  dialog.addEventListener("close", () => {
    dialog.remove();
    links[at].focus();
  });
  document.body.append(dialog);
  show(at);
  dialog.showModal();
}
