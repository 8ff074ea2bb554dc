// Which photos are chosen: ids, whether they are in the page or not. The checkboxes only show it.

const tileOf = (element) => element?.closest?.("[data-id]") ?? null;

export class Selection {
  /** form: with photos ([data-id], each with a checkbox) and a bar. idsUrl: gives the ids between two photos. */
  constructor(form, { idsUrl = "", isWhole = () => true } = {}) {
    this.form = form;
    this.idsUrl = idsUrl;
    this.isWhole = isWhole;
    this.chosen = new Set();
    this.anchor = null;
    this.onPaint = () => {};
    form.addEventListener("click", (event) => this.#click(event));
    form.addEventListener("change", (event) => this.#change(event));
    // However many are chosen, one field is sent.
    form.addEventListener("formdata", ({ formData }) => {
      formData.delete("image");
      if (this.chosen.size) formData.set("image", [...this.chosen].join(","));
    });
    for (const button of form.querySelectorAll("[data-selection-clear]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.clear());
    }
    // A page that the browser shows again has its checkboxes as they were.
    for (const box of form.querySelectorAll("[name=image]:checked")) this.chosen.add(tileOf(box).dataset.id);
    this.show();
  }

  get tiles() {
    return [...this.form.querySelectorAll("[data-id]")];
  }

  has(tile) {
    return this.chosen.has(tile.dataset.id);
  }

  /** Choose ids, or with `on` false no longer. */
  set(ids, on = true) {
    for (const id of ids) {
      if (on) this.chosen.add(String(id));
      else this.chosen.delete(String(id));
    }
    this.show();
  }

  replace(ids) {
    this.chosen = new Set([...ids].map(String));
    this.show();
  }

  toggle(tile) {
    this.set([tile.dataset.id], !this.has(tile));
    this.anchor = tile.dataset.id;
  }

  clear() {
    this.anchor = null;
    this.replace([]);
  }

  /** All photos, those that are not in the page included. */
  async all() {
    const ids = this.idsUrl ? await this.ask("") : null;
    this.set(ids ?? this.tiles.map((tile) => tile.dataset.id));
  }

  /** All from the last that was chosen to this one. */
  async extendTo(tile, on = true) {
    const from = this.anchor;
    if (from === null || from === tile.dataset.id) {
      this.set([tile.dataset.id], on);
      this.anchor = tile.dataset.id;
      return;
    }
    this.set(await this.between(from, tile.dataset.id), on);
  }

  /** The ids from one photo to another, in either direction. */
  async between(from, to) {
    const tiles = this.tiles;
    const [a, b] = [from, to].map((id) => tiles.findIndex((tile) => tile.dataset.id === id));
    if (a >= 0 && b >= 0 && this.isWhole(tiles[a], tiles[b])) {
      return tiles.slice(Math.min(a, b), Math.max(a, b) + 1).map((tile) => tile.dataset.id);
    }
    return (await this.ask(`?${new URLSearchParams({ from, to })}`)) ?? [to];
  }

  /** Show in a part of the page what is chosen there. */
  paint(part) {
    for (const tile of part.querySelectorAll("[data-id]")) {
      const on = this.has(tile);
      const box = tile.querySelector("[name=image]");
      if (box) box.checked = on;
      tile.classList.toggle("chosen", on);
    }
    this.onPaint(part);
  }

  show() {
    this.paint(this.form);
    const count = this.chosen.size;
    this.form.classList.toggle("selecting", count > 0);
    // What makes sense for one photo alone, as its being a cover.
    for (const button of this.form.querySelectorAll("[data-for-one]")) button.hidden = count !== 1;
    const words = ngettext("%s photo selected", "%s photos selected", count);
    for (const place of this.form.querySelectorAll("[data-selection-count]")) {
      place.textContent = count ? interpolate(words, [count.toLocaleString(document.documentElement.lang)]) : "";
    }
  }

  /** Ids from the server: all, or those that the query names. Null when it does not answer. */
  async ask(query) {
    try {
      const answer = await fetch(this.idsUrl + query, { headers: { Accept: "application/json" } });
      return answer.ok ? (await answer.json()).ids : null;
    } catch {
      return null;
    }
  }

  #click(event) {
    const tile = tileOf(event.target);
    if (!tile || event.defaultPrevented) return;
    const onBox = event.target.closest(".pick") !== null;
    const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (event.shiftKey && this.chosen.size) {
      event.preventDefault();
      getSelection()?.removeAllRanges();
      this.extendTo(tile);
    } else if (!onBox && (!plain || this.chosen.size) && event.target.closest("a")) {
      // While photos are being chosen a click chooses; the arrow keys and Enter still open one.
      if (event.detail === 0) return;
      event.preventDefault();
      this.toggle(tile);
    }
  }

  #change(event) {
    if (event.target.name !== "image") return;
    const tile = tileOf(event.target);
    this.set([tile.dataset.id], event.target.checked);
    this.anchor = tile.dataset.id;
  }
}
