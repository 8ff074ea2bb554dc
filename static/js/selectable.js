// Selection in a grid that grows on scrolling: search results, an album, a person.
import { Selection } from "./selection.js";
import { selectByDragging } from "./selection-drag.js";
import { selectByKeys } from "./selection-keys.js";
import { answerInPlace } from "./selection-actions.js";
import { editInDialogs } from "./selection-edits.js";
import { favouritesByHeart } from "./favourites.js";
import { Grid } from "./selection-grid.js";
import { openOver } from "./viewer-over.js";
import { zoomBySlider } from "./zoom.js";

const form = document.querySelector("form.selectable");
const selection = new Selection(form, { idsUrl: form.dataset.idsUrl });
const grid = new Grid(form, selection);

selectByDragging(selection, form.querySelector(".photo-grid"));
selectByKeys(selection, form);
favouritesByHeart(form);
answerInPlace(selection, form, grid);
editInDialogs(selection, form, grid);
// The photos of a stack are no longer the same, or another one is on top.
let restacked = false;
document.addEventListener("viewer:sent", ({ detail }) => { restacked ||= detail.matches("[data-restacks]"); });
openOver(form, async () => {
  const ids = await selection.fetchIds("");
  if (restacked || (ids && !grid.stacksWhole(ids))) location.reload();
  else if (ids) grid.match(ids);
});
zoomBySlider();
