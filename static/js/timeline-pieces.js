// The pieces of the timeline: the near ones are filled, the others have their estimated height.
import { lastRowsFill } from "./rows.js";
import { SendError, send } from "./send.js";

const NEAR = 1500; // pixels above and below the window within which pieces are filled
const FAR = 5000; // beyond this a filled piece is emptied again
const REST = 90; // milliseconds a piece must be near: scrubbing skips most of them
const HEADER = 90; // height of the header in pixels
const MAX_CACHED = 40; // emptied pieces whose HTML is cached
const [DAY_LINE, MONTH_LINE] = [28, 36]; // heights of the names above the photos; see static/css/rows.css

const heightOf = (element) => element.getBoundingClientRect().height;

export class Pieces {
  constructor(timeline) {
    this.timeline = timeline;
    this.pieces = [];
    this.cache = new Map();
    this.onFill = () => {};
    this.watcher = new IntersectionObserver((seen) => this.#seen(seen), { rootMargin: `${NEAR}px 0px` });
  }

  /** Load the overview of the library and lay out all pieces. Returns the overview, or null if it fails. */
  async load() {
    let overview = null;
    try {
      overview = await (await send(this.timeline.dataset.piecesUrl, { quiet: true })).json();
    } catch (error) {
      // The page stays as it is without a script: the newest photos and a link to older ones.
      if (!(error instanceof SendError)) throw error;
    }
    if (!overview) return null;
    this.overview = overview;
    const there = this.timeline.querySelector(".piece");
    const at = this.timeline.dataset.at;
    this.pieces = overview.pieces.map((row, number) => this.#piece(row, number));
    for (const [, , number] of overview.months) this.pieces[number].months += 1;
    const shown = this.pieces.find((piece) => (at ? piece.first === at && !piece.skip : piece.number === 0));
    this.#measure();
    if (shown && there) this.#adopt(shown, there);
    else there?.remove();
    const all = document.createDocumentFragment();
    for (const piece of this.pieces) if (piece !== shown) this.#estimate(piece);
    for (const piece of this.pieces) all.append(piece.element);
    this.timeline.replaceChildren(all);
    document.querySelector("[data-older]")?.remove();
    for (const piece of this.pieces) this.watcher.observe(piece.element);
    new ResizeObserver(() => this.#resized()).observe(this.timeline);
    addEventListener("scroll", () => this.#scrolled(), { passive: true });
    return overview;
  }

  /** Return the top of a piece, in pixels from the top of the page. */
  top(number) {
    return this.pieces[number].element.getBoundingClientRect().top + scrollY;
  }

  height(number) {
    return heightOf(this.pieces[number].element);
  }

  /** Return the piece at a height of the window, and the position within it, 0..1. */
  at(y) {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.pieces[middle].element.getBoundingClientRect().top <= y) low = middle;
      else high = middle - 1;
    }
    const box = this.pieces[low].element.getBoundingClientRect();
    return { number: low, share: box.height ? Math.min(Math.max((y - box.top) / box.height, 0), 1) : 0 };
  }

  /** Return the heading of a month in a piece, if it is loaded. */
  find(number, month) {
    return this.pieces[number].element.querySelector(`[data-month="${CSS.escape(month)}"]`);
  }

  /** Fill a piece now and scroll to one of its headings or days, or to its beginning. */
  async show(number, selector = "") {
    const { element } = this.pieces[number];
    element.scrollIntoView({ block: "start" });
    await this.#fill(this.pieces[number]);
    const target = selector ? element.querySelector(selector) : null;
    (target ?? element).scrollIntoView({ block: "start" });
  }

  /** Scroll to the newest photos that are not newer than a day. */
  showDay(day) {
    const number = this.pieces.findIndex((piece) => piece.last === "none" || (day !== "none" && piece.last <= day));
    const piece = this.pieces[Math.max(number, 0)];
    return this.show(piece.number, `[data-day="${CSS.escape(day)}"] > *`);
  }

  /** Scroll to a place that `at(0)` returned before the page was left. */
  async showPlace({ number, share }) {
    if (!this.pieces[number]) return;
    await this.show(number);
    scrollTo({ top: this.top(number) + share * this.height(number), behavior: "instant" });
  }

  /** Return true if all pieces from one tile to another are filled. */
  wholeBetween(first, last) {
    const numbers = [first, last].map((tile) => Number(tile.closest(".piece").dataset.number ?? 0));
    const [from, to] = [Math.min(...numbers), Math.max(...numbers)];
    return this.pieces.slice(from, to + 1).every((piece) => piece.filled);
  }

  /** Reload the filled pieces after photos were deleted or restored. */
  async refresh() {
    this.cache.clear();
    await Promise.all(this.pieces.filter((piece) => piece.filled).map((piece) => this.#fill(piece, { again: true })));
  }

  #piece([first, last, skip, take, photos, shape, days], number) {
    const element = document.createElement("div");
    element.className = `piece rows${number < this.overview.pieces.length - 1 ? " continues" : ""}`;
    element.dataset.number = number;
    const query = new URLSearchParams({ at: first, until: last, skip, take });
    const address = `${this.timeline.dataset.pieceUrl}?${query}`;
    return { number, first, last, skip, photos, shape, days, months: 0, address, element, filled: false, near: false };
  }

  /** Use the photos that the server rendered as a piece. */
  #adopt(piece, element) {
    element.dataset.number = piece.number;
    element.className = piece.element.className;
    piece.element = element;
    piece.filled = true;
    this.#fillRows(piece);
  }

  #measure() {
    const style = getComputedStyle(this.timeline);
    this.width = this.timeline.getBoundingClientRect().width;
    this.row = parseFloat(style.getPropertyValue("--row"));
    this.gap = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--gap-photos"));
  }

  /** Give an empty piece its estimated height. */
  #estimate(piece) {
    const photo = (piece.shape * this.row) / piece.photos + this.gap;
    // A row is full before half of the photo that no longer fits; its photos grow into the rest.
    const grown = this.width / Math.max(this.width - photo / 2, this.width / 2);
    const rows = Math.max(Math.round((piece.photos * photo * grown) / this.width), 1);
    const named = rows * (1 - Math.exp(-piece.days / rows)); // rows in which a day begins
    const height = rows * (this.row * grown + this.gap) + named * DAY_LINE + piece.months * MONTH_LINE;
    piece.element.dataset.empty = "";
    piece.element.style.height = `${Math.round(height)}px`;
  }

  #seen(entries) {
    for (const entry of entries) {
      const piece = this.pieces[Number(entry.target.dataset.number)];
      piece.near = entry.isIntersecting;
      if (!piece.near) piece.request?.abort();
      if (!piece.near || piece.filled) continue;
      clearTimeout(piece.clock);
      piece.clock = setTimeout(() => { if (piece.near) this.#fill(piece); }, this.cache.has(piece.number) ? 0 : REST);
    }
  }

  /** Fill a piece; a second call waits for the first. */
  #fill(piece, { again = false } = {}) {
    if (piece.filled && !again) return Promise.resolve();
    if (again || !piece.filling) {
      const filling = this.#put(piece, again).finally(() => {
        if (piece.filling === filling) piece.filling = null;
      });
      piece.filling = filling;
    }
    return piece.filling;
  }

  async #put(piece, again) {
    const html = this.cache.get(piece.number) ?? await this.#fetch(piece);
    if (html === null || (piece.filled && !again)) return;
    // The change must not move the visible photos.
    const anchor = this.#scrollAnchor(piece);
    const before = anchor?.getBoundingClientRect().top;
    piece.element.innerHTML = html;
    delete piece.element.dataset.empty;
    piece.element.style.height = "";
    piece.filled = true;
    this.#fillRows(piece);
    this.cache.delete(piece.number);
    const moved = anchor ? anchor.getBoundingClientRect().top - before : 0;
    if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
    this.onFill(piece.element);
  }

  /** Return the element that must not move while a piece is filled: the first filled piece in the window, if any. */
  #scrollAnchor(piece) {
    const { number } = this.at(HEADER);
    for (let at = number; at < this.pieces.length; at += 1) {
      const { element, filled } = this.pieces[at];
      if (element.getBoundingClientRect().top > innerHeight) break;
      if (filled && this.pieces[at] !== piece) return element;
    }
    return this.pieces[number] === piece ? null : this.pieces[number].element;
  }

  async #fetch(piece) {
    piece.request?.abort();
    piece.request = new AbortController();
    try {
      const { signal } = piece.request;
      return await (await send(piece.address, { signal, accept: "text/html", quiet: true })).text();
    } catch (error) {
      if (!(error instanceof SendError) && error.name !== "AbortError") throw error;
      return null; // requested again when the piece is near again
    }
  }

  #empty(piece) {
    this.cache.set(piece.number, piece.element.innerHTML);
    if (this.cache.size > MAX_CACHED) this.cache.delete(this.cache.keys().next().value);
    piece.element.style.height = `${heightOf(piece.element)}px`;
    piece.element.replaceChildren();
    piece.element.dataset.empty = "";
    piece.filled = false;
  }

  #scrolled() {
    const { number, share } = this.at(0);
    this.anchor = { number, share };
    clearTimeout(this.tidying);
    this.tidying = setTimeout(() => {
      this.seen = this.#firstSeen();
      for (const piece of this.pieces) {
        if (!piece.filled || piece.element.contains(document.activeElement)) continue;
        const box = piece.element.getBoundingClientRect();
        if (box.bottom < -FAR || box.top > innerHeight + FAR) this.#empty(piece);
      }
    }, 250);
  }

  /** Return the first photo that is fully in the window and its height there, if one is loaded. */
  #firstSeen() {
    const { number } = this.at(HEADER);
    for (const { element } of this.pieces.slice(number, number + 2)) {
      for (const tile of element.querySelectorAll("[data-id]")) {
        const { top } = tile.getBoundingClientRect();
        if (top > HEADER) return { tile, top };
      }
    }
    return null;
  }

  /** Make a change of the size of photos, and lay out again. */
  around(change) {
    if (this.pieces.length) this.seen = this.#firstSeen();
    change();
    this.relayout();
  }

  /** Lay out again after the width has changed. */
  #resized() {
    if (this.width !== this.timeline.getBoundingClientRect().width) this.relayout();
  }

  /** Lay all out again for another width or zoom; the photo at the top of the window stays. */
  relayout() {
    if (!this.pieces.length) return;
    const { top, tile } = this.seen ?? {};
    const anchor = this.anchor;
    this.#measure();
    for (const piece of this.pieces) {
      if (piece.filled) this.#fillRows(piece);
      else this.#estimate(piece);
    }
    if (scrollY <= 200) return;
    if (tile?.isConnected) scrollBy({ top: tile.getBoundingClientRect().top - top, behavior: "instant" });
    else if (anchor) {
      scrollTo({ top: this.top(anchor.number) + anchor.share * this.height(anchor.number), behavior: "instant" });
    }
  }

  #fillRows(piece) {
    const { row, gap, width } = this;
    lastRowsFill(piece.element, piece.element.matches(".continues") && { row, gap, width });
  }
}
