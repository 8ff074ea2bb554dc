// Completes names in every <input data-names>, with a face for each: a combobox as in the ARIA practices. Without
// this script the field accepts any name. With data-names-person, names that another program had in photos of
// that person are offered while the field is empty.
import { SendError, send } from "./send.js";

const WAIT_MS = 90;
let box = null;
let field = null;
let activeIndex = -1;
let timer = 0;
let requests = 0;
const cache = new Map();

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("input[data-names]")) return;
  field = event.target;
  clearTimeout(timer);
  timer = setTimeout(suggest, WAIT_MS);
});
document.addEventListener("focusin", (event) => {
  if (!event.target.matches?.("input[data-names]")) return;
  prepare(event.target);
  if (event.target.dataset.namesPerson && !event.target.value) {
    field = event.target;
    suggest();
  }
});
document.addEventListener("focusout", (event) => {
  if (event.target === field) close();
});
// Before htmx and the form handle Enter.
document.addEventListener("keydown", onKey, true);
document.addEventListener("submit", close, true);

function prepare(input) {
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
}

async function suggest() {
  const input = field;
  const typed = input.value.trim();
  const person = typed ? "" : input.dataset.namesPerson;
  if (!typed && !person) return close();
  const turn = ++requests;
  const people = await (typed ? matching(input.dataset.names, typed) : suggested(input.dataset.names, person));
  // More was typed, or the focus has moved.
  if (turn !== requests || document.activeElement !== input) return;
  show(input, people);
}

async function matching(address, typed) {
  if (cache.has(typed)) return cache.get(typed);
  let people = [];
  try {
    const response = await send(`${address}?q=${encodeURIComponent(typed)}`, { quiet: true });
    people = (await response.json()).people;
    cache.set(typed, people);
  } catch (error) {
    // The name can be typed in full.
    if (!(error instanceof SendError)) throw error;
  }
  return people;
}

async function suggested(address, person) {
  try {
    const response = await send(`${address}?person=${encodeURIComponent(person)}`, { quiet: true });
    return (await response.json()).suggested;
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    return [];
  }
}

function show(input, people) {
  close();
  field = input;
  if (!people.length) return;
  box = document.createElement("ul");
  box.id = "names-list";
  box.className = "names-list";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", gettext("People with this name"));
  box.append(...people.map(option));
  // A modal dialog covers everything else, so its list must be inside it.
  (input.closest("dialog") ?? document.body).append(box);
  place(input);
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", box.id);
}

function option(person, number) {
  const item = document.createElement("li");
  item.id = `names-option-${number}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.name = person.name;
  const face = document.createElement("span");
  face.className = "names-face";
  if (person.crop) {
    const picture = document.createElement("img");
    picture.src = person.crop;
    picture.alt = "";
    face.append(picture);
  }
  const name = document.createElement("span");
  name.textContent = person.name;
  const count = document.createElement("span");
  count.className = "soft small";
  const words = person.photos
    ? ngettext("in %s photo", "in %s photos", person.photos)
    : ngettext("%s face", "%s faces", person.faces);
  count.textContent = interpolate(words, [(person.photos || person.faces).toLocaleString(document.documentElement.lang)]);
  item.append(face, name, count);
  // Not on click: the field would have lost the focus and closed the list.
  item.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take(person.name);
  });
  return item;
}

// The Content-Security-Policy forbids inline styles in HTML, not styles that a script sets.
function place(input) {
  const frame = input.getBoundingClientRect();
  const below = innerHeight - frame.bottom > Math.min(box.offsetHeight, 260) || frame.top < 260;
  const width = Math.min(Math.max(frame.width, 230), innerWidth - 16);
  box.style.width = `${width}px`;
  box.style.left = `${Math.max(8, Math.min(frame.left, innerWidth - width - 8))}px`;
  box.style.top = below ? `${frame.bottom + 4}px` : `${frame.top - box.offsetHeight - 4}px`;
}

function onKey(event) {
  if (!box || event.target !== field) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    activate(activeIndex + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key === "Enter" && activeIndex >= 0) {
    // The active name goes into the field; Enter then submits as usual.
    take(box.children[activeIndex].dataset.name);
  } else if (event.key === "Tab") {
    close();
  }
}

function activate(number) {
  const count = box.children.length;
  box.children[activeIndex]?.setAttribute("aria-selected", "false");
  activeIndex = (number + count) % count;
  const item = box.children[activeIndex];
  item.setAttribute("aria-selected", "true");
  item.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", item.id);
}

function take(name) {
  field.value = name;
  close();
}

function close() {
  clearTimeout(timer);
  requests += 1;
  activeIndex = -1;
  if (!box) return;
  box.remove();
  box = null;
  field?.setAttribute("aria-expanded", "false");
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
}

// The list follows its field. A pending request continues: focusing a field scrolls, too.
function follow() {
  if (box) place(field);
}
addEventListener("resize", follow);
addEventListener("scroll", follow, { passive: true });

// New names belong in the next suggestions.
document.addEventListener("htmx:afterRequest", () => cache.clear());
