// Moves between photos and replaces parts of the page without loading it.
import { SendError, send } from "./send.js";
import { toast } from "./toast.js";

/** The element of the viewer: the page, or a layer over a grid (viewer-over.js). */
export const main = document.querySelector("[data-viewer]");
const announcer = document.getElementById("viewer-announcer");
// Requests the main part of the page alone.
export const PART = { "HX-Request": "true" };
// The same as a preload: pending messages are left for the next page.
const AHEAD = { ...PART, "X-Ahead": "1" };
// Preloaded neighbours of the shown photo.
const near = new Map();
const pictures = new Map();
let going = 0;

/** Return a part of a page. */
export async function loaded(address, options = {}) {
  return (await send(address, { headers: PART, accept: "text/html", cache: "no-store", ...options })).text();
}

function part(address, { quiet = false } = {}) {
  if (!near.has(address)) {
    const promise = loaded(address, { headers: AHEAD, quiet });
    promise.catch(() => near.delete(address));
    near.set(address, promise);
  }
  return near.get(address);
}

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
const pictureOf = (page) => page.querySelector(".picture-frame")?.dataset.picture;

function preloadPicture(html) {
  const address = pictureOf(parsed(html));
  if (!address || pictures.has(address)) return;
  const picture = new Image();
  picture.src = address;
  pictures.set(address, picture);
  while (pictures.size > 8) pictures.delete(pictures.keys().next().value);
}

export function preloadNear() {
  const links = ["next", "previous"].map((id) => document.getElementById(id)).filter(Boolean);
  const needed = new Set(links.map((link) => link.href));
  for (const cached of near.keys()) if (!needed.has(cached)) near.delete(cached);
  const begin = () => {
    for (const link of links) part(link.href, { quiet: true }).then(preloadPicture).catch(() => {});
  };
  const picture = document.getElementById("picture");
  // The shown photo loads first.
  if (!picture || picture.complete) begin();
  else picture.addEventListener("load", begin, { once: true });
}

export async function goTo(address) {
  const turn = ++going;
  let html;
  try {
    // A preload that failed is repeated, and asks.
    html = await part(address, { quiet: true }).catch(() => part(address));
  } catch (error) {
    showProblem(error);
    return;
  }
  if (turn === going) show(html, address);
}

export function show(html, address) {
  const focused = document.activeElement?.id;
  main.innerHTML = html;
  // One history entry for all photos: going back leads to the page before the viewer.
  history.replaceState(history.state, "", address);
  const photo = document.getElementById("photo");
  document.title = `${photo.dataset.title} · Trombine`;
  say(document.querySelector("#photo-toast p")?.textContent ?? photo.dataset.title);
  if (focused) (document.getElementById(focused) ?? main).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("viewer:shown"));
}

export function leave() {
  // Over a grid, which is the entry before.
  if (history.state?.viewer) {
    history.back();
    return;
  }
  const back = document.getElementById("viewer-back").href;
  const before = document.referrer && new URL(document.referrer);
  // The previous page keeps its scroll position.
  const known = before && before.origin === location.origin && !/^\/(photos|faces)\/\d+\//.test(before.pathname)
    && !/^\/(sign-in|welcome)\//.test(before.pathname);
  if (known && history.length > 1) history.back();
  else location.assign(back);
}

export function say(text) {
  announcer.textContent = "";
  requestAnimationFrame(() => { announcer.textContent = text; });
}

// Shows a photo after a change. Of the same picture only the changed parts are replaced; it and its size stay.
export function update(html) {
  const fresh = parsed(html);
  const [before, after] = [document, fresh].map((page) => page.getElementById("photo"));
  if (!after) return false;
  if (pictureOf(after) !== pictureOf(before)) {
    near.clear();
    show(html, after.dataset.here);
    return true;
  }
  const focused = document.activeElement?.id;
  for (const id of ["photo-boxes", "photo-stack", "photo-heart", "photo-more", "photo-about", "photo-toast"]) {
    const [before, after] = [document.getElementById(id), fresh.getElementById(id)];
    if (before && after) before.replaceWith(document.adoptNode(after));
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  near.clear();
  preloadNear();
  document.dispatchEvent(new CustomEvent("viewer:changed"));
  const message = document.querySelector("#photo-toast p");
  if (message) say(message.textContent);
  return true;
}

export async function refresh() {
  try {
    update(await loaded(document.getElementById("photo").dataset.here));
  } catch (error) {
    if (error.status === 404) location.reload();
    else showProblem(error);
  }
}

/** Show an error of a request; the photo may be gone. */
export function showProblem(error) {
  if (!(error instanceof SendError)) throw error;
  say(error.message);
  toast(error.message, { level: "error" });
}

/** Send a form and return the answer: the photo after success, or a form with errors. */
export async function sendForm(form, submitter) {
  const body = new FormData(form, submitter);
  // `form.action` may be one of its buttons.
  const address = form.getAttribute("action");
  return send(address, { method: "POST", body, headers: PART, accept: "text/html", takes: [400, 409] });
}

export async function submitQuietly(form, submitter) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  document.dispatchEvent(new CustomEvent("viewer:sending", { detail: form }));
  try {
    const answer = await sendForm(form, submitter);
    const html = await answer.text();
    if (answer.ok && update(html)) {
      document.dispatchEvent(new CustomEvent("viewer:sent", { detail: form }));
      if (!document.activeElement || document.activeElement === document.body) main.focus({ preventScroll: true });
    } else location.reload();
  } catch (error) {
    showProblem(error);
  } finally {
    form.removeAttribute("aria-busy");
  }
}
