// Sends answers one after the other, so that each applies to the result of the one before.

export class Sender {
  #root;
  #held;
  #received;
  #queue = [];
  #running = false;

  constructor(root, { held, received }) {
    this.#root = root;
    this.#held = held;
    this.#received = received;
    addEventListener("beforeunload", (event) => {
      if (this.busy) event.preventDefault();
    });
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
      const reply = await this.#send(one);
      if (!reply) return; // the page is reloading
      this.#running = this.#queue.length > 0;
      this.#publish();
      this.#received(reply, one.entry ?? null, { waiting: this.#queue.length > 0 });
    }
    this.#running = false;
  }

  async #send(one) {
    for (const pause of [0, 500, 2000]) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        const response = await this.#request(one);
        if (response.redirected || !response.ok) break; // signed out, or an error: reload the page
        return await response.json();
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // a lost connection is retried
      }
    }
    this.#queue.length = 0;
    this.#running = false;
    location.reload();
    return null;
  }

  #request(one) {
    const data = new URLSearchParams();
    for (const key of this.#held()) data.append("held", key);
    if (this.#root.dataset.rest) data.append("rest", "1");
    if (one.kind === "next") return fetch(`${this.#root.dataset.next}?${data}`);
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
    const token = this.#root.querySelector("[name=csrfmiddlewaretoken]").value;
    const address = this.#root.dataset[one.kind];
    return fetch(address, { method: "POST", body: data, headers: { "X-CSRFToken": token } });
  }
}
