// Short messages at the lower edge. The server's are in the page; `toast` adds one from a script.
import { csrfToken } from "./csrf.js";

const SECONDS = 10;
// More would cover the page.
const MOST = 3;

// The viewer has no area of its own.
function area() {
  const there = document.getElementById("toasts");
  if (there) return there;
  const made = Object.assign(document.createElement("div"), { id: "toasts", className: "messages" });
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}

/** Remove a message after some seconds; errors stay, and others while they are hovered or focused. */
export function dismissLater(note) {
  if (note.classList.contains("error")) return;
  let left = SECONDS;
  const clock = setInterval(() => {
    if (note.matches(":hover, :focus-within")) return;
    left -= 1;
    if (left > 0 && note.isConnected) return;
    clearInterval(clock);
    note.remove();
  }, 1000);
}

function prepare(note) {
  const close = note.querySelector("[data-dismiss]");
  if (close) {
    close.hidden = false;
    close.addEventListener("click", () => note.remove());
  }
  const earlier = [...note.parentElement.children].slice(0, [...note.parentElement.children].indexOf(note));
  if (note.querySelector("[data-latest]")) {
    // Only the newest of these changes can be undone; earlier ones from the history.
    for (const other of earlier) other.querySelector("[data-latest]")?.remove();
  }
  const passing = [...earlier, note].filter((other) => !other.classList.contains("error"));
  for (const other of passing.slice(0, -MOST)) other.remove();
  dismissLater(note);
}

/**
 * Show `text`. With `undo`, an address of this server, a button posts `fields` there.
 * Returns the element.
 */
export function toast(text, { undo = "", fields = {}, level = "success" } = {}) {
  const note = document.createElement("div");
  note.className = `notice toast ${level}`;
  const words = document.createElement("p");
  words.textContent = text;
  note.append(words);
  if (undo) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = undo;
    const sent = { csrfmiddlewaretoken: csrfToken(), next: location.pathname + location.search, ...fields };
    for (const [name, value] of Object.entries(sent)) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    const button = document.createElement("button");
    button.className = "button quiet small-button";
    button.textContent = gettext("Undo");
    form.append(button);
    note.append(form);
  }
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "icon-button" });
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", gettext("Close"));
  close.innerHTML = '<svg class="icon" aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"><path d="M6 6l12 12M18 6 6 18"/></svg>';
  note.append(close);
  area().append(note);
  return note;
}

// Those of the page, of this script, and of htmx.
for (const note of area().children) prepare(note);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const note of addedNodes) if (note instanceof HTMLElement) prepare(note);
  }
}).observe(area(), { childList: true });
