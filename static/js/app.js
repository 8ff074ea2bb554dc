// Conveniences of every page; everything works without them.
import "./dialog.js";
import "./toast.js";

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
