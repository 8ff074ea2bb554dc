// Keys of a grid: arrows move the focus, space selects, with shift a range; Ctrl+A selects all, Escape none.

import { covered } from "./covered.js";

const ACROSS = { ArrowLeft: -1, ArrowRight: 1 };
const DOWN = { ArrowUp: -1, ArrowDown: 1 };

const linkOf = (tile) => tile?.querySelector("a, input") ?? null;

/** Return the photo in the row above (-1) or below (1) that is closest to this one. */
function inLine(tiles, tile, step) {
  const here = tile.getBoundingClientRect();
  const middle = here.left + here.width / 2;
  let row = null;
  let best = null;
  let distance = Infinity;
  const start = tiles.indexOf(tile);
  for (let at = start + step; at >= 0 && at < tiles.length; at += step) {
    const box = tiles[at].getBoundingClientRect();
    if (Math.abs(box.top - here.top) < 4) continue;
    row ??= box.top;
    if (Math.abs(box.top - row) > 4) break;
    const off = Math.abs(box.left + box.width / 2 - middle);
    if (off < distance) [best, distance] = [tiles[at], off];
  }
  return best;
}

export function selectByKeys(selection, area) {
  document.addEventListener("keydown", (event) => {
    if (covered() || event.altKey || event.target.closest("textarea, select, [role=slider], dialog")) return;
    const typing = event.target.closest("input:not([type=checkbox])");
    if (event.key === "Escape" && selection.selected.size) {
      selection.clear();
      return;
    }
    if (typing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      selection.all();
      return;
    }
    const tile = event.target.closest("[data-id]");
    if (!tile || !area.contains(tile) || event.ctrlKey || event.metaKey) return;
    if (event.key === " ") {
      event.preventDefault();
      if (event.shiftKey) selection.extendTo(tile);
      else selection.toggle(tile);
      return;
    }
    const tiles = selection.tiles;
    let next = null;
    if (event.key in ACROSS) next = tiles[tiles.indexOf(tile) + ACROSS[event.key]];
    else if (event.key in DOWN) next = inLine(tiles, tile, DOWN[event.key]);
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (selection.anchor === null) selection.toggle(tile);
      selection.extendTo(next);
    }
    linkOf(next)?.focus();
  });
}
