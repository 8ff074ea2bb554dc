// The viewer: a photo over the whole window, with its neighbours loaded in place. This module connects the parts and
// handles the keys.
import { closeCard, openCard } from "./viewer-faces.js";
import { cancelDrawing, drawing, startDrawing } from "./viewer-draw.js";
import { goTo, leave, main, preloadNear, refresh, submitQuietly } from "./viewer-move.js";
import { SHARES, share } from "./viewer-share.js";
import "./completion.js";
import "./names.js";
import { dismissLater } from "./toast.js";
import { attachZoom, resetZoom, spread, zoomBy, zoomed } from "./viewer-zoom.js";

const NARROW = matchMedia("(max-width: 900px)");
// Switches stay on from photo to photo; on a phone the information is below the photo.
const SWITCHES = { boxes: false, info: true };

function remembered(name) {
  const stored = localStorage.getItem(`viewer-${name}`);
  return stored === null || (name === "info" && NARROW.matches) ? SWITCHES[name] : stored === "1";
}

function attach() {
  document.querySelector(".viewer-stack [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.documentElement.classList.add("scripted");
  for (const name of Object.keys(SWITCHES)) {
    const box = document.getElementById(name);
    if (box) box.checked = remembered(name);
  }
  const button = document.getElementById("share");
  if (button) button.hidden = !SHARES;
  attachZoom();
  preloadNear();
  dismissMessages();
}

function dismissMessages() {
  for (const note of document.querySelectorAll(".viewer-message")) dismissLater(note);
}

function flip(name) {
  const box = document.getElementById(name);
  if (!box) return;
  if (name === "info" && NARROW.matches) {
    showAbout();
    return;
  }
  box.checked = !box.checked;
  store(box);
}

function store(box) {
  localStorage.setItem(`viewer-${box.id}`, box.checked ? "1" : "0");
  attachZoom({ keep: true });
}

function showAbout() {
  const about = document.getElementById("photo-about");
  const area = main.matches(".covering") ? main : document.scrollingElement;
  const there = area.scrollTop > 60;
  area.scrollTo({ top: there ? 0 : about.offsetTop });
}

main.addEventListener("change", (event) => {
  if (!(event.target.id in SWITCHES)) return;
  if (event.target.id === "info" && NARROW.matches) {
    event.target.checked = true;
    showAbout();
    return;
  }
  store(event.target);
});

main.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a, button");
  if (!link) return;
  if (link.closest(".menu-list")) link.closest("details").open = false;
  if (link.dataset.face) {
    event.preventDefault();
    openCard(link);
  } else if (link.id === "previous" || link.id === "next" || "step" in link.dataset) {
    event.preventDefault();
    goTo(link.href);
  } else if (link.id === "viewer-back") {
    event.preventDefault();
    leave();
  } else if (link.id === "draw" || link.dataset.press === "draw") startDrawing();
  else if (link.id === "share") share(link);
  else if (link.dataset.show) showForm(link.dataset.show);
  else if (link.id === "larger") zoomBy(1.5);
  else if (link.id === "smaller") zoomBy(1 / 1.5);
});

// Opens a form beside the photo.
function showForm(id) {
  const info = document.getElementById("info");
  if (!info.checked) flip("info");
  const form = document.getElementById(id);
  form.open = true;
  form.scrollIntoView({ block: "center" });
  form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

main.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-quiet]")) return;
  event.preventDefault();
  submitQuietly(event.target, event.submitter);
});

// Highlights the box of a face while its name is hovered or focused.
for (const [type, on] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
  main.addEventListener(type, (event) => {
    const one = event.target.closest?.("[data-of-face]");
    if (!one) return;
    const box = document.querySelector(`.face-box[data-face="${one.dataset.ofFace}"]`);
    box?.classList.toggle("pointed", on);
  });
}

const KEYS = {
  ArrowLeft: () => document.getElementById("previous")?.click(),
  ArrowRight: () => document.getElementById("next")?.click(),
  "+": () => zoomBy(1.5),
  "=": () => zoomBy(1.5),
  "-": () => zoomBy(1 / 1.5),
  0: () => resetZoom(),
  f: () => document.getElementById("favourite")?.click(),
  p: () => flip("boxes"),
  i: () => flip("info"),
  d: () => (drawing() ? cancelDrawing() : startDrawing()),
  u: () => document.querySelector("#photo-toast .viewer-undo")?.click(),
  l: () => document.getElementById("turn-left")?.click(),
  r: () => document.getElementById("turn-right")?.click(),
  Delete: () => document.getElementById("delete")?.click(),
  Escape: () => {
    if (drawing()) cancelDrawing();
    else if (zoomed()) resetZoom();
    else leave();
  },
};

document.addEventListener("keydown", (event) => {
  if (main.hidden || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (document.querySelector("dialog[open]")) return;
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (typing && !(event.key === "Escape" && drawing())) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("viewer:shown", attach);
document.addEventListener("viewer:changed", () => {
  spread();
  dismissMessages();
});
// A page from the back-forward cache reloads its changed parts.
addEventListener("pageshow", (event) => { if (event.persisted && !main.hidden) refresh(); });
for (const ended of ["pagehide", "viewer:left"]) {
  addEventListener(ended, () => {
    cancelDrawing();
    closeCard();
  });
}
if (document.getElementById("photo")) attach();
