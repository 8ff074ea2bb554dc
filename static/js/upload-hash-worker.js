// Computes digests beside the page, so that the page stays smooth. In: {id, file}; out: {id, done} while it
// goes on, then {id, sha256}, or {id, failed} when the file cannot be read.
import { digestOf } from "./upload-hash.js";

addEventListener("message", async ({ data: { id, file } }) => {
  try {
    const sha256 = await digestOf(file, (done) => postMessage({ id, done }));
    postMessage({ id, sha256 });
  } catch (error) {
    postMessage({ id, failed: String(error) });
  }
});
