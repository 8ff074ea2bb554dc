// Short messages at the lower edge. The server's are in the page; `toast` adds one from a script.
import { csrfToken } from "./csrf.js";

const SECONDS = 10;

const area = () => document.getElementById("toasts");

function dismissLater(note) {
  // Errors and messages with an undo button stay; others stay while they are hovered or focused.
  if (note.querySelector("form") || note.classList.contains("error")) return;
  let left = SECONDS;
  const clock = setInterval(() => {
    if (note.matches(":hover, :focus-within")) return;
    left -= 1;
    if (left > 0) return;
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
  area()?.append(note);
  prepare(note);
  return note;
}

for (const note of document.querySelectorAll("[data-toast]")) prepare(note);
