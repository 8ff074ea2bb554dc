// Sends the selected files, on whichever page is open. A view shows them: the list of the upload page, or the tray.
import { Selected } from "./upload-selected.js";
import { Followup } from "./upload-followup.js";
import { Hasher } from "./upload-hasher.js";
import { Halted, Server } from "./upload-protocol.js";
import { Queue } from "./upload-queue.js";
import { Store } from "./upload-store.js";

const ANNOUNCE_AFTER = 1000;
const LOCK = "trombine-uploads";
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

export class Uploads {
  #sending = new Map();
  #known = new Set();
  #news = null;
  #cancelled = [];
  #elsewhere = false;
  #turn = 0;
  #haltedBySignOut = false;
  #restored = Promise.resolve();

  constructor({ account, begin, outcomes, hashWorker, pieceBytes, selected, unselect }, view) {
    this.view = view;
    this.selected = new Selected({ selected, unselect });
    this.store = new Store(account);
    this.hasher = new Hasher(hashWorker);
    this.server = new Server({
      begin,
      mostBytes: Number(pieceBytes),
      onWaiting: (wait) => {
        const words = gettext("Connection lost. Retrying in %s seconds.");
        view.showNotice(wait ? interpolate(words, [Math.round(wait / 1000)]) : "");
      },
    });
    this.followup = new Followup({ outcomes, server: this.server, board: view });
    this.queue = new Queue({
      work: (item, signal) => this.#work(item, signal),
      onStart: (item) => view.start(item),
      onEnd: (item, answer) => this.#end(item, answer),
      onHalt: ({ message, cause }) => {
        this.#haltedBySignOut = cause === "signed-out";
        view.showNotice(message);
        view.showPaused(true);
      },
      onIdle: () => this.#idle(),
    });
    document.addEventListener("session-renewed", () => {
      if (this.#haltedBySignOut) this.resume();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#elsewhere) this.#take();
    });
    addEventListener("beforeunload", (event) => {
      if (this.queue.busy && this.store.unsaved) event.preventDefault();
    });
  }

  /** Continue the files of earlier pages. */
  restore() {
    this.#restored = this.#restore();
    return this.#restored;
  }

  async #restore() {
    const rows = await this.store.rows();
    const ended = rows.filter((row) => row.status);
    const lost = rows.filter((row) => !row.status && !row.file);
    this.selected.hide(rows);
    if (rows.length) this.view.restore(ended, lost);
    if (rows.some((row) => row.file && !row.status)) await this.#take();
    else if (this.view.lists) await this.store.clear();
  }

  /** Send more files. */
  async add(items) {
    if (!items.length) return;
    // It clears the list of what was seen, which would take new files with it.
    await this.#restored;
    if (!this.queue.busy && !this.queue.paused) {
      await this.store.clear((row) => row.file && !row.status);
      this.view.begin();
    }
    for (const item of items) item.ended = false;
    await this.store.add(items);
    for (const item of items) this.#known.add(item.key);
    this.view.add(items);
    this.#announceFiles(items);
    this.queue.add(items);
    await this.#take();
  }

  /** Forget what has ended, and what must be selected again. */
  forget() {
    return this.store.clear((row) => row.file && !row.status);
  }

  togglePause() {
    if (this.queue.paused) this.resume();
    else this.queue.pause();
    this.view.showPaused(this.queue.paused);
  }

  resume() {
    this.#haltedBySignOut = false;
    this.view.showNotice("");
    this.queue.resume();
    this.view.showPaused(false);
  }

  cancelAll() {
    this.queue.cancelAll();
    if (this.queue.paused) this.resume();
    this.view.showNotice("");
  }

  // One page sends at a time: the one that was opened or shown last takes over.
  async #take() {
    this.#elsewhere = false;
    const rows = (await this.store.rows()).filter((row) => row.file && !row.status && !this.#known.has(row.key));
    for (const row of rows) this.#known.add(row.key);
    if (rows.length) {
      this.view.add(rows);
      this.queue.add(rows);
    }
    if (this.queue.paused && !this.#haltedBySignOut) this.resume();
    // Only over https and on localhost; otherwise two pages may send the same file, which costs time only.
    this.#turn += 1;
    const turn = this.#turn;
    navigator.locks?.request(LOCK, { steal: true }, () => this.#whileBusy()).catch(() => {
      // This page itself may have taken over from its earlier files.
      if (turn !== this.#turn) return;
      this.#elsewhere = true;
      this.queue.pause();
      this.view.showNotice(gettext("The upload continues in another tab."));
    });
  }

  #whileBusy() {
    return new Promise((resolve) => { this.finished = resolve; });
  }

  async #work(item, signal) {
    const { file, name, album } = item;
    // Another page may have sent it meanwhile.
    const row = await this.store.row(item.key);
    if (row?.status) return row;
    if (!item.sha256) {
      this.view.show(item, gettext("checking…"));
      const onProgress = (done) => this.view.show(item, gettext("checking…"), done / file.size);
      item.sha256 = await this.hasher.digest(file, onProgress);
      await this.store.change(item, { sha256: item.sha256 });
    }
    const onSent = (bytes) => {
      const part = file.size ? Math.min(bytes / file.size, 1) : 1;
      this.view.show(item, percent.format(part), part);
      this.view.sent(item, Math.min(bytes, file.size));
    };
    const onBegun = (url) => {
      item.url = url;
      item.begun = true;
      this.store.change(item, { begun: true });
      document.querySelector(`[data-upload-sha256="${item.sha256}"]`)?.remove();
    };
    // The same bytes under two names are sent once; the second file is a duplicate then.
    while (this.#sending.has(item.sha256)) await this.#sending.get(item.sha256).catch(() => {});
    const answer = this.server.send(file, { name, sha256: item.sha256, album, signal, onBegun, onSent });
    this.#sending.set(item.sha256, answer);
    return answer.then((found) => ownOutcome(item, found)).finally(() => this.#sending.delete(item.sha256));
  }

  // Stored before it is shown: the user may leave the page at once.
  async #end(item, answer) {
    item.ended = true;
    await this.#remember(item, answer);
    if (answer.status === "unpacking" && !answer.key) {
      // Uploaded; the next file does not wait for the unpacking.
      this.#announceSoon();
      this.view.uploaded(item, answer.label);
      this.followup.zip(`${this.server.begin}${answer.id}/`, item).then((found) => this.#end(item, found));
      return;
    }
    if (answer.status === "cancelled") {
      // Discard the uploaded part; if this fails, the server discards it after some days.
      if (item.url) this.server.request("DELETE", item.url).catch(onlyHalted);
      this.#cancelledSoon(item);
      this.view.end(item, "cancelled", answer.label, { cancelled: 1 }, !answer.unseen);
      return;
    }
    if (answer.files !== undefined) {
      const { received, already_there, refused } = answer;
      const whole = answer.status === "refused" && !answer.files;
      this.view.end(item, answer.status === "refused" ? "refused" : "added", answer.label,
        whole ? { refused: 1 } : { received, already_there, refused });
      for (const file of answer.refused_files ?? []) {
        this.view.addEnded({ name: `${item.name}/${file.name}` }, file.status, file.label);
      }
    } else {
      const row = this.view.end(item, answer.status, answer.label);
      if (answer.status === "received" && row) this.followup.photo(answer.image, item, row);
    }
    this.#announceSoon();
  }

  #remember(item, { status, label, image }) {
    // A failed file can be sent again from the list.
    const file = status === "failed" ? item.file : null;
    return this.store.change(item, { status, label, image, file }).catch((error) => console.warn(error));
  }

  // The uploads do not wait for the list: those that have ended meanwhile leave it.
  async #announceFiles(items) {
    await this.selected.announce(items);
    const over = items.filter(({ ended }) => ended);
    if (over.length) await this.selected.forget(over);
  }

  // Many are cancelled at once.
  #cancelledSoon(item) {
    if (!this.#cancelled.length) setTimeout(() => this.selected.forget(this.#cancelled.splice(0)));
    this.#cancelled.push(item);
  }

  #idle() {
    this.finished?.();
    this.#announce();
  }

  // The progress line of this page and the progress strip reload.
  #announceSoon() {
    this.#news ??= setTimeout(() => this.#announce(), ANNOUNCE_AFTER);
  }

  #announce() {
    clearTimeout(this.#news);
    this.#news = null;
    document.body.dispatchEvent(new CustomEvent("photos-added"));
  }
}

// A page that was left just before the answer had sent this very file: it is no duplicate of another one.
function ownOutcome(item, found) {
  const isOwn = item.begun && found.status === "already_there";
  return isOwn ? { ...found, status: "received", label: gettext("uploaded") } : found;
}

function onlyHalted(error) {
  if (!(error instanceof Halted)) throw error;
}
