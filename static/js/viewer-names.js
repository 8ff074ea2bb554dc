// Names while one is typed: people that are there already, each with a face. A list box as ARIA describes it.
const WAIT = 120;
let count = 0;

export function attachNames(input) {
  if (input.dataset.namesReady) return;
  input.dataset.namesReady = "1";
  const list = document.createElement("ul");
  list.className = "names";
  list.id = `names-${++count}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", gettext("Matching people"));
  const place = document.createElement("div");
  place.className = "names-place";
  const hadFocus = document.activeElement === input;
  input.replaceWith(place);
  place.append(input, list);
  if (hadFocus) input.focus();
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  let chosen = -1;
  let timer = 0;
  let asked = 0;
  const options = () => [...list.children];

  function close() {
    list.hidden = true;
    list.replaceChildren();
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function mark(index) {
    const all = options();
    chosen = (index + all.length) % all.length;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }
  function take(one) {
    input.value = one.dataset.name;
    close();
    input.focus();
  }
  async function ask() {
    const turn = ++asked;
    const typed = input.value.trim();
    if (!typed) { close(); return; }
    let people = [];
    try {
      const answer = await fetch(`${input.dataset.names}?q=${encodeURIComponent(typed)}`);
      if (answer.ok) ({ people } = await answer.json());
    } catch { /* without a connection a name is typed to its end */ }
    if (turn !== asked || document.activeElement !== input) return;
    list.replaceChildren(...people.map((person, at) => option(person, `${list.id}-${at}`)));
    chosen = -1;
    list.hidden = people.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }
  function option(person, id) {
    const one = document.createElement("li");
    one.id = id;
    one.setAttribute("role", "option");
    one.setAttribute("aria-selected", "false");
    one.dataset.name = person.name;
    if (person.crop) {
      const face = document.createElement("img");
      Object.assign(face, { src: person.crop, alt: "", width: 36, height: 36 });
      one.append(face);
    }
    const name = document.createElement("span");
    name.textContent = person.name;
    one.append(name);
    return one;
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener("blur", () => { asked++; clearTimeout(timer); close(); });
  // Before the field loses the focus.
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const one = event.target.closest("li");
    if (one) take(one);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      take(options()[chosen]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
}
