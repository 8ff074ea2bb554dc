// Hides deleted photos in a paginated grid, and shows them again in their place after an undo.
import { idsOf } from "./selection.js";

export class Grid {
  #out = new Map(); // by id of a hidden photo: [its element or null, its placeholder]

  constructor(form, selection) {
    this.form = form;
    this.selection = selection;
    document.addEventListener("htmx:afterSettle", () => selection.paint(form));
  }

  takeOut(ids) {
    for (const id of ids.map(String)) {
      const photo = this.form.querySelector(`[data-id="${CSS.escape(id)}"]`);
      const place = document.createComment("");
      photo?.replaceWith(place);
      this.#out.set(id, [photo, place]);
    }
    this.#tidy(-ids.length);
  }

  /** Load the pictures of turned photos again: their shapes differ, too. */
  turned() {
    location.reload();
  }

  /** Show the photos that are in the list now. */
  async refreshed() {
    const ids = await this.selection.fetchIds("");
    if (!ids) return;
    this.match(ids);
    // Also those that the page has not loaded are there, or gone.
    for (const place of document.querySelectorAll("[data-photo-count]")) place.dataset.photoCount = ids.length;
    this.#tidy(0);
  }

  putBack(ids) {
    for (const id of ids.map(String)) {
      const [photo, place] = this.#out.get(id) ?? [];
      if (photo) place.replaceWith(photo);
      this.#out.delete(id);
    }
    this.selection.paint(this.form);
    this.#tidy(ids.length);
  }

  /** Return true if all photos of each stack are there, or none. */
  stacksWhole(ids) {
    const there = new Set(ids.map(String));
    return [...this.form.querySelectorAll("[data-stack]")].every((tile) => {
      const known = idsOf(tile).map((id) => there.has(id));
      return known.every(Boolean) || !known.some(Boolean);
    });
  }

  /** Show the photos with these ids, and hide the others. */
  match(ids) {
    const there = new Set(ids.map(String));
    const shown = [...this.form.querySelectorAll("[data-id]")].map((photo) => photo.dataset.id);
    const gone = shown.filter((id) => !there.has(id));
    const back = [...this.#out.keys()].filter((id) => there.has(id));
    if (gone.length) this.takeOut(gone);
    if (back.length) this.putBack(back);
  }

  /** Show the name of each month above its first photo that is there, and update the counts. */
  #tidy(more) {
    for (const moved of this.form.querySelectorAll("[data-moved]")) {
      moved.querySelector(".head-line").remove();
      moved.replaceWith(...moved.childNodes);
    }
    for (const start of this.form.querySelectorAll(".day-start:not(:has([data-id]))")) {
      const next = start.nextElementSibling;
      if (!next?.matches("[data-id]")) continue;
      const moved = start.cloneNode();
      moved.dataset.moved = "";
      moved.className = `day-start ${/\bratio-\d+/.exec(next.className)[0]}`;
      next.replaceWith(moved);
      moved.append(start.querySelector(".head-line").cloneNode(true), next);
    }
    for (const place of document.querySelectorAll("[data-photo-count]")) {
      const count = Number(place.dataset.photoCount) + more;
      const number = count.toLocaleString(document.documentElement.lang);
      const words = ngettext("%s photo", "%s photos", count);
      place.dataset.photoCount = count;
      place.textContent = "bare" in place.dataset ? number : interpolate(words, [number]);
    }
  }
}
