// Suggestions below the search box: a combobox with a list, as in the ARIA practices. Without this script the
// search page offers the same suggestions as links.
import { recentSearches } from "./recent-searches.js";
import { SendError, send } from "./send.js";

const WAIT = 120;

for (const form of document.querySelectorAll("form[data-search]")) prepare(form);

function prepare(form) {
  const box = form.querySelector("input[type=search]");
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[data-search-status]");
  // The filters of the search page.
  const lastChip = form.matches(".inside") ? [...document.querySelectorAll(".search-chip")].at(-1) : null;
  let timer = 0;
  let request = null;

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  box.addEventListener("input", () => {
    clearTimeout(timer);
    request?.abort();
    if (box.value.trim()) timer = setTimeout(suggest, WAIT);
    else {
      close();
      showRecent();
    }
  });
  box.addEventListener("focus", showRecent);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) suggest();
      else move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && active()) {
      event.preventDefault();
      active().click();
    } else if (event.key === "Backspace" && !box.value && lastChip) {
      event.preventDefault();
      location.assign(`${lastChip.href}#${box.id}`);
    } else if (event.key === "Tab") close();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  // The box keeps the focus while an option is pressed.
  list.addEventListener("pointerdown", (event) => event.preventDefault());

  // Before anything is typed: the last searches. The search page shows them below its box.
  function showRecent() {
    if (box.value.trim() || form.matches(".inside")) return;
    const searches = recentSearches();
    if (!searches.length) return;
    const heading = Object.assign(document.createElement("div"), { className: "search-heading" });
    heading.textContent = gettext("Recent searches");
    heading.setAttribute("aria-hidden", "true");
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", heading.textContent);
    group.append(heading, ...searches.map(({ label, query }, number) => {
      const option = Object.assign(document.createElement("a"), {
        className: "search-option", id: `search-recent-${number}`, href: `${form.action}${query}`, tabIndex: -1,
      });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const words = Object.assign(document.createElement("span"), { className: "name-cut", textContent: label });
      option.append(words);
      return option;
    }));
    list.replaceChildren(group);
    open();
  }

  async function suggest() {
    if (!box.value.trim()) return;
    request = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    const how = { signal: request.signal, accept: "text/html", quiet: true };
    try {
      list.innerHTML = await (await send(`${form.dataset.search}?${query}`, how)).text();
    } catch (error) {
      // Aborted by more input, or no suggestions: the form still works.
      if (!(error instanceof SendError) && error.name !== "AbortError") throw error;
      return;
    }
    if (document.activeElement !== box) return;
    open();
  }

  function open() {
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
    // The position before the first option is the text itself.
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
    request?.abort();
    select(null);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
  }
}
