// A queue of files, of which three at a time are sent. It can be paused, and single files can be cancelled.
import { Aborted, Halted } from "./upload-protocol.js";

const AT_ONCE = 3;

export class Queue {
  #waiting = [];
  #running = new Map();
  #paused = null;

  // `work(item, {signal})` sends one file; `onEnd(item, answer)` gets its outcome.
  constructor({ work, onStart, onEnd, onHalt, onIdle }) {
    Object.assign(this, { work, onStart, onEnd, onHalt, onIdle });
  }

  get busy() {
    return this.#running.size > 0 || this.#waiting.length > 0;
  }

  get paused() {
    return this.#paused !== null;
  }

  add(items) {
    for (const item of items) this.#waiting.push(item);
    this.#next();
  }

  // Stops the running uploads; `resume` continues them.
  pause() {
    if (this.#paused) return;
    this.#paused = [...this.#running.keys()];
    for (const controller of this.#running.values()) controller.abort("paused");
  }

  resume() {
    const again = this.#paused ?? [];
    this.#paused = null;
    for (const item of again) this.#run(item);
    this.#next();
  }

  cancel(item) {
    const controller = this.#running.get(item);
    if (this.#paused?.includes(item)) {
      this.#paused = this.#paused.filter((other) => other !== item);
      this.#cancelled(item);
    } else if (controller) controller.abort("cancelled");
  }

  cancelAll() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const item of waiting) this.onEnd(item, { status: "cancelled", label: gettext("cancelled"), unseen: true });
    for (const item of [...(this.#paused ?? []), ...this.#running.keys()]) this.cancel(item);
    this.#next();
  }

  #next() {
    while (!this.#paused && this.#running.size < AT_ONCE && this.#waiting.length) {
      const item = this.#waiting.shift();
      this.onStart(item);
      this.#run(item);
    }
    if (!this.busy && !this.#paused?.length) this.onIdle();
  }

  async #run(item) {
    const controller = new AbortController();
    this.#running.set(item, controller);
    try {
      const answer = await this.work(item, controller.signal);
      this.#release(item, controller);
      if (this.#paused) this.#paused = this.#paused.filter((other) => other !== item);
      this.onEnd(item, answer);
    } catch (error) {
      this.#release(item, controller);
      if (error instanceof Aborted) {
        if (controller.signal.reason === "cancelled") this.#cancelled(item);
      } else if (error instanceof Halted) {
        this.pause();
        if (!this.#paused.includes(item)) this.#paused.push(item);
        this.onHalt(error);
      } else {
        // The file was moved, changed or locked after it was selected; or this script has an error, which is logged.
        console.warn(error);
        const label = gettext("The file can no longer be read. Choose it again.");
        this.onEnd(item, { status: "refused", label });
      }
    }
    this.#next();
  }

  // After a pause and an immediate resume, it may be running again.
  #release(item, controller) {
    if (this.#running.get(item) === controller) this.#running.delete(item);
  }

  #cancelled(item) {
    this.onEnd(item, { status: "cancelled", label: gettext("cancelled") });
    this.#next();
  }
}
