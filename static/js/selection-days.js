// Days and months of the timeline that are chosen as a whole, by the tick beside their name.

export class DayTicks {
  #ids = new Map(); // of what was ticked here: its photos, also those that are not in the page

  constructor(selection, timeline) {
    this.selection = selection;
    selection.onPaint = (part) => this.paint(part);
    timeline.addEventListener("change", ({ target }) => {
      if (target.matches("[data-all-of]")) this.#choose(target);
    });
  }

  /** What a day has may be other photos now. */
  forget() {
    this.#ids.clear();
  }

  paint(part) {
    for (const box of part.querySelectorAll("[data-all-of]")) {
      const ids = this.#ids.get(box.dataset.allOf) ?? this.#shown(box);
      const { chosen } = this.selection;
      box.checked = ids.length > 0 && chosen.size >= ids.length && ids.every((id) => chosen.has(id));
    }
  }

  async #choose(box) {
    const key = box.dataset.allOf;
    const on = box.checked;
    const ids = ((await this.selection.ask(`?${key}`)) ?? this.#shown(box)).map(String);
    this.#ids.set(key, ids);
    this.selection.set(ids, on);
  }

  /** The photos of a day that are in its part of the page. Of a month never all can be known to be there. */
  #shown(box) {
    const day = box.closest(".day");
    return day ? [...day.querySelectorAll("[data-id]")].map((tile) => tile.dataset.id) : [];
  }
}
