// Suggestions below the search box while somebody types: a combobox with a list, as the ARIA practices have it.
// Without this script the box is a form, and its page offers the same as links.

const WAIT = 120;

for (const form of document.querySelectorAll("form[data-search]")) prepare(form);

function prepare(form) {
  const box = form.querySelector("input[type=search]");
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[data-search-status]");
  let timer = 0;
  let asking = null;

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  box.addEventListener("input", () => {
    clearTimeout(timer);
    asking?.abort();
    if (box.value.trim()) timer = setTimeout(ask, WAIT);
    else close();
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && active()) {
      event.preventDefault();
      active().click();
    } else if (event.key === "Tab") close();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  // The box keeps the cursor while an entry of the list is pressed.
  list.addEventListener("pointerdown", (event) => event.preventDefault());

  async function ask() {
    if (!box.value.trim()) return;
    asking = new AbortController();
    const given = new URLSearchParams(new FormData(form));
    let answer;
    try {
      answer = await fetch(`${form.dataset.search}?${given}`, { signal: asking.signal, headers: { Accept: "text/html" } });
    } catch {
      return; // typed on, or no connection: the form still works
    }
    // Signed out meanwhile, the answer is another page.
    if (!answer.ok || answer.redirected) return;
    list.innerHTML = await answer.text();
    if (document.activeElement !== box) return;
    const count = options().length;
    select(null);
    list.hidden = count === 0;
    box.setAttribute("aria-expanded", String(count > 0));
    status.textContent = count
      ? interpolate(ngettext("%s suggestion", "%s suggestions", count), [count])
      : gettext("No suggestions");
  }

  function options() {
    return [...list.querySelectorAll("[role=option]")];
  }

  function active() {
    return list.hidden ? null : list.querySelector("[aria-selected=true]");
  }

  function move(step) {
    const all = options();
    // One place before the first is the text itself, where the arrow leads back to.
    const at = (all.indexOf(active()) + 1 + step + all.length + 1) % (all.length + 1) - 1;
    select(all[at] ?? null);
  }

  function select(option) {
    active()?.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", option.id);
    } else box.removeAttribute("aria-activedescendant");
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    select(null);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
  }
}
