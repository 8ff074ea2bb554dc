// The display of the uploads: counts, a row for each file in progress, and rows for the last finished ones. The
// number of rows is limited, so that thousands of files make no difference.
import { OutcomeCounts, counted } from "./upload-counts.js";

const MAX_DONE = 60;
const MAX_REFUSED = 200;
const REFRESH = 400;

export class Board {
  lists = true;
  #rows = new Map();
  #counts = new OutcomeCounts();
  #left = 0;
  #timer = null;
  #bytes = { all: 0, ended: 0, sent: new Map() };

  constructor(form, { onCancel, onAgain }) {
    const part = (name) => form.querySelector(`[data-upload-${name}]`);
    Object.assign(this, { onCancel, onAgain });
    this.board = part("board");
    this.summary = part("summary");
    this.total = part("total");
    this.active = part("active");
    this.ended = part("ended");
    this.notice = part("notice");
    this.moreRefused = part("more-refused");
    this.pause = part("pause");
    this.tools = form.querySelectorAll(".upload-tools button");
  }

  add(items) {
    this.board.hidden = false;
    this.#left += items.length;
    for (const item of items) this.#bytes.all += item.file.size;
    this.#later();
  }

  begin() {}

  /** Show the files of earlier pages: those that have ended, and those that the browser could not store. */
  restore(ended, lost) {
    this.board.hidden = false;
    for (const row of ended) {
      this.count({ [row.status]: 1 });
      this.#bytes.all += row.size;
      this.#bytes.ended += row.size;
      this.addEnded(row, row.status, row.label);
    }
    for (const row of lost) this.addEnded(row, "refused", gettext("not sent: choose it again"));
  }

  showPaused(isPaused) {
    this.pause.textContent = isPaused ? gettext("Resume") : gettext("Pause");
  }

  start(item) {
    const row = this.#row(item, "active");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", item.name);
    row.append(bar, this.#button(gettext("Cancel"), item, () => this.onCancel(item)));
    this.active.append(row);
    this.#rows.set(item, row);
  }

  // Keeps the row of an uploaded zip until it is unpacked; it can no longer be cancelled.
  uploaded(item, words) {
    this.#rows.get(item)?.querySelector("button")?.remove();
    this.show(item, words, 0);
  }

  // `part`: progress, 0..1.
  show(item, words, part) {
    const row = this.#rows.get(item);
    if (!row) return;
    const state = row.querySelector(".upload-state");
    if (state.textContent !== words) state.textContent = words;
    const bar = row.querySelector("progress");
    if (bar && part !== undefined) bar.value = part;
  }

  sent(item, bytes) {
    this.#bytes.sent.set(item, bytes);
    this.#later();
  }

  // Ends a file. `counts`: the outcomes of a zip; otherwise the file counts as one of its status.
  end(item, status, label, counts = { [status]: 1 }, seen = true) {
    this.#rows.get(item)?.remove();
    this.#rows.delete(item);
    this.#bytes.sent.delete(item);
    this.#bytes.ended += item.file.size;
    this.#left -= 1;
    this.count(counts);
    return seen ? this.addEnded(item, status, label) : null;
  }

  count(counts) {
    this.#counts.add(counts);
    this.#later();
  }

  // Adds a row to the finished ones.
  addEnded(item, status, label) {
    const row = this.#row(item, status);
    this.change(row, status, label);
    if (status === "failed" && item.file) {
      row.append(this.#button(gettext("Try again"), item, () => {
        row.remove();
        this.#counts.add({ failed: -1 });
        this.#bytes.ended -= item.file.size;
        this.#bytes.all -= item.file.size;
        this.onAgain(item);
      }));
    }
    this.ended.prepend(row);
    this.#shorten();
    return row;
  }

  change(row, status, label) {
    row.className = `upload-item ${status}`;
    row.querySelector(".upload-state").textContent = label;
  }

  showNotice(words) {
    this.notice.hidden = !words;
    if (this.notice.textContent !== words) this.notice.textContent = words;
  }

  #row(item, status) {
    const row = document.createElement("li");
    row.className = `upload-item ${status}`;
    const name = document.createElement("span");
    name.className = "upload-name";
    name.textContent = item.name;
    const state = document.createElement("span");
    state.className = "upload-state";
    row.append(name, state);
    return row;
  }

  #button(words, item, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "upload-button";
    button.textContent = words;
    button.setAttribute("aria-label", `${words}: ${item.name}`);
    button.addEventListener("click", act);
    return button;
  }

  // The oldest rows are removed first; files that were not added stay longer, since people look for them.
  #shorten() {
    const good = this.ended.querySelectorAll(":scope > :not(.refused, .failed)");
    for (const row of [...good].slice(MAX_DONE)) row.remove();
    const bad = this.ended.querySelectorAll(":scope > .refused");
    for (const row of [...bad].slice(MAX_REFUSED)) row.remove();
    if (bad.length > MAX_REFUSED) this.moreRefused.hidden = false;
  }

  #later() {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#draw();
    }, REFRESH);
  }

  #draw() {
    const parts = this.#counts.phrases();
    if (this.#left) parts.push(counted((n) => ngettext("%s remaining", "%s remaining", n), this.#left));
    const line = parts.join(", ");
    if (this.summary.textContent !== line) this.summary.textContent = line;
    const sent = [...this.#bytes.sent.values()].reduce((sum, bytes) => sum + bytes, this.#bytes.ended);
    this.total.value = this.#bytes.all ? sent / this.#bytes.all : 1;
    this.total.hidden = !this.#left;
    for (const tool of this.tools) tool.hidden = !this.#left;
  }
}
