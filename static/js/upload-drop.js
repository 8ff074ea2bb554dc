// Files that are dropped on any page are uploaded. Otherwise the browser would open them in place of the page.
import { droppedFiles } from "./upload-files.js";

export function dropAnywhere(add) {
  // The page's own pictures can be dragged, too.
  let isOwn = false;
  const cover = document.createElement("div");
  Object.assign(cover, { className: "drop-cover", hidden: true, textContent: gettext("Drop to upload") });
  document.body.append(cover);

  const isUpload = (event) => !isOwn && [...(event.dataTransfer?.types ?? [])].includes("Files")
    // These pages have a field for one picture, which takes a drop anywhere.
    && !document.querySelector("[data-picture]");

  document.addEventListener("dragstart", () => { isOwn = true; });
  document.addEventListener("dragend", () => { isOwn = false; });
  document.addEventListener("dragover", (event) => {
    if (!isUpload(event)) return;
    event.preventDefault();
    cover.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) cover.hidden = true;
  });
  document.addEventListener("drop", async (event) => {
    if (!isUpload(event)) return;
    event.preventDefault();
    cover.hidden = true;
    add(await droppedFiles(event.dataTransfer));
  });
}
