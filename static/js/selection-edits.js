// Dialogs that set dates, places, descriptions and tags of the selected photos. They are loaded when the first opens.
import "./completion.js";
import { SendError, send } from "./send.js";
import { followJob, showError, showResult } from "./selection-actions.js";
import { toast } from "./toast.js";

/** grid: `putBack` shows photos in their new places. Returns a function that opens a dialog by its name. */
export function editInDialogs(selection, form, grid) {
  const menu = form.querySelector("[data-edits-url]");
  let loading = null;

  async function open(name) {
    try {
      loading ??= load(menu.dataset.editsUrl);
      await loading;
    } catch (error) {
      loading = null;
      if (!(error instanceof SendError)) throw error;
      toast(error.message, { level: "error" });
      return;
    }
    const dialog = document.getElementById(`edit-${name}`);
    dialog.querySelector("[data-problem]").hidden = true;
    dialog.showModal();
  }

  if (!menu) return () => {};
  menu.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-edit]");
    if (!opener) return;
    menu.closest("details").open = false;
    // A closed dialog returns the focus: not to an action of the closed menu, which cannot have it.
    menu.closest("details").querySelector("summary").focus();
    open(opener.dataset.edit);
  });

  // A click elsewhere and Escape close the menu.
  document.addEventListener("click", (event) => {
    const details = menu.closest("details");
    if (details.open && !details.contains(event.target)) details.open = false;
  });
  menu.closest("details").addEventListener("keydown", (event) => {
    const details = menu.closest("details");
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector("summary").focus();
  });

  async function load(address) {
    const html = await (await send(address)).text();
    document.body.insertAdjacentHTML("beforeend", html);
    for (const edit of document.querySelectorAll("form[data-edits]")) edit.addEventListener("submit", submit);
  }

  async function submit(event) {
    event.preventDefault();
    const edit = event.target;
    const dialog = edit.closest("dialog");
    if (edit.getAttribute("aria-busy") === "true") return;
    edit.setAttribute("aria-busy", "true");
    const body = new FormData(edit, event.submitter);
    body.set("image", [...selection.selected].join(","));
    try {
      const address = edit.getAttribute("action");
      const result = await (await send(address, { method: "POST", body })).json();
      dialog.close();
      edit.reset();
      selection.clear();
      // A date may move photos to other days.
      const moves = edit.dataset.edits === "moves" ? grid : null;
      if (result.job) {
        followJob(result, form, moves).catch(showError);
        return;
      }
      showResult(result, form, moves);
      if (moves) await moves.putBack([]);
    } catch (error) {
      if (!(error instanceof SendError)) throw error;
      const problem = edit.querySelector("[data-problem]");
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      edit.removeAttribute("aria-busy");
    }
  }

  return open;
}
