// The pieces of the timeline: which are near enough to be filled, and how high the others are.

const NEAR = 1500; // pixels above and below the window in which pieces are filled
const FAR = 5000; // beyond this a filled piece is emptied again
const REST = 90; // milliseconds for which a piece must be near: scrubbing passes most of them by
const HEADER = 90; // pixels of the window that are behind the header
const MOST_KEPT = 40; // emptied pieces whose photos are still known here

const heightOf = (element) => element.getBoundingClientRect().height;

export class Pieces {
  constructor(timeline) {
    this.timeline = timeline;
    this.pieces = [];
    this.kept = new Map();
    this.onFill = () => {};
    this.watcher = new IntersectionObserver((seen) => this.#seen(seen), { rootMargin: `${NEAR}px 0px` });
  }

  /** Ask what the whole looks like, and give every piece its place. Returns that, or null when it fails. */
  async load() {
    let overview = null;
    try {
      const answer = await fetch(this.timeline.dataset.piecesUrl, { headers: { Accept: "application/json" } });
      overview = answer.ok ? await answer.json() : null;
    } catch {
      // Without it the page is what it is without a script: the newest photos, and a link to older ones.
    }
    if (!overview) return null;
    this.overview = overview;
    const there = this.timeline.querySelector(".piece");
    const at = this.timeline.dataset.at;
    this.pieces = overview.pieces.map((row, number) => this.#piece(row, number));
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

  /** Where a piece begins, in pixels from the top of the page. */
  top(number) {
    return this.pieces[number].element.getBoundingClientRect().top + scrollY;
  }

  height(number) {
    return heightOf(this.pieces[number].element);
  }

  /** The piece at a height of the window, and how far down in it that is, 0..1. */
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

  /** Fill a piece now and go to one of its headings or days; to its beginning when there is none. */
  async show(number, selector = "") {
    const { element } = this.pieces[number];
    element.scrollIntoView({ block: "start" });
    await this.#fill(this.pieces[number]);
    const target = selector ? element.querySelector(selector) : null;
    (target ?? element).scrollIntoView({ block: "start" });
  }

  /** Go to the newest photos that are not newer than a day. */
  showDay(day) {
    const number = this.pieces.findIndex((piece) => piece.last === "none" || (day !== "none" && piece.last <= day));
    const piece = this.pieces[Math.max(number, 0)];
    return this.show(piece.number, `[data-day="${CSS.escape(day)}"]`);
  }

  /** Whether all pieces from one tile to another are filled. */
  wholeBetween(first, last) {
    const numbers = [first, last].map((tile) => Number(tile.closest(".piece").dataset.number ?? 0));
    const [from, to] = [Math.min(...numbers), Math.max(...numbers)];
    return this.pieces.slice(from, to + 1).every((piece) => piece.filled);
  }

  /** Something was thrown away, or came back: what is shown is asked for again. */
  async refresh() {
    this.kept.clear();
    await Promise.all(this.pieces.filter((piece) => piece.filled).map((piece) => this.#fill(piece, { again: true })));
  }

  #piece([first, last, skip, take, photos, shape, days], number) {
    const element = document.createElement("div");
    element.className = "piece";
    element.dataset.number = number;
    const query = new URLSearchParams({ at: first, until: last, skip, take });
    const address = `${this.timeline.dataset.pieceUrl}?${query}`;
    return { number, first, last, skip, photos, shape, days, address, element, filled: false, near: false };
  }

  /** What the server has put into the page already is a piece like the others. */
  #adopt(piece, element) {
    element.dataset.number = piece.number;
    piece.element = element;
    piece.filled = true;
  }

  #measure() {
    const style = getComputedStyle(this.timeline);
    this.width = this.timeline.clientWidth;
    this.row = parseFloat(style.getPropertyValue("--row"));
    this.gap = parseFloat(style.getPropertyValue("--gap-photos"));
  }

  /** Give an empty piece the height that its photos will probably need. */
  #estimate(piece) {
    const day = (piece.shape * this.row + piece.photos * this.gap) / piece.days;
    const [row, name] = [this.row + this.gap, 40];
    const rows = day + 20 < this.width
      ? Math.ceil((piece.days * (day + 20)) / this.width) * (row + name)
      : piece.days * (Math.ceil(day / this.width) * row + name);
    piece.element.dataset.empty = "";
    piece.element.style.height = `${Math.round(rows)}px`;
  }

  #seen(entries) {
    for (const entry of entries) {
      const piece = this.pieces[Number(entry.target.dataset.number)];
      piece.near = entry.isIntersecting;
      if (!piece.near) piece.asked?.abort();
      if (!piece.near || piece.filled) continue;
      clearTimeout(piece.clock);
      piece.clock = setTimeout(() => { if (piece.near) this.#fill(piece); }, this.kept.has(piece.number) ? 0 : REST);
    }
  }

  /** Once at a time: who comes second waits for the first. */
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
    const html = this.kept.get(piece.number) ?? await this.#ask(piece);
    if (html === null || (piece.filled && !again)) return;
    // What changes must not move what somebody is looking at.
    const anchor = this.#lookedAt(piece);
    const before = anchor?.getBoundingClientRect().top;
    piece.element.innerHTML = html;
    delete piece.element.dataset.empty;
    piece.element.style.height = "";
    piece.filled = true;
    this.kept.delete(piece.number);
    const moved = anchor ? anchor.getBoundingClientRect().top - before : 0;
    if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
    this.onFill(piece.element);
  }

  /** What must stay where it is while a piece is filled: the first photos in the window, or else its first piece. */
  #lookedAt(piece) {
    const { number } = this.at(HEADER);
    for (let at = number; at < this.pieces.length; at += 1) {
      const { element, filled } = this.pieces[at];
      if (element.getBoundingClientRect().top > innerHeight) break;
      if (filled && this.pieces[at] !== piece) return element;
    }
    return this.pieces[number] === piece ? null : this.pieces[number].element;
  }

  async #ask(piece) {
    piece.asked?.abort();
    piece.asked = new AbortController();
    try {
      const answer = await fetch(piece.address, { signal: piece.asked.signal });
      return answer.ok ? await answer.text() : null;
    } catch {
      return null; // it is asked for again when it comes near again
    }
  }

  #empty(piece) {
    this.kept.set(piece.number, piece.element.innerHTML);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
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
      for (const piece of this.pieces) {
        if (!piece.filled || piece.element.contains(document.activeElement)) continue;
        const box = piece.element.getBoundingClientRect();
        if (box.bottom < -FAR || box.top > innerHeight + FAR) this.#empty(piece);
      }
    }, 250);
  }

  /** Another width: other heights. What was at the top of the window stays there. */
  #resized() {
    const before = this.width;
    this.#measure();
    if (before === this.width) return;
    const anchor = this.anchor;
    for (const piece of this.pieces) if (!piece.filled) this.#estimate(piece);
    if (anchor && scrollY > 200) {
      scrollTo({ top: this.top(anchor.number) + anchor.share * this.height(anchor.number), behavior: "instant" });
    }
  }
}
