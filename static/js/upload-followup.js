// The outcomes of uploaded files: photos are processed and may turn out to be damaged; zips are unpacked. Polls every
// two seconds while there is something to wait for.
import { SendError, send } from "./send.js";

const BATCH = 100;
const POLL_INTERVAL = 2000;

export class Followup {
  #unread = new Map();
  #polling = false;

  constructor({ outcomes, server, board }) {
    Object.assign(this, { outcomes, server, board });
  }

  // Shows the outcome of an uploaded photo in its row.
  photo(image, item, row) {
    this.#unread.set(image, { item, row });
    this.#later();
  }

  // Waits until the zip is unpacked or refused, and returns the server's answer.
  async zip(url, item) {
    for (;;) {
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_INTERVAL);
      });
      const request = this.server.request("GET", url);
      // After a sign-out it is unpacked anyway.
      const { status, answer } = await request.catch(() => ({ status: 0 }));
      if (!status) return { status: "failed", label: gettext("Check the upload page later.") };
      if (status !== 200) return { status: "failed", label: gettext("The zip no longer exists.") };
      if (answer.status !== "unpacking") return answer;
      const done = answer.received + answer.already_there + answer.refused;
      this.board.show(item, answer.label, answer.files ? done / answer.files : 0);
    }
  }

  #later() {
    if (this.#polling || !this.#unread.size) return;
    this.#polling = true;
    setTimeout(() => this.#poll(), POLL_INTERVAL);
  }

  async #poll() {
    const ids = [...this.#unread.keys()].slice(0, BATCH);
    const query = new URLSearchParams(ids.map((image) => ["image", image]));
    let files = ids.map((image) => ({ image, status: "received" }));
    try {
      files = (await (await send(`${this.outcomes}?${query}`, { quiet: true })).json()).files;
    } catch (error) {
      // The next poll requests them again.
      if (!(error instanceof SendError)) throw error;
    }
    const found = new Map(files.map((file) => [file.image, file]));
    for (const image of ids) {
      const file = found.get(image); // undefined if it was deleted
      const { item, row } = this.#unread.get(image);
      // To the end of the queue, so that waiting photos do not block the others.
      this.#unread.delete(image);
      if (file?.status === "received") this.#unread.set(image, { item, row });
      else if (file) this.#show(item, row, file);
    }
    this.#polling = false;
    this.#later();
  }

  #show(item, row, file) {
    if (file.status === "refused") this.board.count({ received: -1, refused: 1 });
    if (row.isConnected) this.board.change(row, file.status, file.label);
    else if (file.status === "refused") this.board.addEnded(item, file.status, file.label);
  }
}
