// Digests of files, computed in a worker; in the page itself where the browser has no such workers.
import { digestOf } from "./upload-hash.js";

export class Hasher {
  #worker = null;
  #asked = new Map();
  #next = 0;

  constructor(workerUrl) {
    if (!workerUrl || !globalThis.Worker) return;
    this.#worker = new Worker(workerUrl, { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#hear(data));
    // An old browser without modules in workers: what was asked for is computed here.
    this.#worker.addEventListener("error", () => {
      this.#worker = null;
      for (const { file, onProgress, resolve, reject } of this.#asked.values()) {
        digestOf(file, onProgress).then(resolve, reject);
      }
      this.#asked.clear();
    });
  }

  digest(file, onProgress) {
    if (!this.#worker) return digestOf(file, onProgress);
    return new Promise((resolve, reject) => {
      this.#next += 1;
      this.#asked.set(this.#next, { file, onProgress, resolve, reject });
      this.#worker.postMessage({ id: this.#next, file });
    });
  }

  #hear({ id, done, sha256, failed }) {
    const asked = this.#asked.get(id);
    if (!asked) return;
    if (done !== undefined) {
      asked.onProgress(done);
      return;
    }
    this.#asked.delete(id);
    if (failed === undefined) asked.resolve(sha256);
    else asked.reject(new Error(failed));
  }
}
