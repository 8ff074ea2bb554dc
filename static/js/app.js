// Conveniences of every page; everything works without them.
import "./dialog.js";
import "./htmx-errors.js";
import "./installed-app.js";
import "./keyboard.js";
import "./plain-forms.js";
import "./toast.js";

// The progress of the work stays closed until other work begins.
const CLOSED = "progress-closed";
document.documentElement.classList.toggle(CLOSED, sessionStorage.getItem(CLOSED) !== null);
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-progress-close]")) return;
  sessionStorage.setItem(CLOSED, "");
  document.documentElement.classList.add(CLOSED);
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.elt.id !== "progress" || detail.elt.querySelector("[data-progress-close]")) return;
  sessionStorage.removeItem(CLOSED);
  document.documentElement.classList.remove(CLOSED);
});

const MENUS = "details.menu[open], details.person-more[open]";

// A menu closes on a click elsewhere and on Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(MENUS)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(MENUS)) {
    menu.open = false;
    menu.querySelector("summary").focus();
    // The key means nothing else to the page.
    event.preventDefault();
  }
});
