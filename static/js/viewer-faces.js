// The card of a face, in a dialog over the photo.
import { loaded, main, refresh, sendForm, showProblem as showError, update } from "./viewer-move.js";

const card = document.getElementById("face-card");
const FINE = matchMedia("(pointer: fine)");
const NARROW = matchMedia("(max-width: 900px)");
const GAP = 12;
// The actions after which the card of the next face without a name is shown.
const NAMING = new Set(["name", "alone", "merge", "confirm"]);
let opener = null;

export async function openCard(link) {
  opener = { face: link.dataset.face, inList: Boolean(link.closest(".who")) };
  try {
    show(await loaded(link.getAttribute("href")));
  } catch (error) {
    // The face is gone.
    if (error.status === 404) refresh();
    else showError(error);
  }
}

// The next face without a name, from left to right, then from the left again; in the list if the card is from there.
function nextUnnamed() {
  const boxes = [...document.querySelectorAll(".face-box")];
  const at = boxes.findIndex((box) => box.dataset.face === opener.face);
  const unnamed = [...boxes.slice(at + 1), ...boxes.slice(0, at)].find((box) => box.matches(".waiting, .unnamed"));
  if (!unnamed) return null;
  return opener.inList ? document.querySelector(`.who [data-face="${unnamed.dataset.face}"]`) : unnamed;
}

export function closeCard() {
  if (card.open) card.close();
}

function show(html) {
  card.innerHTML = html;
  if (!card.open) card.showModal();
  place();
  const field = card.querySelector("input[autofocus]");
  const target = card.querySelector("[role=alert] button")
    ?? (field && FINE.matches ? field : card.querySelector("h2"));
  target?.focus();
}

// Beside the face if there is room, so that the face stays visible.
function place() {
  const box = document.querySelector(`.face-box[data-face="${opener.face}"] rect`);
  const wide = !NARROW.matches;
  const shown = box?.getBoundingClientRect();
  const placed = wide && Boolean(shown?.width);
  card.classList.toggle("placed", placed);
  card.style.left = card.style.top = "";
  if (!placed) return;
  const own = card.getBoundingClientRect();
  const right = shown.right + GAP;
  const left = right + own.width < innerWidth ? right : Math.max(GAP, shown.left - GAP - own.width);
  const top = Math.min(Math.max(GAP, shown.top), innerHeight - own.height - GAP);
  card.style.left = `${left}px`;
  card.style.top = `${Math.max(GAP, top)}px`;
}

card.addEventListener("click", (event) => {
  // On the backdrop, or on the close button.
  if (event.target === card || event.target.closest("[data-close]")) card.close();
});
card.addEventListener("close", () => {
  card.replaceChildren();
  // This event comes a moment after the closing: a focus set meanwhile stays.
  const now = document.activeElement;
  if (now && now !== document.body && now !== main && !now.dataset.face) return;
  const again = opener && (document.querySelector(`${opener.inList ? ".who" : ".face-boxes"} [data-face="${opener.face}"]`)
    ?? document.querySelector(`[data-face="${opener.face}"]`));
  (again?.checkVisibility?.() === false ? main : again ?? main)
    .focus({ preventScroll: true });
});

card.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (card.getAttribute("aria-busy") === "true") return;
  card.setAttribute("aria-busy", "true");
  try {
    const answer = await sendForm(event.target, event.submitter);
    const html = await answer.text();
    if (answer.redirected && update(html)) {
      const next = NAMING.has(event.submitter?.value ?? "name") || event.submitter?.name === "person" ? nextUnnamed() : null;
      if (next) await openCard(next);
      else card.close();
    }
    else if (!answer.redirected && html.includes("card-form")) show(html);
    else location.reload();
  } catch (error) {
    showError(error);
  } finally {
    card.removeAttribute("aria-busy");
  }
});
