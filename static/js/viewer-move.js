// Going from photo to photo, and drawing parts of the page anew, without loading it.
const main = document.getElementById("main");
const says = document.getElementById("viewer-says");
// Asks for the middle of the page alone.
export const PART = { "HX-Request": "true" };
// The same before somebody goes there: messages that wait for who looks are left where they are.
const AHEAD = { ...PART, "X-Ahead": "1" };
// What is beside the photo that is shown, fetched before it is asked for.
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

export function preloadNear() {
  const links = ["next", "previous"].map((id) => document.getElementById(id)).filter(Boolean);
  const wanted = new Set(links.map((link) => link.href));
  for (const kept of near.keys()) if (!wanted.has(kept)) near.delete(kept);
  const begin = () => {
    for (const link of links) {
      part(link.href).catch(() => {});
      if (pictures.has(link.dataset.preview)) continue;
      const picture = new Image();
      picture.src = link.dataset.preview;
      pictures.set(link.dataset.preview, picture);
    }
    while (pictures.size > 8) pictures.delete(pictures.keys().next().value);
  };
  const picture = document.getElementById("picture");
  // The photo that is looked at comes first.
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
  if (turn !== going) return;
  const focused = document.activeElement?.id;
  main.innerHTML = html;
  // One place in the history for the whole walk: going back leads to where it began.
  history.replaceState(history.state, "", address);
  const photo = document.getElementById("photo");
  document.title = `${photo.dataset.title} · Trombine`;
  say(photo.dataset.title);
  if (focused) (document.getElementById(focused) ?? main).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("viewer:shown"));
}

export function leave() {
  const back = document.getElementById("viewer-back").href;
  const before = document.referrer && new URL(document.referrer);
  // The page that one came from still knows how far it was scrolled.
  const known = before && before.origin === location.origin && !/^\/(photos|faces)\/\d+\//.test(before.pathname)
    && !/^\/(sign-in|welcome)\//.test(before.pathname);
  if (known && history.length > 1) history.back();
  else location.assign(back);
}

export function say(text) {
  says.textContent = "";
  requestAnimationFrame(() => { says.textContent = text; });
}

// Puts what has changed about the same photo in place; the picture and its size stay.
export function update(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const photo = document.getElementById("photo");
  if (fresh.getElementById("photo")?.dataset.here.split("?")[0] !== photo.dataset.here.split("?")[0]) return false;
  for (const id of ["photo-boxes", "photo-about", "photo-toast"]) {
    const [before, after] = [document.getElementById(id), fresh.getElementById(id)];
    if (before && after) before.replaceWith(document.adoptNode(after));
  }
  near.clear();
  preloadNear();
  document.dispatchEvent(new CustomEvent("viewer:changed"));
  const said = document.querySelector("#photo-toast p");
  if (said) say(said.textContent);
  return true;
}

export async function refresh() {
  try {
    update(await fetched(document.getElementById("photo").dataset.here));
  } catch {
    location.reload();
  }
}

// Sends a form and returns the answer: the photo again when it was done, something else when it was not.
export async function send(form, submitter) {
  const body = new FormData(form, submitter);
  // The property of the same name may be one of its buttons.
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
