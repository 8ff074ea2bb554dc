// Selection by dragging: with a mouse from any photo, with a finger after holding one for a moment.

import { idsOf } from "./selection.js";

const MOVED = 8; // pixels after which a press is a drag
const HELD = 450; // milliseconds after which a finger holds a photo
const EDGE = 70; // pixels from the edge of the window within which it scrolls
const SPEED = 14; // pixels per frame

export function selectByDragging(selection, area) {
  let drag = null;

  const tileAt = (x, y) => document.elementFromPoint(x, y)?.closest("[data-id]") ?? null;

  function begin() {
    drag.going = true;
    drag.on = !selection.has(drag.tile);
    drag.before = new Set(selection.selected);
    area.classList.add("dragging");
    extend(drag.tile);
    scrollAtTheEdge();
  }

  /** Select or deselect everything from the start of the drag to this photo; the rest stays as it was. */
  function extend(tile) {
    if (!tile || !area.contains(tile)) return;
    drag.last = tile;
    const tiles = selection.tiles;
    const from = tiles.findIndex((one) => one.dataset.id === drag.tile.dataset.id);
    const to = tiles.indexOf(tile);
    if (from < 0 || to < 0) return;
    const ids = new Set(drag.before);
    for (const one of tiles.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      for (const id of idsOf(one)) {
        if (drag.on) ids.add(id);
        else ids.delete(id);
      }
    }
    selection.replace(ids);
  }

  function scrollAtTheEdge() {
    if (!drag?.going) return;
    const y = drag.y;
    const step = y < EDGE + 60 ? -SPEED : y > innerHeight - EDGE ? SPEED : 0;
    if (step) {
      scrollBy({ top: step, behavior: "instant" });
      extend(tileAt(drag.x, Math.min(Math.max(y, 90), innerHeight - 10)));
    }
    requestAnimationFrame(scrollAtTheEdge);
  }

  async function end() {
    if (!drag) return;
    clearTimeout(drag.clock);
    const ended = drag;
    drag = null;
    area.classList.remove("dragging");
    if (!ended.going) return;
    // The click that follows a drag must not open a photo.
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
    selection.anchor = ended.last.dataset.id;
    if (selection.isWhole(ended.tile, ended.last)) return;
    const ids = await selection.between(ended.tile.dataset.id, ended.last.dataset.id);
    selection.replace(ended.before);
    selection.set(ids, ended.on);
  }

  function swallow(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  area.addEventListener("pointerdown", (event) => {
    const tile = event.target.closest("[data-id]");
    if (!tile || event.button || event.shiftKey || event.ctrlKey || event.metaKey) return;
    drag = { tile, last: tile, x: event.clientX, y: event.clientY, going: false };
    if (event.pointerType !== "mouse") {
      drag.touch = true;
      drag.clock = setTimeout(() => { if (drag) { begin(); navigator.vibrate?.(15); } }, HELD);
    }
  });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > MOVED;
    if (!drag.going) {
      if (!far) return;
      if (drag.touch) { end(); return; } // a finger that moves immediately scrolls
      begin();
    }
    [drag.x, drag.y] = [event.clientX, event.clientY];
    extend(tileAt(event.clientX, event.clientY));
  });
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
  addEventListener("touchmove", (event) => { if (drag?.going) event.preventDefault(); }, { passive: false });
  area.addEventListener("contextmenu", (event) => { if (drag?.touch) event.preventDefault(); });
  // Otherwise the browser drags the picture itself.
  area.addEventListener("dragstart", (event) => { if (event.target.closest("[data-id]")) event.preventDefault(); });
}
