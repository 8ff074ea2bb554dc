// The ids of the selected photos, whether they are in the page or not. The checkboxes only show them.
import { SendError, send } from "./send.js";
import { toast } from "./toast.js";

/** Return the ids of the photos for which a tile stands: of a stack all. */
export const idsOf = (tile) => [tile.dataset.id, ...(tile.dataset.stack?.split(" ") ?? [])];

const tileOf = (element) => element?.closest?.("[data-id]") ?? null;

export class Selection {
  /** form: has photos ([data-id], each with a checkbox) and a bar. idsUrl: returns the ids between two photos. */
  constructor(form, { idsUrl = "", isWhole = () => true } = {}) {
    this.form = form;
    this.idsUrl = idsUrl;
    this.isWhole = isWhole;
    this.selected = new Set();
    this.anchor = null;
    this.onPaint = () => {};
    this.choosing = "insideUrl" in form.dataset; // photos are selected for an album, and not opened
    this.inside = new Set(); // ids of the photos that are in it
    form.addEventListener("click", (event) => this.#click(event));
    form.addEventListener("change", (event) => this.#change(event));
    // One field for all ids, however many.
    form.addEventListener("formdata", ({ formData }) => {
      formData.delete("image");
      if (this.selected.size) formData.set("image", [...this.selected].join(","));
    });
    for (const button of form.querySelectorAll("[data-selection-clear]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.clear());
    }
    // A page from the browser's cache has its checkboxes restored.
    for (const box of form.querySelectorAll("[name=image]:checked")) for (const id of idsOf(tileOf(box))) this.selected.add(id);
    this.show();
  }

  get tiles() {
    return [...this.form.querySelectorAll("[data-id]")];
  }

  has(tile) {
    return this.selected.has(tile.dataset.id);
  }

  /** Select ids, or deselect them if `on` is false. */
  set(ids, on = true) {
    for (const id of ids) {
      if (on) this.selected.add(String(id));
      else this.selected.delete(String(id));
    }
    this.show();
  }

  replace(ids) {
    this.selected = new Set([...ids].map(String));
    this.show();
  }

  toggle(tile) {
    this.set(idsOf(tile), !this.has(tile));
    this.anchor = tile.dataset.id;
  }

  clear() {
    this.anchor = null;
    this.replace([]);
  }

  /** Select all photos, including those outside the page. */
  async all() {
    const ids = this.idsUrl ? await this.fetchIds("") : this.tiles.flatMap(idsOf);
    if (ids) this.set(ids);
  }

  /** Select everything from the last selected photo to this one. */
  async extendTo(tile, on = true) {
    const from = this.anchor;
    if (from === null || from === tile.dataset.id) {
      this.set(idsOf(tile), on);
      this.anchor = tile.dataset.id;
      return;
    }
    this.set(await this.between(from, tile.dataset.id), on);
  }

  /** Return the ids from one photo to another, in either direction. */
  async between(from, to) {
    const tiles = this.tiles;
    const [a, b] = [from, to].map((id) => tiles.findIndex((tile) => tile.dataset.id === id));
    if (a >= 0 && b >= 0 && this.isWhole(tiles[a], tiles[b])) {
      return tiles.slice(Math.min(a, b), Math.max(a, b) + 1).flatMap(idsOf);
    }
    return (await this.fetchIds(`?${new URLSearchParams({ from, to })}`)) ?? [to];
  }

  /** Show the selection in a part of the page. */
  paint(part) {
    for (const tile of part.querySelectorAll("[data-id]")) {
      const on = this.has(tile);
      const box = tile.querySelector("[name=image]");
      if (box) box.checked = on;
      tile.classList.toggle("selected", on);
      tile.classList.toggle("inside", this.inside.has(tile.dataset.id));
    }
    this.onPaint(part);
  }

  show() {
    this.paint(this.form);
    const count = this.selected.size;
    this.form.classList.toggle("selecting", count > 0);
    // Actions for a single photo, such as using it as a cover.
    for (const button of this.form.querySelectorAll("[data-for-one]")) button.hidden = count !== 1;
    const stacks = this.form.querySelector(".selected[data-stack]") !== null;
    const words = stacks
      ? ngettext("%s photo selected, whole stacks", "%s photos selected, whole stacks", count)
      : ngettext("%s photo selected", "%s photos selected", count);
    for (const place of this.form.querySelectorAll("[data-selection-count]")) {
      place.textContent = count ? interpolate(words, [count.toLocaleString(document.documentElement.lang)]) : "";
    }
  }

  /** Return ids from the server, all or those of the query; null if it refuses, which is shown. */
  async fetchIds(query, address = this.idsUrl) {
    try {
      return (await (await send(address + query)).json()).ids;
    } catch (error) {
      if (!(error instanceof SendError)) throw error;
      toast(error.message, { level: "error" });
      return null;
    }
  }

  /** Show which photos are already in the album. */
  async showInside() {
    this.inside = new Set(((await this.fetchIds("", this.form.dataset.insideUrl)) ?? []).map(String));
    this.paint(this.form);
  }

  #click(event) {
    const tile = tileOf(event.target);
    if (!tile || event.defaultPrevented) return;
    if (this.choosing && event.detail === 0 && event.target.closest("a")) {
      event.preventDefault();
      this.toggle(tile);
      return;
    }
    const onBox = event.target.closest(".pick") !== null;
    const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (event.shiftKey && this.selected.size) {
      event.preventDefault();
      getSelection()?.removeAllRanges();
      this.extendTo(tile);
    } else if (!onBox && (!plain || this.selected.size || this.choosing) && event.target.closest("a")) {
      // During a selection a click selects; Enter still opens a photo.
      if (event.detail === 0) return;
      event.preventDefault();
      this.toggle(tile);
    }
  }

  #change(event) {
    if (event.target.name !== "image") return;
    const tile = tileOf(event.target);
    this.set(idsOf(tile), event.target.checked);
    this.anchor = tile.dataset.id;
  }
}
