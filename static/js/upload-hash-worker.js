// Computes digests in a worker, so that the page stays responsive. In: {id, file}; out: {id, done} as progress,
// then {id, sha256}, or {id, failed} if the file cannot be read.
import { digestOf } from "./upload-hash.js";

addEventListener("message", async ({ data: { id, file } }) => {
  try {
    const sha256 = await digestOf(file, (done) => postMessage({ id, done }));
    postMessage({ id, sha256 });
  } catch (error) {
    postMessage({ id, failed: String(error) });
  }
});
