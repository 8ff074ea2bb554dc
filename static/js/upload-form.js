// The upload form: dropped, selected, pasted or photographed files, and the list of them.
import { Board } from "./upload-board.js";
import { pastedFiles, selectedFiles } from "./upload-files.js";
import { Uploads } from "./upload-engine.js";

/** Prepare the form and return its uploads. */
export function prepare(form, settings) {
  const board = new Board(form, {
    onCancel: (item) => uploads.queue.cancel(item),
    onAgain: (item) => add([item]),
  });
  const uploads = new Uploads(settings, board);
  const input = form.querySelector("#upload-files");

  form.classList.add("scripted");
  form.querySelector("[data-upload-hint]").textContent =
    gettext("or drop or paste photos, folders or zip files here");
  form.querySelector("[data-upload-ways]").hidden = false;
  input.required = false;

  const inputs = [...form.querySelectorAll("input[type=file]")];
  const take = (one) => {
    add(selectedFiles(one));
    one.value = "";
  };
  for (const one of inputs) one.addEventListener("change", () => take(one));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) add(pastedFiles(event.clipboardData));
  });
  form.querySelector("[data-upload-pause]").addEventListener("click", () => uploads.togglePause());
  form.querySelector("[data-upload-cancel]").addEventListener("click", () => uploads.cancelAll());

  function add(items) {
    const album = form.querySelector("[name=album]")?.value || null;
    for (const item of items) item.album ??= album;
    uploads.add(items);
  }

  async function restore() {
    await uploads.restore();
    // Files that were selected before this script ran.
    for (const one of inputs.filter(({ files }) => files.length)) take(one);
  }

  return { add, restore };
}
