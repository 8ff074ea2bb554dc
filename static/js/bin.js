// The bin: selection with a count, all with Ctrl+A, many by dragging; and photos enlarged over the page.
import { Selection } from "./selection.js";
import { selectByDragging } from "./selection-drag.js";
import { selectByKeys } from "./selection-keys.js";

const form = document.querySelector("[data-selection]");
const selection = new Selection(form);
selectByDragging(selection, form.querySelector(".bin-grid"));
selectByKeys(selection, form);

const view = document.getElementById("bin-view");
form.addEventListener("click", (event) => {
  const link = event.target.closest("a.enlarge");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const picture = view.querySelector("img");
  picture.src = link.href;
  picture.alt = link.closest(".binned").querySelector("img").alt;
  view.showModal();
});
