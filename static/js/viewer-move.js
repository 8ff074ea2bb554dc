// Moves between photos and replaces parts of the page without loading it.
const main = document.getElementById("main");
const announcer = document.getElementById("viewer-announcer");
// Requests the main part of the page alone.
export const PART = { "HX-Request": "true" };
// The same as a preload: pending messages are left for the next page.
const AHEAD = { ...PART, "X-Ahead": "1" };
// Preloaded neighbours of the shown photo.
const near = new Map();
const pictures = new Map();
let going = 0;

async function fetched(address, headers = PART) {
  const answer = await fetch(address, { headers, cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  return answer.text();
}

function part(address) {
  if (!near.has(address)) {
    const promise = fetched(address, AHEAD);
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
    for (const link of links) part(link.href).then(preloadPicture).catch(() => {});
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
    html = await part(address);
  } catch {
    location.assign(address);
    return;
  }
  if (turn === going) show(html, address);
}

function show(html, address) {
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
  for (const id of ["photo-boxes", "photo-about", "photo-toast"]) {
    const [before, after] = [document.getElementById(id), fresh.getElementById(id)];
    if (before && after) before.replaceWith(document.adoptNode(after));
  }
  near.clear();
  preloadNear();
  document.dispatchEvent(new CustomEvent("viewer:changed"));
  const message = document.querySelector("#photo-toast p");
  if (message) say(message.textContent);
  return true;
}

export async function refresh() {
  try {
    update(await fetched(document.getElementById("photo").dataset.here));
  } catch {
    location.reload();
  }
}

// Sends a form and returns the answer: the photo after success, otherwise something else.
export async function send(form, submitter) {
  const body = new FormData(form, submitter);
  // `form.action` may be one of its buttons.
  return fetch(form.getAttribute("action"), { method: "POST", body, headers: PART, credentials: "same-origin" });
}

export async function submitQuietly(form, submitter) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  document.dispatchEvent(new CustomEvent("viewer:sending", { detail: form }));
  try {
    const answer = await send(form, submitter);
    const html = await answer.text();
    if (answer.ok && update(html)) {
      document.dispatchEvent(new CustomEvent("viewer:sent", { detail: form }));
      if (!document.activeElement || document.activeElement === document.body) main.focus({ preventScroll: true });
    } else location.reload();
  } catch {
    say(gettext("Connection lost. Try again."));
  } finally {
    form.removeAttribute("aria-busy");
  }
}
