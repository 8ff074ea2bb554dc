// Hands the photo to the system's own dialog for sharing, where the browser has one: a copy without metadata.
import { send } from "./send.js";
import { showProblem } from "./viewer-move.js";

const sample = () => new File([""], "photo.jpg", { type: "image/jpeg" });

export const SHARES = Boolean(navigator.canShare?.({ files: [sample()] }));

export async function share(button) {
  let answer;
  try {
    answer = await send(button.dataset.file, { accept: "image/*" });
  } catch (error) {
    showProblem(error);
    return;
  }
  const name = `${button.dataset.name.replace(/\.[^.]*$/, "")}.jpg`;
  const file = new File([await answer.blob()], name, { type: "image/jpeg" });
  try {
    await navigator.share({ files: [file] });
  } catch (error) {
    // Closed without sharing, or the press is too long ago.
    if (!["AbortError", "NotAllowedError"].includes(error.name)) throw error;
  }
}
