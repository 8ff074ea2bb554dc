// The dates of the library along the right edge: a slider to drag or to move with keys.

const TOP = 100; // pixels from the top of the window, below the header
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

export class Scrubber {
  constructor(pieces, overview, beside) {
    this.pieces = pieces;
    this.months = overview.months.map(([key, label, piece, before]) => ({
      key, label, piece, share: before / Math.max(overview.pieces[piece][4], 1),
    }));
    this.element = this.#build();
    beside.before(this.element);
    this.#years();
    this.#follow();
    addEventListener("scroll", () => this.#later(() => this.#follow()), { passive: true });
    new ResizeObserver(() => this.#later(() => { this.#years(); this.#follow(); })).observe(pieces.timeline);
    this.element.addEventListener("pointerdown", (event) => this.#press(event));
    this.element.addEventListener("pointermove", (event) => this.#hover(event));
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  #build() {
    const element = document.createElement("div");
    element.className = "scrubber";
    element.tabIndex = 0;
    const attributes = {
      role: "slider", "aria-label": gettext("Date"), "aria-orientation": "vertical",
      "aria-valuemin": 0, "aria-valuemax": this.months.length - 1,
    };
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    this.mark = document.createElement("span");
    this.mark.className = "scrubber-mark";
    this.label = document.createElement("span");
    this.label.className = "scrubber-label";
    element.append(this.mark, this.label);
    return element;
  }

  #later(work) {
    this.work = work;
    this.frame ??= requestAnimationFrame(() => { this.frame = undefined; this.work(); });
  }

  /** The height by which the page can be scrolled, in pixels. */
  get #scrollHeight() {
    return Math.max(document.documentElement.scrollHeight - innerHeight, 1);
  }

  #shareOf(month) {
    const header = 80;
    const top = this.pieces.top(month.piece) + month.share * this.pieces.height(month.piece) - header;
    return Math.min(Math.max(top / this.#scrollHeight, 0), 1);
  }

  /** Show the years at their beginnings, as far as there is room. */
  #years() {
    for (const year of this.element.querySelectorAll(".scrubber-year")) year.remove();
    const height = this.element.clientHeight;
    let last = -Infinity;
    let shown = "";
    for (const month of this.months) {
      const year = month.key.slice(0, 4);
      const y = this.#shareOf(month) * height;
      if (year === shown || month.key === "none" || y - last < 18) continue;
      const sign = document.createElement("span");
      sign.className = "scrubber-year";
      sign.textContent = year;
      sign.style.top = `${y}px`;
      this.element.append(sign);
      [last, shown] = [y, year];
    }
  }

  /** Return the month at the top of the window: the last one that begins in or above the first row. */
  #now() {
    const { number, share } = this.pieces.at(TOP);
    let found = 0;
    for (const [at, month] of this.months.entries()) {
      if (month.piece > number || (month.piece === number && !this.#begun(month, share))) break;
      found = at;
    }
    return found;
  }

  #begun(month, share) {
    const head = this.pieces.find(month.piece, month.key);
    return head ? head.getBoundingClientRect().top <= TOP : month.share <= share + .001;
  }

  #follow() {
    const now = this.#now();
    if (!this.moving) this.#showAt(now, scrollY / this.#scrollHeight);
    this.element.setAttribute("aria-valuenow", now);
    this.element.setAttribute("aria-valuetext", this.months[now].label);
  }

  #showAt(month, share) {
    const [height, half] = [this.element.clientHeight, this.mark.offsetHeight / 2];
    const y = Math.min(Math.max(share * height, half), height - half);
    this.mark.style.top = `${y}px`;
    this.label.style.top = `${y}px`;
    this.label.textContent = this.months[month].label;
  }

  #shareAt(event) {
    const box = this.element.getBoundingClientRect();
    return Math.min(Math.max((event.clientY - box.top) / box.height, 0), 1);
  }

  #hover(event) {
    if (this.moving || event.pointerType !== "mouse") return;
    const share = this.#shareAt(event);
    let found = 0;
    for (const [at, month] of this.months.entries()) if (this.#shareOf(month) <= share) found = at;
    this.label.style.top = `${share * this.element.clientHeight}px`;
    this.label.textContent = this.months[found].label;
  }

  #press(event) {
    if (event.button) return;
    this.moving = true;
    this.element.classList.add("moving");
    this.element.setPointerCapture(event.pointerId);
    const move = (at) => {
      const share = this.#shareAt(at);
      scrollTo({ top: share * this.#scrollHeight, behavior: "instant" });
      this.#showAt(this.#now(), share);
    };
    move(event);
    const end = () => {
      this.moving = false;
      this.element.classList.remove("moving");
      this.element.removeEventListener("pointermove", move);
      this.#follow();
    };
    this.element.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) this.element.addEventListener(name, end, { once: true });
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const now = Number(this.element.getAttribute("aria-valuenow"));
    const last = this.months.length - 1;
    let target;
    if (event.key in STEPS) target = now + STEPS[event.key];
    else if (event.key === "Home") target = 0;
    else if (event.key === "End") target = last;
    else if (event.key === "PageUp") target = this.#otherYear(now, -1);
    else if (event.key === "PageDown") target = this.#otherYear(now, 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.go(Math.min(Math.max(target, 0), last));
  }

  #otherYear(now, step) {
    const year = (at) => this.months[at]?.key.slice(0, 4);
    let at = now;
    while (year(at) === year(now) && year(at) !== undefined) at += step;
    return at;
  }

  async go(number) {
    const month = this.months[number];
    if (number === 0) scrollTo({ top: 0, behavior: "instant" });
    else await this.pieces.show(month.piece, `[data-month="${CSS.escape(month.key)}"]`);
    this.#follow();
    // A short last month cannot scroll to the top of the window; it is announced anyway.
    this.element.setAttribute("aria-valuenow", number);
    this.element.setAttribute("aria-valuetext", month.label);
  }
}
