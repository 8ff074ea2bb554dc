// The end of justified rows that continue in another element: its last row is filled from its last few ones.

const FULL = .85; // share of the width from which a row grows to all of it
const MOST_ROWS = 7; // that are laid out again
const CLOSE = .1; // change of the height that is not noticed

const CELLS = ".photo:not(.day-start > .photo), .day-start";

const ratioOf = (cell) => Number(/\bratio-(\d+)/.exec(cell.className)[1]) / 100;

/** Lay out the last rows of `element` so that they are full. layout: row, gap, width in pixels; false to undo it. */
export function lastRowsFill(element, layout) {
  const cells = [...element.querySelectorAll(CELLS)];
  for (const cell of cells) if (cell.style.length) cell.style.removeProperty("--row");
  if (!layout || !cells.length) return;
  const ratios = cells.map(ratioOf);
  const { starts, used } = wrapped(ratios, layout);
  if (starts.length < 2 || used.at(-1) > FULL * layout.width) return;
  for (const { from, to, row } of bestEnd(ratios, starts, used, layout)) {
    for (let at = from; at < to; at += 1) cells[at].style.setProperty("--row", `${row}px`);
  }
}

/** Return where the rows begin that the browser makes, and the width of each before its photos grow. */
function wrapped(ratios, { row, gap, width }) {
  const [starts, used] = [[], []];
  for (const [at, ratio] of ratios.entries()) {
    const wide = ratio * row;
    if (starts.length && used.at(-1) + gap + wide <= width) used[used.length - 1] += gap + wide;
    else {
      starts.push(at);
      used.push(wide);
    }
  }
  return { starts, used };
}

/** Return the last rows anew: the photos of each and their height, which is as near the others' as can be. */
function bestEnd(ratios, starts, used, layout) {
  const { row, gap, width } = layout;
  let best = { off: Infinity, rows: [] };
  for (let taken = 2; taken <= Math.min(MOST_ROWS, starts.length); taken += 1) {
    const begin = starts[starts.length - taken];
    const rest = width - (used[starts.length - taken - 1] ?? width) - gap;
    for (const count of [taken - 1, taken]) {
      const rows = divided(ratios, begin, count, layout);
      // The row before must not take in the first photo.
      if (!rows || ratios[begin] * rows[0].row <= rest) continue;
      const off = Math.max(...rows.map((one) => Math.abs(Math.log(one.row / row))));
      if (off < best.off) best = { off, rows };
    }
    if (best.off < CLOSE) break;
  }
  return best.rows;
}

/** Divide the photos from `begin` on into rows of about equal width; null if a row stays empty. */
function divided(ratios, begin, count, { gap, width }) {
  const share = ratios.slice(begin).reduce((sum, ratio) => sum + ratio, 0) / count;
  const rows = [];
  let [from, sum, all] = [begin, 0, 0];
  for (let at = begin; at < ratios.length; at += 1) {
    sum += ratios[at];
    all += ratios[at];
    const next = ratios[at + 1] ?? 0;
    const last = at + 1 === ratios.length;
    if (!last && (rows.length === count - 1 || all + next / 2 < share * (rows.length + 1))) continue;
    // A little less, so that rounding does not push the last photo into the next row.
    const height = (width - (at - from) * gap) / sum - .05;
    rows.push({ from, to: at + 1, row: height });
    [from, sum] = [at + 1, 0];
  }
  return rows.length === count ? rows : null;
}
