// Single keys press buttons: <button data-key="y">. Only once, since the page changes then.
"use strict";

let pressed = false;
document.addEventListener("keydown", (event) => {
  if (pressed || event.repeat || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("dialog, input, textarea, select")) return;
  const button = document.querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  pressed = true;
  event.preventDefault();
  button.click();
});
// A page from the back-forward cache accepts keys again.
window.addEventListener("pageshow", () => { pressed = false; });
