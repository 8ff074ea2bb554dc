// Selects whole days and months of the timeline by the checkbox beside their name.
import { idsOf } from "./selection.js";

export class DayTicks {
  #ids = new Map(); // ids of checked days and months, including photos outside the page

  constructor(selection, timeline) {
    this.selection = selection;
    selection.onPaint = (part) => this.paint(part);
    timeline.addEventListener("change", ({ target }) => {
      if (target.matches("[data-all-of]")) this.#select(target);
    });
  }

  /** Forget the ids: the photos of a day may have changed. */
  forget() {
    this.#ids.clear();
  }

  paint(part) {
    for (const box of part.querySelectorAll("[data-all-of]")) {
      const ids = this.#ids.get(box.dataset.allOf) ?? this.#shown(box);
      const { selected } = this.selection;
      box.checked = ids.length > 0 && selected.size >= ids.length && ids.every((id) => selected.has(id));
    }
  }

  async #select(box) {
    const key = box.dataset.allOf;
    const on = box.checked;
    const ids = ((await this.selection.fetchIds(`?${key}`)) ?? this.#shown(box)).map(String);
    this.#ids.set(key, ids);
    this.selection.set(ids, on);
  }

  /** Return the photos of a day, which is always shown as a whole; nothing for a month, which may not be. */
  #shown(box) {
    const day = box.dataset.allOf.startsWith("day=") ? box.closest(".day") : null;
    return day ? [...day.querySelectorAll("[data-id]")].flatMap(idsOf) : [];
  }
}
