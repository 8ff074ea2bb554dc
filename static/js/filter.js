// Shows only the entries of a list that contain the typed text: <input data-filters="id of the list">.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

for (const input of document.querySelectorAll("[data-filters]")) {
  const entries = [...document.getElementById(input.dataset.filters).children]
    .map((entry) => ({ entry, text: plain(entry.textContent) }));
  const box = input.closest("[data-filter]");
  box.hidden = entries.length < 12;
  input.addEventListener("input", () => {
    const query = plain(input.value.trim());
    let found = 0;
    for (const { entry, text } of entries) {
      const matches = text.includes(query) || entry.querySelector(":checked") !== null;
      entry.hidden = !matches;
      found += matches ? 1 : 0;
    }
    box.querySelector("[data-filter-status]").textContent =
      interpolate(ngettext("%s person", "%s people", found), [found.toLocaleString(document.documentElement.lang)]);
  });
  // Enter must not send the form.
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
