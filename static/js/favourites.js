// The heart on a tile: a click, or F for the photo with the focus or under the pointer. With photos selected, F
// is the action of the bar. A tile gets its button when the pointer or the focus comes to it.
import { covered } from "./covered.js";
import { csrfToken } from "./csrf.js";
import { SendError, send } from "./send.js";
import { toast } from "./toast.js";

const ICON = '<svg class="icon" aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"><path d="M12 20.300c-5.800-4.600-8.800-7.900-8.800-11.300a4.700 4.700 0 0 1 8.800-2.300 4.700 4.700 0 0 1 8.800 2.300c0 3.400-3 6.700-8.800 11.300z"/></svg>';

/** Make the hearts in the grid of `form` work. */
export function favouritesByHeart(form) {
  const action = form.querySelector("[data-hearts]");
  if (!action) return;
  for (const kind of ["pointerover", "focusin"]) {
    form.addEventListener(kind, (event) => {
      const photo = event.target.closest("[data-heart]");
      if (photo && event.pointerType !== "touch") button(photo);
    });
  }
  form.addEventListener("click", (event) => {
    const heart = event.target.closest(".heart");
    if (heart) toggle(heart.closest("[data-heart]"), action);
  });
  document.addEventListener("keydown", (event) => {
    if (covered() || event.key.toLowerCase() !== "f" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    if (form.querySelector("[name=image]:checked")) {
      action.click();
      return;
    }
    const photo = document.activeElement?.closest("[data-heart]") ?? form.querySelector("[data-heart]:hover");
    if (photo) toggle(photo, action);
  });
}

/** Show the answer to a change of favourites in the photos of `form`. */
export function showHearts(form, { ids, favourite }) {
  if (favourite === undefined) return;
  for (const id of ids) {
    const photo = form.querySelector(`[data-heart][data-id="${CSS.escape(String(id))}"]`);
    if (photo) showHeart(photo, favourite);
  }
}

/** Show whether a photo is a favourite. */
export function showHeart(photo, on) {
  photo.dataset.heart = on ? "1" : "0";
  photo.querySelector(".heart")?.setAttribute("aria-pressed", String(on));
}

function button(photo) {
  if (photo.querySelector(".heart")) return;
  const heart = document.createElement("button");
  Object.assign(heart, { type: "button", className: "heart", innerHTML: ICON });
  heart.setAttribute("aria-label", gettext("Favourite"));
  heart.setAttribute("aria-pressed", String(photo.dataset.heart === "1"));
  photo.append(heart);
}

async function toggle(photo, action) {
  const on = photo.dataset.heart !== "1";
  showHeart(photo, on);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", csrfToken());
  body.set("image", photo.dataset.id);
  const change = on ? "favourite/" : "not-favourite/";
  try {
    await send(action.getAttribute("formaction").replace(/[^/]+\/$/, change), { method: "POST", body });
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    showHeart(photo, !on);
    toast(error.message, { level: "error" });
  }
}
