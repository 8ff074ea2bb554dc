// A slideshow. Without this script the page shows one picture, and its arrows are links.
import { onSwipe } from "./photo-steps.js";
import { send } from "./send.js";

const CHUNK = 100;
const stage = document.querySelector("[data-slideshow]");
const figure = document.querySelector("[data-figure]");
const count = document.querySelector("[data-count]");
const live = document.querySelector("[data-live]");
const playButton = document.querySelector("[data-play]");
const screenButton = document.querySelector("[data-screen]");
const seconds = document.querySelector("[data-seconds]");
const total = Number(stage.dataset.total);
const still = matchMedia("(prefers-reduced-motion: reduce)");

let at = Number(stage.dataset.at);
let playing = false;
let timer = 0;
// The number of the last step; a picture that arrives after a later step is not shown.
let step = 0;

const chunks = new Map();
const entry = async (index) => {
  const from = index - (index % CHUNK);
  if (!chunks.has(from)) {
    const request = send(`${stage.dataset.pictures}?from=${from}`, { quiet: true }).then((answer) => answer.json());
    chunks.set(from, request);
    // A failed request is repeated next time.
    request.catch(() => chunks.delete(from));
  }
  return (await chunks.get(from)).pictures[index - from];
};

const loaded = async (index) => {
  const { url, alt } = await entry(index);
  const picture = new Image();
  picture.className = "slide";
  picture.alt = alt;
  picture.src = url;
  try {
    await picture.decode();
  } catch {
    // A picture that cannot be shown has its alternative text in its place.
  }
  return picture;
};

let ahead = null;
const prepare = (index) => {
  ahead = { index, picture: loaded(index) };
  ahead.picture.catch(() => { ahead = null; });
};

const plan = () => {
  clearTimeout(timer);
  if (playing) timer = setTimeout(() => go(at + 1), Number(seconds.value) * 1000);
};

const go = async (requested) => {
  const mine = ++step;
  clearTimeout(timer);
  const index = ((requested % total) + total) % total;
  let picture;
  try {
    picture = await (ahead?.index === index ? ahead.picture : loaded(index));
  } catch {
    // The album or the link is gone, or there is no connection: stay at this picture.
    if (mine === step) setPlaying(false);
    live.textContent = gettext("The next photo could not be loaded.");
    return;
  }
  if (mine !== step) return;
  const before = figure.querySelector(".shown");
  figure.append(picture);
  picture.offsetWidth; // Force a layout with the picture invisible, so that it fades in.
  picture.classList.add("shown");
  before?.classList.remove("shown");
  setTimeout(() => before?.remove(), still.matches ? 0 : 700);
  at = index;
  count.textContent = interpolate(gettext("%(number)s of %(total)s"),
    { number: (at + 1).toLocaleString(document.documentElement.lang), total: total.toLocaleString(document.documentElement.lang) }, true);
  // Screen readers read requested pictures, not each one of a running show.
  if (!playing) live.textContent = `${count.textContent}: ${picture.alt}`;
  history.replaceState(null, "", `?at=${at}`);
  prepare((at + 1) % total);
  plan();
};

const setPlaying = (requested) => {
  playing = requested;
  playButton.dataset.state = playing ? "playing" : "paused";
  playButton.setAttribute("aria-label", playing ? gettext("Pause") : gettext("Play"));
  plan();
};

const keys = {
  ArrowLeft: () => go(at - 1),
  ArrowRight: () => go(at + 1),
  " ": () => setPlaying(!playing),
  f: () => screenButton.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("select, button, a") && event.key === " ") return;
  if (event.target.closest("select")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
document.querySelector("[data-before]").addEventListener("click", (event) => { event.preventDefault(); go(at - 1); });
document.querySelector("[data-after]").addEventListener("click", (event) => { event.preventDefault(); go(at + 1); });
playButton.addEventListener("click", () => setPlaying(!playing));
seconds.addEventListener("change", plan);
screenButton.hidden = !document.fullscreenEnabled;
screenButton.addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => { screenButton.hidden = true; });
});
onSwipe(stage, (key) => keys[key]());

// The tools hide while there is no input.
let idle = 0;
const wake = () => {
  document.body.classList.remove("idle");
  clearTimeout(idle);
  idle = setTimeout(() => { if (playing) document.body.classList.add("idle"); }, 3000);
};
for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) document.addEventListener(kind, wake);

document.querySelector("[data-tools]").hidden = false;
if (total > 1) prepare((at + 1) % total);
// With reduced motion the show does not start by itself.
setPlaying(total > 1 && !still.matches);
wake();
