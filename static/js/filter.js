// Shows of a list only the entries with what is typed in them: <input data-filters="id of the list">.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

for (const input of document.querySelectorAll("[data-filters]")) {
  const entries = [...document.getElementById(input.dataset.filters).children]
    .map((entry) => ({ entry, text: plain(entry.textContent) }));
  const box = input.closest("[data-filter]");
  box.hidden = entries.length < 12;
  input.addEventListener("input", () => {
    const wanted = plain(input.value.trim());
    let found = 0;
    for (const { entry, text } of entries) {
      const fits = text.includes(wanted) || entry.querySelector(":checked") !== null;
      entry.hidden = !fits;
      found += fits ? 1 : 0;
    }
    box.querySelector("[data-filter-status]").textContent =
      interpolate(ngettext("%s person", "%s people", found), [found]);
  });
  // Enter looks for names here; it does not send the form.
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
