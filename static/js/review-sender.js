// Sends answers one after the other, so that each applies to the result of the one before.
import { SendError, send } from "./send.js";

// Milliseconds before a request is repeated without asking.
const PAUSES = [500, 2000];

export class Sender {
  #root;
  #held;
  #received;
  #failed;
  #queue = [];
  #running = false;
  #sent = null;

  constructor(root, { held, received, failed }) {
    this.#root = root;
    this.#held = held;
    this.#received = received;
    this.#failed = failed;
    addEventListener("beforeunload", (event) => {
      if (this.#unsaved) event.preventDefault();
    });
  }

  // Whether leaving the page would lose an answer. Fetching the next questions loses none.
  get #unsaved() {
    return [this.#sent, ...this.#queue].some((one) => one && one.kind !== "next");
  }

  get busy() {
    return this.#running || this.#queue.length > 0;
  }

  // The keys of questions with unsent answers.
  get keys() {
    return this.#queue.map((one) => one.key).filter(Boolean);
  }

  fetchNext() {
    this.#add({ kind: "next" });
  }

  answer(key, answer, entry, marked) {
    this.#add({ kind: "answer", key, answer, entry, marked });
  }

  name(form, entry) {
    const merge = form.querySelector("button[name=merge]") ? "1" : "";
    this.#add({ kind: "name", person: form.elements.person.value, name: form.elements.name.value, merge, entry });
  }

  undo(entry) {
    this.#add({ kind: "undo", entry });
  }

  #add(one) {
    this.#queue.push(one);
    this.#publish();
    if (!this.#running) this.#run();
  }

  // The number of unsent requests, for tests.
  #publish() {
    this.#root.dataset.sending = this.#queue.length + Number(this.#running);
  }

  async #run() {
    this.#running = true;
    while (this.#queue.length) {
      const one = this.#queue.shift();
      this.#sent = one;
      let reply;
      try {
        reply = await (await this.#request(one)).json();
      } catch (error) {
        if (!(error instanceof SendError)) throw error;
        this.#queue.unshift(one);
        this.#sent = null;
        this.#stopped(error);
        return;
      }
      this.#sent = null;
      this.#running = this.#queue.length > 0;
      this.#publish();
      this.#received(reply, one.entry ?? null, { waiting: this.#queue.length > 0 });
    }
    this.#running = false;
  }

  // The user has declined to sign in or to try again: the answers stay, and are sent with the next one. After any
  // other error the page is out of date.
  #stopped(error) {
    this.#running = false;
    if (error.kind !== "signed-out" && error.kind !== "offline") {
      this.#queue.length = 0;
      location.reload();
      return;
    }
    this.#publish();
    this.#failed(error, this.#queue.filter((one) => one.kind === "answer").length);
  }

  #request(one) {
    const data = new URLSearchParams();
    for (const key of this.#held()) data.append("held", key);
    if (this.#root.dataset.rest) data.append("rest", "1");
    if (one.kind === "next") return send(`${this.#root.dataset.next}?${data}`, { pauses: PAUSES });
    if (one.kind === "answer") {
      data.append("key", one.key);
      data.append("answer", one.answer);
      for (const face of one.marked) data.append("face", face);
    } else if (one.kind === "name") {
      for (const field of ["person", "name", "merge"]) data.append(field, one[field]);
    } else if (one.entry.change) {
      data.append("change", one.entry.change);
    } else if (one.entry.skipped) {
      data.append("key", one.entry.node.dataset.question);
    }
    const address = this.#root.dataset[one.kind];
    return send(address, { method: "POST", body: data, pauses: PAUSES });
  }
}
