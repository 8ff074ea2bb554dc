// All photos in one page, of which only the near ones are loaded. Each piece of the library is an element; a distant
// one is empty, with the estimated height of its photos.
import { Pieces } from "./timeline-pieces.js";
import { Scrubber } from "./timeline-scrubber.js";
import { Selection } from "./selection.js";
import { selectByDragging } from "./selection-drag.js";
import { selectByKeys } from "./selection-keys.js";
import { answerInPlace } from "./selection-actions.js";
import { editInDialogs } from "./selection-edits.js";
import { favouritesByHeart } from "./favourites.js";
import { DayTicks } from "./selection-days.js";
import { openOver } from "./viewer-over.js";
import { zoomBySlider } from "./zoom.js";

const timeline = document.querySelector("[data-timeline]");
const form = timeline.closest("form");

const PLACE = `timeline ${location.pathname}${location.search}`;

const pieces = new Pieces(timeline);
const selection = new Selection(form, {
  idsUrl: form.dataset.idsUrl,
  // True if every photo between two tiles is in the page.
  isWhole: (first, last) => pieces.wholeBetween(first, last),
});
pieces.onFill = (piece) => selection.paint(piece);

const ticks = new DayTicks(selection, timeline);

selectByDragging(selection, timeline);
selectByKeys(selection, timeline);
favouritesByHeart(form);
const grid = {
  takeOut(ids) {
    // At once, before the server has answered.
    const gone = new Set(ids.map(String));
    for (const tile of selection.tiles) if (gone.has(tile.dataset.id)) tile.remove();
    return this.putBack();
  },
  turned() {
    return this.putBack();
  },
  refreshed() {
    return this.putBack();
  },
  putBack() {
    ticks.forget();
    return pieces.refresh();
  },
};
answerInPlace(selection, form, grid);
const edit = editInDialogs(selection, form, grid);

// Beside the heading of the photos without a date.
timeline.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-set-dates]")) return;
  const ids = await selection.fetchIds("?month=none");
  if (!ids) return;
  selection.replace(ids);
  edit("date");
});

if (selection.choosing) selection.showInside();
else openOver(form, () => pieces.refresh());
zoomBySlider((change) => pieces.around(change));
const overview = await pieces.load();
if (overview) {
  form.classList.add("scripted");
  if (overview.months.length > 1) new Scrubber(pieces, overview, form);
  const place = sessionStorage.getItem(PLACE);
  const [visit] = performance.getEntriesByType("navigation");
  if (place && visit?.type === "back_forward") pieces.showPlace(JSON.parse(place));
  else if (timeline.dataset.at) pieces.showDay(timeline.dataset.at);
  // Where the browser restores the scroll position, the pieces are not laid out yet.
  addEventListener("pagehide", () => sessionStorage.setItem(PLACE, JSON.stringify(pieces.at(0))));
}
