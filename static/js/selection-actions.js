// The actions of the selection bar, without leaving the page; deletions can be undone at once.
import { showHearts } from "./favourites.js";
import { SendError, send } from "./send.js";
import { toast } from "./toast.js";

const IN_PLACE = new Set(["album", "bin", "remove", "mark", "unmark", "turn"]);
const REMOVING = new Set(["bin", "remove", "unmark"]);

const post = async (address, body) => (await send(address, { method: "POST", body })).json();

export function showError(error) {
  if (!(error instanceof SendError)) throw error;
  toast(error.message, { level: "error" });
}

/** Open the menu of a bar where there is room for it: below a bar that is high on the page. */
function menuFits(menu) {
  const list = menu.querySelector(".menu-list");
  const button = menu.querySelector("summary").getBoundingClientRect();
  const tabs = document.querySelector(".tabs")?.getBoundingClientRect();
  const top = document.querySelector(".header")?.getBoundingClientRect().bottom ?? 0;
  const above = button.top - top;
  const below = (tabs && tabs.top > button.bottom ? tabs.top : innerHeight) - button.bottom;
  menu.classList.toggle("opens-below", above < list.scrollHeight + 16 && below > above);
  list.style.maxHeight = `${Math.max(above, below) - 16}px`;
}

/** grid: `takeOut` hides photos and `putBack` shows them again; both take ids. `refreshed` asks which are there. */
export function answerInPlace(selection, form, grid) {
  const menu = form.querySelector(".selection-more");
  menu?.addEventListener("toggle", () => menu.open && menuFits(menu));
  form.addEventListener("submit", async (event) => {
    const act = event.submitter?.dataset.act ?? "album";
    if (!IN_PLACE.has(act)) return;
    event.preventDefault();
    const address = event.submitter?.getAttribute("formaction") || form.action;
    try {
      const result = await post(address, new FormData(form, event.submitter));
      selection.clear();
      menu?.removeAttribute("open");
      if (result.job) {
        await followJob(result, form, grid);
        return;
      }
      showResult(result, form, REMOVING.has(act) && grid);
      const field = form.querySelector("[name=new_album]");
      if (field) field.value = "";
      if (REMOVING.has(act)) await grid.takeOut(result.ids);
    } catch (error) {
      showError(error);
    }
  });
}

/** Show the progress of a job that changes photos, and then the photos as they are; `grid` as for `showResult`. */
export async function followJob({ message, job }, form, grid) {
  const note = toast(message);
  const alive = setInterval(() => note.isConnected || document.getElementById("toasts")?.append(note), 1000);
  try {
    for (;;) {
      await new Promise((resolve) => { setTimeout(resolve, 700); });
      const state = await (await send(job)).json();
      note.querySelector("p").textContent = state.message;
      if (state.unfinished) continue;
      if (state.turned) await grid.turned();
      else if (grid) await grid.refreshed();
      showResult(state, form, grid);
      return;
    }
  } finally {
    clearInterval(alive);
    note.remove();
  }
}

/** grid: the one that the photos left; false if they are still shown. */
export function showResult(result, form, grid) {
  const { message, url, undo, proof, ids } = result;
  showHearts(form, result);
  const note = toast(message, { undo, fields: proof ? { proof } : {} });
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = gettext("Open album");
    note.querySelector("p").append(" ", link);
  }
  note.querySelector("form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const result = await post(undo, new FormData(event.target));
      note.remove();
      if (result.job) {
        await followJob(result, form, grid);
        return;
      }
      showHearts(form, result);
      if (grid) await grid.putBack(ids ?? []);
      toast(result.message);
    } catch (error) {
      showError(error);
    }
  });
}
