// The review queue: the next questions are preloaded. An answer shows the next one at once and is sent in the
// background, in order. Without this script every answer is a form and a page.
import { Sender } from "./review-sender.js";
import { wholePhotos } from "./review-photos.js";

const root = document.getElementById("review");
const stage = root.querySelector(".review-stage");
const note = root.querySelector("[data-note]");
const keysOn = root.querySelector("[data-keys-on]");
const bar = root.querySelector(".review-progress");

const ahead = []; // the next questions, as elements
const behind = []; // answered questions: {node, change, skipped}
let answered = 0;
// The questions left of those that were open when the page was loaded: it never grows by an answer. Those that came
// in meanwhile are counted apart.
let left = Number(root.dataset.open);
let arrived = 0;
let unlikely = Number(root.dataset.unlikely);

const sender = new Sender(root, { held: () => [current(), ...ahead].filter(Boolean).map(keyOf), received, failed });
wholePhotos(root);
start();

function start() {
  root.querySelector(".review-keys").hidden = false;
  bar.hidden = false;
  keysOn.checked = remembered() !== "off";
  keysOn.addEventListener("change", () => remember(keysOn.checked ? "on" : "off"));
  root.addEventListener("submit", onSubmit);
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-go-on]")) goOn();
  });
  document.addEventListener("keydown", onKey);
  draw();
  if (current()) sender.fetchNext();
}

function current() {
  return stage.querySelector("[data-question]");
}

function keyOf(node) {
  return node.dataset.question;
}

function onSubmit(event) {
  if (event.target.matches(".undo")) {
    if (!behind.length) return; // nothing in this session: the form undoes an earlier answer
    event.preventDefault();
    return undo();
  }
  if (event.target.matches(".review-name")) {
    event.preventDefault();
    return name(event.target);
  }
  if (!event.target.matches(".review-answers")) return;
  event.preventDefault();
  if (event.submitter) give(event.submitter.value);
}

function onKey(event) {
  if (!keysOn.checked || event.repeat || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("dialog, input:not([type=checkbox]), textarea, select")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const box = current()?.querySelector(`input[type=checkbox][data-key="${CSS.escape(key)}"]`);
  if (box) {
    event.preventDefault();
    box.checked = !box.checked;
    return;
  }
  const button = current()?.querySelector(`button[data-key="${CSS.escape(key)}"], button[data-arrow="${CSS.escape(key)}"]`);
  if (button) {
    event.preventDefault();
    give(button.value);
  } else if (key === "u") {
    event.preventDefault();
    if (behind.length) undo();
    else root.querySelector(".undo button")?.click();
  } else if (key === "w") {
    event.preventDefault();
    current()?.querySelector("[data-whole]")?.click();
  }
}

function give(answer) {
  const node = current();
  if (!node) return;
  const entry = { node, skipped: answer === "skip", change: null };
  const marked = [...node.querySelectorAll("input[name=face]:checked")].map((box) => box.value);
  behind.push(entry);
  // A skipped question is not answered.
  answered += entry.skipped ? 0 : 1;
  left = Math.max(left - (entry.skipped ? 0 : 1), 0);
  say("");
  sender.answer(keyOf(node), answer, entry, marked);
  next();
}

// Shows the next question, a loading message, or the end.
function next() {
  const node = left > 0 ? ahead.shift() : null;
  if (node) put(node);
  else if (sender.busy || left > 0) put(waiting());
  else put(done());
}

// Goes on with the questions that came in meanwhile.
function goOn() {
  left = arrived;
  arrived = 0;
  next();
  if (!ahead.length) sender.fetchNext();
}

// Names the person of the last answer beside the next question.
function name(form) {
  const entry = { node: null, skipped: true, named: true, change: null };
  behind.push(entry);
  sender.name(form, entry);
}

function put(node) {
  const inside = stage.contains(document.activeElement);
  stage.replaceChildren(node);
  performance.mark("question-shown");
  draw();
  // After an answer by button, the focus stays in the stage, and screen readers read the next question.
  if (inside || document.activeElement === document.body) {
    node.querySelector("h1")?.focus({ preventScroll: true });
  }
}

function undo() {
  const entry = behind.pop();
  answered -= entry.skipped ? 0 : 1;
  left += entry.skipped ? 0 : 1;
  const now = current();
  if (entry.node) {
    if (now) ahead.unshift(now);
    put(entry.node);
  }
  root.querySelector("[data-name-place]").replaceChildren();
  say(gettext("Answer undone"));
  sender.undo(entry);
}

// Handles the reply to an answer: questions that are gone, the next ones, and the number of open ones.
function received(reply, entry, { waiting: more }) {
  if (entry && "change" in reply) entry.change = reply.change;
  receivedName(reply, entry);
  if (reply.outcome !== "done" && reply.message) {
    say(reply.message);
    const at = behind.indexOf(entry);
    if (at >= 0) behind.splice(at, 1);
  }
  root.querySelector("[data-undo-place]").innerHTML = reply.undo;
  // While answers are unsent, the server's count is older than the page's.
  if (!more) {
    left = Math.min(left, reply.open);
    arrived = reply.open - left;
    unlikely = reply.unlikely;
  }
  const gone = new Set(reply.gone);
  for (const node of [...ahead]) if (gone.has(keyOf(node))) ahead.splice(ahead.indexOf(node), 1);
  const held = new Set([current(), ...ahead].filter(Boolean).map(keyOf));
  const given = new Set(more ? sender.keys : []);
  for (const question of reply.questions) {
    if (!held.has(question.key) && !given.has(question.key)) ahead.push(parsed(question.html));
  }
  for (const node of ahead) preload(node);
  const shown = current();
  if (shown && gone.has(keyOf(shown))) {
    say(gettext("Your last answer also resolved that question."));
    next();
  } else if (!shown) {
    next();
    if (!current() && !more && reply.questions.length === 0) put(done());
  }
  draw();
}

// Shows the field for the name of the person of an answer, or the result of naming.
function receivedName(reply, entry) {
  const place = root.querySelector("[data-name-place]");
  if (entry?.named) {
    say(reply.message);
    if (reply.outcome === "done") return place.replaceChildren();
    const button = place.querySelector("button");
    if (reply.outcome === "taken" && button) {
      button.name = "merge";
      button.value = "1";
      button.textContent = gettext("Yes, the same person");
    }
  } else if (reply.name) {
    place.innerHTML = reply.name;
  }
}

function failed(error, unsent) {
  const words = ngettext("%s answer is not saved yet.", "%s answers are not saved yet.", unsent);
  say(unsent ? `${error.message} ${interpolate(words, [unsent.toLocaleString()])}` : error.message);
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return document.importNode(template.content, true).querySelector("[data-question]");
}

// Pictures outside the page are loaded only on request.
function preload(node) {
  for (const picture of node.querySelectorAll("img:not([loading=lazy])")) picture.decode().catch(() => {});
}

function waiting() {
  const node = document.createElement("p");
  node.className = "panel review soft";
  node.textContent = gettext("Loading the next question…");
  return node;
}

function done() {
  const state = arrived > 0 ? "arrived" : unlikely > 0 ? "unlikely" : "done";
  const template = root.querySelector(`template[data-done="${state}"]`);
  const node = template.content.cloneNode(true).querySelector("section");
  if (answered > 0) {
    const words = ngettext("You answered %s question.", "You answered %s questions.", answered);
    node.querySelector("[data-session]").textContent = interpolate(words, [answered.toLocaleString()]);
  }
  return node;
}

function draw() {
  const progress = bar.querySelector("progress");
  progress.max = Math.max(answered + left, 1);
  progress.value = answered;
  const counts = [interpolate(gettext("%s answered, %s left"), [answered.toLocaleString(), left.toLocaleString()])];
  if (arrived > 0) {
    counts.push(interpolate(ngettext("%s came in meanwhile", "%s came in meanwhile", arrived), [arrived.toLocaleString()]));
  }
  bar.querySelector("[data-progress-text]").textContent = counts.join(" · ");
  root.querySelector("[data-open-count]").textContent = "";
  root.dataset.ahead = ahead.length;
}

function say(text) {
  note.textContent = text;
}

function remembered() {
  try {
    return localStorage.getItem("review-keys");
  } catch {
    return null; // storage is forbidden in this browser
  }
}

function remember(value) {
  try {
    localStorage.setItem("review-keys", value);
  } catch {
    // As above: the setting lasts for this page.
  }
}
