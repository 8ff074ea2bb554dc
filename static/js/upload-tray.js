// The uploads in the corner of every other page. It opens the list on the upload page.
import { OutcomeCounts, counted } from "./upload-counts.js";
import { Uploads } from "./upload-engine.js";

// Outcomes after which the photo is in the library.
const STORED = ["received", "already_there", "restored"];

function overWords(received) {
  if (!received) return gettext("No new photos");
  return counted((n) => ngettext("%s photo uploaded", "%s photos uploaded", n), received);
}

export class Tray {
  lists = false;
  #all = 0;
  #ended = 0;
  #lost = 0;
  #counts = new OutcomeCounts();
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
    for (const row of ended) this.#counts.add({ [row.status]: 1 });
    this.#draw();
  }

  begin() {
    this.#all = this.#ended = this.#lost = 0;
    this.#counts = new OutcomeCounts();
  }

  end(item, status, label, counts = { [status]: 1 }) {
    this.#ended += 1;
    this.#counts.add(counts);
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
    const received = this.#counts.of("received");
    const words = isOver ? overWords(received) : interpolate(gettext("Uploading %(number)s of %(total)s"),
        { number: number(Math.min(this.#ended + 1, this.#all)), total: number(this.#all) }, true);
    const notes = [this.#notice];
    if (this.#lost) {
      const lost = (n) => ngettext("%s file was not sent: choose it again.", "%s files were not sent: choose them again.", n);
      notes.push(counted(lost, this.#lost));
    }
    notes.push(this.#counts.phrases("received").join(", "));
    const note = notes.filter(Boolean).join(" ");
    if (this.text.textContent !== words) this.text.textContent = words;
    if (this.note.textContent !== note) this.note.textContent = note;
    this.bar.max = this.#all;
    this.bar.value = this.#ended;
    this.bar.hidden = isOver;
    this.close.hidden = !isOver;
    this.photos.hidden = !isOver || !STORED.some((status) => this.#counts.of(status));
    this.place.hidden = this.#all === 0;
  }
}
