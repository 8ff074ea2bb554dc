// Naming in the grid: Enter saves, and the next group without a name is ready. A name that somebody has
// already opens a dialog with both faces.

const dialog = document.getElementById("dialog");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".name-it")) return;
  // At once, not when the answer has come: whoever names twenty groups goes on typing.
  nextField(form)?.focus();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "dialog-content") return;
  const heading = event.detail.target.querySelector("#dialog-title");
  if (!heading) return;
  dialog.showModal();
  // Not on a button: an Enter that was meant for the next name must not merge two people.
  heading.focus();
});

// An answer that was given in the dialog closes it; what it was about is drawn anew by htmx. What else comes
// meanwhile, as the progress of the work does every other second, leaves it open.
document.addEventListener("htmx:beforeSwap", (event) => {
  const asked = event.detail.requestConfig.elt;
  if (event.detail.target.id !== "dialog-content" && dialog?.contains(asked)) closeDialog();
});
dialog?.addEventListener("close", () => {
  const waiting = document.querySelector(".name-it input[name=name]:placeholder-shown");
  if (document.activeElement === document.body) waiting?.focus();
});

// The card of somebody who has more photos now.
document.addEventListener("person-changed", (event) => {
  const card = document.getElementById(`person-${event.detail.id}`);
  if (card) htmx.ajax("GET", `/people/${event.detail.id}/card/`, { target: card, swap: "outerHTML" });
});

// Renaming on a person's own page: the page itself comes again, unless there is something to ask.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig.elt;
  if (!form.matches("[data-rename]") || event.detail.xhr.getResponseHeader("HX-Retarget")) return;
  event.detail.shouldSwap = false;
  location.reload();
});

function nextField(form) {
  const fields = [...document.querySelectorAll(".name-it input[name=name]")];
  const here = fields.indexOf(form.querySelector("input[name=name]"));
  return fields.slice(here + 1).find((field) => !field.value) ?? null;
}

function closeDialog() {
  if (dialog?.open) dialog.close();
}
