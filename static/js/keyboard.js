// Keys of every page: ? shows all keys, / goes to the search box.
import { hasSession } from "./session.js";
import { SendError, send } from "./send.js";
import { toast } from "./toast.js";

const { keys, searchPage } = document.body.dataset;

const ACTIONS = {
  "?": showKeys,
  "/": search,
};

if (hasSession()) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
    if (!(event.key in ACTIONS) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    ACTIONS[event.key]();
  });
}

function search() {
  const box = document.getElementById("search-text");
  // The viewer over a grid covers the box.
  if (box?.checkVisibility() && !box.closest("[inert]")) {
    box.focus();
    box.select();
  } else location.assign(`${searchPage}#search-text`);
}

async function showKeys() {
  const dialog = document.getElementById("keys-dialog") ?? await made().catch((error) => {
    if (!(error instanceof SendError)) throw error;
    toast(error.message, { level: "error" });
  });
  dialog?.showModal();
}

async function made() {
  const text = await (await send(keys, { accept: "text/html" })).text();
  const dialog = document.createElement("dialog");
  Object.assign(dialog, { id: "keys-dialog", className: "dialog keys-dialog" });
  const title = Object.assign(document.createElement("h1"), { id: "keys-title", textContent: gettext("Keys") });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button quiet" });
  close.textContent = gettext("Close");
  close.dataset.close = "";
  close.autofocus = true;
  dialog.setAttribute("aria-labelledby", title.id);
  const head = Object.assign(document.createElement("div"), { className: "row" });
  head.append(title, close);
  dialog.innerHTML = text;
  dialog.prepend(head);
  document.body.append(dialog);
  return dialog;
}
