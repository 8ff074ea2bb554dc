// Hides deleted photos in a paginated grid, and shows them again in their place after an undo.

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

  putBack(ids) {
    for (const id of ids.map(String)) {
      const [photo, place] = this.#out.get(id) ?? [];
      if (photo) place.replaceWith(photo);
      this.#out.delete(id);
    }
    this.selection.paint(this.form);
    this.#tidy(ids.length);
  }

  /** Hide the headings of empty months and update the counts. */
  #tidy(more) {
    for (const month of this.form.querySelectorAll(".month")) {
      let next = month.nextElementSibling;
      while (next && !next.matches(".month, [data-id]")) next = next.nextElementSibling;
      month.hidden = !next?.matches("[data-id]") && !this.form.querySelector(".more");
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
