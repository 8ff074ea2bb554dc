// Selecting many faces or people: shift selects a range, and the bar shows the count.

let last = null;

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.(".tick input[type=checkbox]")) return;
  const all = [...document.querySelectorAll(`.tick input[name="${box.name}"]`)];
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
  count();
});
document.addEventListener("reset", () => setTimeout(count));
document.addEventListener("htmx:afterSwap", count);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.target.matches("input:not([type=checkbox])")) return;
  for (const one of document.querySelectorAll(".tick input:checked")) one.checked = false;
  count();
});

function count() {
  const selected = document.querySelectorAll(".tick input:checked").length;
  for (const place of document.querySelectorAll("[data-picked]")) {
    place.textContent = selected ? interpolate(ngettext("%s selected", "%s selected", selected), [selected.toLocaleString(document.documentElement.lang)]) : "";
  }
}
