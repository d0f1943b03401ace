// Photos large, in a dialog: arrows, buttons and swipes lead from one to the next, a click or `+` comes near, Escape closes.

const SWIPE = 40; // px

export default function open(list, link) {
  const links = [...list.querySelectorAll("a")];
  const dialog = document.querySelector("template[data-zoom]").content.firstElementChild.cloneNode(true);
  const part = (name) => dialog.querySelector(`[data-${name}]`);
  const [pane, place, near] = ["pane", "place", "near"].map(part);
  const photo = dialog.querySelector("img");
  let at = links.indexOf(link);

  const isNear = () => dialog.classList.contains("near");

  // Comes near to a point of the photo, given in parts of its width and height; or steps back.
  function come(closer, [x, y] = [0.5, 0.5]) {
    dialog.classList.toggle("near", closer);
    near.textContent = closer ? near.dataset.back : near.dataset.near;
    if (!closer) return;
    pane.scrollTo(photo.offsetWidth * x - pane.clientWidth / 2, photo.offsetHeight * y - pane.clientHeight / 2);
    pane.focus();
  }

  function show(index) {
    at = (index + links.length) % links.length;
    const small = links[at].querySelector("img");
    come(false);
    Object.assign(photo, { src: links[at].href, alt: small.alt, lang: small.lang });
    for (const side of ["width", "height"]) photo.setAttribute(side, small.getAttribute(side));
    place.textContent = `${at + 1} / ${links.length}`;
  }

  for (const step of dialog.querySelectorAll("[data-step]")) {
    step.hidden = links.length < 2;
    step.addEventListener("click", () => show(at + Number(step.dataset.step)));
  }
  place.hidden = links.length < 2;
  near.addEventListener("click", () => come(!isNear()));
  part("close").addEventListener("click", () => dialog.close());

  pane.addEventListener("click", (event) => {
    if (event.target === pane) return dialog.close();
    const { left, top, width, height } = photo.getBoundingClientRect();
    come(!isNear(), [(event.clientX - left) / width, (event.clientY - top) / height]);
  });

  let down = null;
  pane.addEventListener("pointerdown", (event) => (down = event));
  pane.addEventListener("pointerup", (event) => {
    const [across, along] = [event.clientX - down?.clientX, event.clientY - down?.clientY];
    const swiped = event.pointerType !== "mouse" && !isNear() && Math.abs(across) > Math.max(SWIPE, Math.abs(along));
    if (swiped && links.length > 1) show(at - Math.sign(across));
  });

  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && !isNear() && links.length > 1) show(at + step);
    else if (event.key === "+" || event.key === "-") come(event.key === "+");
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
