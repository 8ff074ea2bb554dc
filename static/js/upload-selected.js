// Tells the server at once which files were selected: what is not sent can be named, and selected again on any device. The
// server forgets each file with the outcome of its upload.
import { SendError, send } from "./send.js";

const AT_ONCE = 300;

export class Selected {
  constructor({ selected, unselect }) {
    Object.assign(this, { urls: { selected, unselect } });
  }

  async announce(items) {
    this.hide(items);
    for (const album of new Set(items.map((item) => item.album ?? null))) {
      await this.#send(this.urls.selected, items.filter((item) => (item.album ?? null) === album), { album });
    }
  }

  /** The user does not want to send these. */
  forget(items) {
    return this.#send(this.urls.unselect, items, {});
  }

  /** Remove files that this page sends from the list of those that were not sent. */
  hide(items) {
    const section = document.querySelector("[data-upload-selected]");
    if (!section) return;
    const keys = new Set(items.map(({ name, file, size }) => `${file?.size ?? size}/${name}`));
    for (const row of section.querySelectorAll("[data-selected]")) {
      if (keys.has(row.dataset.selected)) row.remove();
    }
    section.hidden = !section.querySelector("[data-selected]");
  }

  async #send(address, items, others) {
    const headers = { "Content-Type": "application/json" };
    for (let at = 0; at < items.length; at += AT_ONCE) {
      const files = items.slice(at, at + AT_ONCE).map(({ name, file, size }) => ({ name, size: file?.size ?? size }));
      try {
        await send(address, { method: "POST", body: JSON.stringify({ files, ...others }), headers, quiet: true });
      } catch (error) {
        // The uploads go on without the list.
        if (!(error instanceof SendError)) throw error;
        return;
      }
    }
  }
}
