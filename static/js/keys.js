// Letters press the buttons that show them: <button data-key="y">. One press, then the page changes.
"use strict";

let pressed = false;
document.addEventListener("keydown", (event) => {
  if (pressed || event.repeat || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const button = document.querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  pressed = true;
  event.preventDefault();
  button.click();
});
// A page that the browser kept and shows again can be answered again.
window.addEventListener("pageshow", () => { pressed = false; });
