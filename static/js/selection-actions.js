// What the buttons of the bar do, without leaving the page; what is thrown away can be taken back at once.
import { toast } from "./toast.js";

const IN_PLACE = new Set(["album", "bin"]);

async function send(address, body) {
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.message || gettext("This did not work. Try again."));
  return told;
}

/** refresh: shows the photos as they are now. */
export function answerInPlace(selection, form, refresh) {
  form.addEventListener("submit", async (event) => {
    const act = event.submitter?.dataset.act ?? "album";
    if (!IN_PLACE.has(act)) return;
    event.preventDefault();
    const address = event.submitter?.getAttribute("formaction") || form.action;
    try {
      const told = await send(address, new FormData(form));
      if (act === "bin") takeOut(form, told.ids);
      selection.clear();
      say(told, form, refresh);
      form.querySelector("[name=new_album]").value = "";
      if (act === "bin") await refresh();
    } catch (error) {
      toast(error.message, { level: "error" });
    }
  });
}

/** At once, before the server has said what the page is like now. */
function takeOut(form, ids) {
  const gone = new Set(ids.map(String));
  for (const tile of form.querySelectorAll("[data-id]")) if (gone.has(tile.dataset.id)) tile.remove();
}

function say({ message, url, undo }, form, refresh) {
  const note = toast(message, { undo });
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
      await refresh();
      toast(told.message);
    } catch (error) {
      toast(error.message, { level: "error" });
    }
  });
}
