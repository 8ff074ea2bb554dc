// What the buttons of the bar do, without leaving the page; what is thrown away can be taken back at once.
import { toast } from "./toast.js";

const IN_PLACE = new Set(["album", "bin", "remove"]);
const GONE = new Set(["bin", "remove"]);

async function send(address, body) {
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.message || gettext("Something went wrong. Try again."));
  return told;
}

/** grid: takes photos out of sight (`takeOut`) and shows them again (`putBack`); both are given ids. */
export function answerInPlace(selection, form, grid) {
  form.addEventListener("submit", async (event) => {
    const act = event.submitter?.dataset.act ?? "album";
    if (!IN_PLACE.has(act)) return;
    event.preventDefault();
    const address = event.submitter?.getAttribute("formaction") || form.action;
    try {
      const told = await send(address, new FormData(form));
      selection.clear();
      say(told, grid);
      const field = form.querySelector("[name=new_album]");
      if (field) field.value = "";
      if (GONE.has(act)) await grid.takeOut(told.ids);
    } catch (error) {
      toast(error.message, { level: "error" });
    }
  });
}

function say({ message, url, undo, proof, ids }, grid) {
  const note = toast(message, { undo, fields: proof ? { proof } : {} });
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = gettext("Open the album");
    note.querySelector("p").append(" ", link);
  }
  note.querySelector("form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const told = await send(undo, new FormData(event.target));
      note.remove();
      await grid.putBack(ids);
      toast(told.message);
    } catch (error) {
      toast(error.message, { level: "error" });
    }
  });
}
