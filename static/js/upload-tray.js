// The uploads in the corner of every other page. It opens the list on the upload page.
import { Uploads } from "./upload-engine.js";

export class Tray {
  lists = false;
  #all = 0;
  #ended = 0;
  #lost = 0;
  #added = 0;
  #notice = "";

  constructor(place, settings) {
    this.place = place;
    this.uploads = new Uploads(settings, this);
    this.text = place.querySelector("[data-tray-text]");
    this.bar = place.querySelector("progress");
    this.note = place.querySelector("[data-tray-notice]");
    this.close = place.querySelector("[data-tray-close]");
    this.photos = place.querySelector("[data-tray-photos]");
    this.close.addEventListener("click", async () => {
      await this.uploads.forget();
      place.hidden = true;
    });
  }

  add(items) {
    this.#all += items.length;
    this.#draw();
  }

  restore(ended, lost) {
    this.#all += ended.length + lost.length;
    this.#lost = lost.length;
    this.#ended = ended.length;
    this.#added = ended.filter((row) => !["refused", "failed", "cancelled"].includes(row.status)).length;
    this.#draw();
  }

  begin() {
    this.#all = this.#ended = this.#lost = this.#added = 0;
  }

  end(item, status) {
    this.#ended += 1;
    if (!["refused", "failed", "cancelled"].includes(status)) this.#added += 1;
    this.#draw();
    return null;
  }

  showNotice(words) {
    this.#notice = words;
    this.#draw();
  }

  showPaused() {}
  start() {}
  show() {}
  sent() {}
  uploaded() {}
  addEnded() {}

  #draw() {
    const number = (count) => count.toLocaleString(document.documentElement.lang);
    const isOver = this.#ended + this.#lost >= this.#all;
    const words = isOver
      ? interpolate(ngettext("%s photo uploaded", "%s photos uploaded", this.#added), [number(this.#added)])
      : interpolate(gettext("Uploading %(number)s of %(total)s"),
        { number: number(Math.min(this.#ended + 1, this.#all)), total: number(this.#all) }, true);
    const others = this.#ended - this.#added;
    const notes = [this.#notice];
    if (this.#lost) {
      const lost = ngettext("%s file was not sent: choose it again.", "%s files were not sent: choose them again.", this.#lost);
      notes.push(interpolate(lost, [number(this.#lost)]));
    }
    if (others) notes.push(interpolate(ngettext("%s not added", "%s not added", others), [number(others)]));
    const note = notes.filter(Boolean).join(" ");
    if (this.text.textContent !== words) this.text.textContent = words;
    if (this.note.textContent !== note) this.note.textContent = note;
    this.bar.max = this.#all;
    this.bar.value = this.#ended;
    this.bar.hidden = isOver;
    this.close.hidden = !isOver;
    this.photos.hidden = !isOver || !this.#added;
    this.place.hidden = this.#all === 0;
  }
}
