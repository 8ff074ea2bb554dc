// Naming in the grid: Enter saves and moves to the next unnamed group. A name that is already in use opens a
// dialog with both faces.

const dialog = document.getElementById("dialog");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".name-it")) return;
  // At once, before the answer: naming many groups in a row must not wait.
  nextField(form)?.focus();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "dialog-content") return;
  const heading = event.detail.target.querySelector("#dialog-title");
  if (!heading) return;
  dialog.showModal();
  // Not on a button: an Enter for the next name must not merge two people.
  heading.focus();
});

// The answer to the dialog's form closes it, and htmx replaces the card. Other responses, such as the progress
// strip, leave it open.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig.elt;
  if (event.detail.isError) return;
  if (event.detail.target.id !== "dialog-content" && dialog?.contains(form)) closeDialog();
});
dialog?.addEventListener("close", () => {
  const field = document.querySelector(".name-it input[name=name]:placeholder-shown");
  if (document.activeElement === document.body) field?.focus();
});

// Reloads the card of a person whose photos have changed.
document.addEventListener("person-changed", (event) => {
  const card = document.getElementById(`person-${event.detail.id}`);
  if (card) htmx.ajax("GET", card.dataset.card, { target: card, swap: "outerHTML" });
});

function nextField(form) {
  const fields = [...document.querySelectorAll(".name-it input[name=name]")];
  const here = fields.indexOf(form.querySelector("input[name=name]"));
  return fields.slice(here + 1).find((field) => !field.value) ?? null;
}

function closeDialog() {
  if (dialog?.open) dialog.close();
}
