// Sends photos one by one, each with its own progress and result, by choosing or by drag and drop.
// Without this script the form sends all files at once and answers with a page.
"use strict";

const AT_ONCE = 2;
// So many are asked for at once, this often (in milliseconds), until the workers have read them all.
const ASKED_AT_ONCE = 100;
const ASK_AGAIN_AFTER = 2000;

for (const form of document.querySelectorAll("form[data-upload]")) prepare(form);

function prepare(form) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-upload-list]");
  const hint = form.querySelector("[data-upload-hint]");
  const waiting = [];
  const unread = new Map(); // the number of each photo that was received, with its row
  let running = 0;
  let asking = false;

  form.classList.add("scripted");
  hint.textContent = "or drop them here";
  input.required = false;

  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    add(event.dataTransfer.files);
  });
  // A file that misses the form must not replace the page, and with it the uploads that are under way.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => event.preventDefault());
  }
  window.addEventListener("beforeunload", (event) => {
    if (running || waiting.length) event.preventDefault();
  });

  function add(files) {
    for (const file of files) waiting.push({ file, row: newRow(file) });
    next();
  }

  function newRow(file) {
    const row = document.createElement("li");
    row.className = "upload-item";
    const name = document.createElement("span");
    name.className = "upload-name";
    name.textContent = file.name;
    const state = document.createElement("span");
    state.className = "upload-state";
    state.textContent = "waiting";
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    row.append(name, state, bar);
    list.append(row);
    return row;
  }

  function next() {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(waiting.shift());
    }
    if (!running && !waiting.length) document.body.dispatchEvent(new CustomEvent("photos-added"));
  }

  function send({ file, row }) {
    const state = row.querySelector(".upload-state");
    const bar = row.querySelector("progress");
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    data.append("photos", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
      state.textContent = bar.value < 1 ? `${Math.round(100 * bar.value)} %` : "being checked";
    });
    request.addEventListener("loadend", () => {
      const { status, label, image } = outcome(request);
      show(row, status, label);
      bar.remove();
      if (status === "received") {
        unread.set(image, row);
        askLater();
      }
      running -= 1;
      next();
    });
    state.textContent = "0 %";
    request.send(data);
  }

  function show(row, status, label) {
    row.className = `upload-item ${status}`;
    const state = row.querySelector(".upload-state");
    if (state.textContent !== label) state.textContent = label;
  }

  // A file that was received may turn out to be damaged when it is read.
  function askLater() {
    if (asking || !unread.size) return;
    asking = true;
    setTimeout(ask, ASK_AGAIN_AFTER);
  }

  async function ask() {
    const asked = [...unread.keys()].slice(0, ASKED_AT_ONCE);
    const query = new URLSearchParams(asked.map((image) => ["image", image]));
    const answer = await fetch(`${form.dataset.outcomes}?${query}`).catch(() => null);
    // Signed out, or the server is away: what is refused is on its own page in any case.
    if (!answer?.ok || answer.redirected) return;
    const found = new Map((await answer.json()).files.map((file) => [file.image, file]));
    for (const image of asked) {
      const file = found.get(image); // none: it was deleted meanwhile
      if (file?.status === "received") continue;
      if (file) show(unread.get(image), file.status, file.label);
      unread.delete(image);
    }
    asking = false;
    askLater();
  }

  function outcome(request) {
    const refused = (label) => ({ status: "refused", label });
    if (request.status === 0) return refused("the connection broke; choose the file again");
    if (request.status === 413) return refused("refused: the file is too large for this server");
    let answer = null;
    try {
      answer = JSON.parse(request.responseText);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    const file = answer?.files?.[0];
    if (file) return file;
    if (answer?.errors) return refused(`refused: ${Object.values(answer.errors).flat().join(" ")}`);
    return refused("could not be taken; sign in again and retry");
  }
}
