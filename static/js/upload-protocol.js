// Sends one file in chunks and survives lost connections. See albums/views/resumable_uploads.py.
import { csrfToken } from "./csrf.js";
import { mentionSignedOut, sessionRenew } from "./session.js";

const LEAST_PIECE = 256 * 1024;
const FIRST_PIECE = 2 * 1024 * 1024;
// The target duration of a chunk: a lost connection costs no more than that.
const SECONDS_A_PIECE = 4;
const LONGEST_WAIT = 30_000;

// Nothing can be sent, and a retry does not help: the user must act first.
export class Halted extends Error {
  constructor(message, cause = "") {
    super(message, { cause });
  }
}
// The user stopped this file or all of them.
export class Aborted extends Error {}

export class Server {
  #piece = FIRST_PIECE;
  #wake = () => {};

  constructor({ begin, mostBytes, onWaiting }) {
    Object.assign(this, { begin, mostBytes, onWaiting });
    window.addEventListener("online", () => this.#wake());
  }

  // Sends a file and returns the server's answer; `onSent` gets the number of bytes that have arrived.
  async send(file, { name, sha256, album, signal, onBegun, onSent }) {
    for (let damaged = 0; ; ) {
      const given = JSON.stringify({ name, size: file.size, sha256, album });
      const begun = await this.#persist("POST", this.begin, { body: given, json: true, signal });
      if (begun.status !== 200 || begun.answer.status !== "go_on") return this.#end(begun);
      onBegun(`${this.begin}${begun.answer.id}/`);
      const end = await this.#pieces(file, begun.answer, { signal, onSent });
      // Discarded, or uploaded by another tab: start again.
      if (end.status === 404) continue;
      if (end.status === 422 && !damaged) {
        damaged += 1;
        continue;
      }
      return this.#end(end);
    }
  }

  // Sends one request, and retries while the connection or the server is unavailable.
  async request(method, url, options = {}) {
    return this.#persist(method, url, options);
  }

  async #pieces(file, { id, offset }, { signal, onSent }) {
    for (;;) {
      const piece = await file.slice(offset, offset + this.#piece).arrayBuffer();
      const began = performance.now();
      const onProgress = (sent) => onSent(offset + sent);
      const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
      const sent = await this.#persist("PATCH", `${this.begin}${id}/`, {
        body: piece, headers, signal, onProgress,
      });
      if (sent.status === 413 && this.#piece > LEAST_PIECE) {
        // A proxy accepts less at once.
        this.mostBytes = Math.max(this.#piece / 4, LEAST_PIECE);
        this.#piece = this.mostBytes;
        continue;
      }
      if (sent.status !== 409 && (sent.status !== 200 || sent.answer.status !== "go_on")) return sent;
      if (sent.status === 200) this.#adapt(piece.byteLength, performance.now() - began);
      offset = sent.answer.offset;
      onSent(offset);
    }
  }

  #adapt(bytes, milliseconds) {
    const target = (bytes / Math.max(milliseconds, 1)) * 1000 * SECONDS_A_PIECE;
    this.#piece = Math.round(Math.min(Math.max(target, LEAST_PIECE), this.mostBytes));
  }

  #end({ status, answer }) {
    const reason = reasonOf({ answer });
    // Other files do not fit either: the queue stops until there is space, and then continues with this file.
    if (answer?.code === "quota_exceeded") throw new Halted(reason || answer.label);
    if (status === 200 || status === 422) return answer;
    return { status: "failed", label: reason || gettext("The server did not accept the file.") };
  }

  async #persist(method, url, options) {
    let renewed = false;
    for (let wait = 1000; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      const found = await this.#request(method, url, options);
      if (found.status === 401) {
        mentionSignedOut();
        throw new Halted(gettext("You are signed out. The upload continues after you have signed in."), "signed-out");
      }
      // A new sign-in in another tab invalidates the token of this page.
      if (found.status === 403 && !renewed && (await sessionRenew())) {
        renewed = true;
        continue;
      }
      if (found.status === 403) throw new Halted(reasonOf(found) || gettext("This page is out of date. Reload it, then choose the same files again."));
      if (found.status && found.status !== 408 && (found.status < 500 || found.status === 507)) {
        this.onWaiting(0);
        return found;
      }
      this.onWaiting(wait);
      await this.#sleep(wait, options.signal);
    }
  }

  #sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = resolve;
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(new Aborted());
      }, { once: true });
    });
  }

  // XMLHttpRequest, because fetch does not report upload progress.
  #request(method, url, { body = null, json = false, headers = {}, signal, onProgress }) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(new Aborted());
        return;
      }
      const request = new XMLHttpRequest();
      const abort = () => request.abort();
      request.open(method, url);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", csrfToken());
      if (json) request.setRequestHeader("Content-Type", "application/json");
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      if (onProgress) request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
      request.addEventListener("loadend", () => {
        signal?.removeEventListener("abort", abort);
        if (signal?.aborted) reject(new Aborted());
        else resolve({ status: request.status, answer: parsed(request.responseText) });
      });
      signal?.addEventListener("abort", abort, { once: true });
      request.send(body);
    });
  }
}

function reasonOf({ answer }) {
  // An expired form is explained better by what to do here.
  if (answer?.code === "form_expired") return "";
  return Object.values(answer?.errors ?? {}).flat().join(" ");
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
