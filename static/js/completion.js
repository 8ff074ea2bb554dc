// Completes every <input data-complete="address"> from the server, in the browser's own list. With data-complete-parts
// the field has several values, separated by commas, of which the last is completed.
import { SendError, send } from "./send.js";

const WAIT_MS = 120;
let timer = 0;
let turn = 0;
let lists = 0;

document.addEventListener("focusin", ({ target }) => {
  // The server prepares its list while the user begins to type.
  if (target.matches?.("input[data-complete]")) suggest(target);
});
document.addEventListener("input", (event) => {
  const input = event.target;
  // A choice from the list replaces the text and needs no further one.
  if (!input.matches?.("input[data-complete]") || event.inputType === "insertReplacementText") return;
  clearTimeout(timer);
  timer = setTimeout(() => suggest(input), WAIT_MS);
});

async function suggest(input) {
  const mine = ++turn;
  const [before, typed] = parts(input);
  let choices = [];
  try {
    const address = `${input.dataset.complete}&${new URLSearchParams({ q: typed })}`;
    ({ choices } = await (await send(address, { quiet: true })).json());
  } catch (error) {
    // The text can be typed in full.
    if (!(error instanceof SendError)) throw error;
  }
  if (mine !== turn || document.activeElement !== input) return;
  listOf(input).replaceChildren(...choices.map((choice) => {
    const option = document.createElement("option");
    option.value = before + choice;
    return option;
  }));
}

function parts(input) {
  const at = "completeParts" in input.dataset ? input.value.lastIndexOf(",") : -1;
  const before = at < 0 ? "" : `${input.value.slice(0, at)}, `;
  return [before, input.value.slice(at + 1).trim()];
}

function listOf(input) {
  if (input.list) return input.list;
  const list = document.createElement("datalist");
  list.id = `completions-${++lists}`;
  input.after(list);
  input.setAttribute("list", list.id);
  return list;
}
