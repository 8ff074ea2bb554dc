// Computes digests in a worker, or in the page if the browser has no module workers.
import { digestOf } from "./upload-hash.js";

export class Hasher {
  #worker = null;
  #pending = new Map();
  #next = 0;

  constructor(workerUrl) {
    if (!workerUrl || !globalThis.Worker) return;
    this.#worker = new Worker(workerUrl, { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#receive(data));
    // An old browser without module workers: compute the pending digests here.
    this.#worker.addEventListener("error", () => {
      this.#worker = null;
      for (const { file, onProgress, resolve, reject } of this.#pending.values()) {
        digestOf(file, onProgress).then(resolve, reject);
      }
      this.#pending.clear();
    });
  }

  digest(file, onProgress) {
    if (!this.#worker) return digestOf(file, onProgress);
    return new Promise((resolve, reject) => {
      this.#next += 1;
      this.#pending.set(this.#next, { file, onProgress, resolve, reject });
      this.#worker.postMessage({ id: this.#next, file });
    });
  }

  #receive({ id, done, sha256, failed }) {
    const request = this.#pending.get(id);
    if (!request) return;
    if (done !== undefined) {
      request.onProgress(done);
      return;
    }
    this.#pending.delete(id);
    if (failed === undefined) request.resolve(sha256);
    else request.reject(new Error(failed));
  }
}
