// What becomes of files after they were received: photos are read, and one may turn out to be damaged; zips are
// unpacked. Asked for every two seconds, and only while there is something to wait for.
const ASKED_AT_ONCE = 100;
const AGAIN_AFTER = 2000;

export class Followup {
  #unread = new Map();
  #asking = false;

  constructor({ outcomes, server, board }) {
    Object.assign(this, { outcomes, server, board });
  }

  // The photo with this number was received; its row says what comes of it.
  photo(image, item, row) {
    this.#unread.set(image, { item, row });
    this.#later();
  }

  // Until the zip is unpacked, or refused as a whole: what the server says of it then.
  async zip(url, item) {
    for (;;) {
      await new Promise((resolve) => {
        setTimeout(resolve, AGAIN_AFTER);
      });
      const asked = this.server.ask("GET", url);
      // Signed out meanwhile: it is unpacked all the same.
      const { status, answer } = await asked.catch(() => ({ status: 0 }));
      if (!status) return { status: "failed", label: gettext("Check the upload page later.") };
      if (status !== 200) return { status: "failed", label: gettext("The zip no longer exists.") };
      if (answer.status !== "unpacking") return answer;
      const done = answer.received + answer.already_there + answer.refused;
      this.board.show(item, answer.label, answer.files ? done / answer.files : 0);
    }
  }

  #later() {
    if (this.#asking || !this.#unread.size) return;
    this.#asking = true;
    setTimeout(() => this.#ask(), AGAIN_AFTER);
  }

  async #ask() {
    const asked = [...this.#unread.keys()].slice(0, ASKED_AT_ONCE);
    const query = new URLSearchParams(asked.map((image) => ["image", image]));
    const headers = { Accept: "application/json" };
    const answer = await fetch(`${this.outcomes}?${query}`, { headers }).catch(() => null);
    // Signed out: what is refused is on its own page in any case.
    if (answer?.redirected) return;
    const files = answer?.ok ? (await answer.json()).files : asked.map((image) => ({ image, status: "received" }));
    const found = new Map(files.map((file) => [file.image, file]));
    for (const image of asked) {
      const file = found.get(image); // none: it was deleted meanwhile
      const { item, row } = this.#unread.get(image);
      // To the end of the line, so that no hundred that wait keep the others from being asked for.
      this.#unread.delete(image);
      if (file?.status === "received") this.#unread.set(image, { item, row });
      else if (file) this.#tell(item, row, file);
    }
    this.#asking = false;
    this.#later();
  }

  #tell(item, row, file) {
    if (file.status === "refused") this.board.count({ received: -1, refused: 1 });
    if (row.isConnected) this.board.change(row, file.status, file.label);
    else if (file.status === "refused") this.board.tell(item, file.status, file.label);
  }
}
