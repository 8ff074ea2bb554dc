// The upload form: sends dropped, selected, pasted or photographed files one by one.
import { Board } from "./upload-board.js";
import { selectedFiles, droppedFiles, pastedFiles } from "./upload-files.js";
import { Followup } from "./upload-followup.js";
import { Hasher } from "./upload-hasher.js";
import { Halted, Server } from "./upload-protocol.js";
import { Queue } from "./upload-queue.js";

const ANNOUNCE_AFTER = 1000;
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

export function prepare(form) {
  const input = form.querySelector("#upload-files");
  const pause = form.querySelector("[data-upload-pause]");
  const hasher = new Hasher(form.dataset.hashWorker);
  const server = new Server({
    begin: form.dataset.begin,
    page: form.action,
    token: form.querySelector("[name=csrfmiddlewaretoken]").value,
    mostBytes: Number(form.dataset.pieceBytes),
    onWaiting: (wait) => {
      const words = gettext("Connection lost. Retrying in %s seconds.");
      board.showNotice(wait ? interpolate(words, [Math.round(wait / 1000)]) : "");
    },
  });
  const board = new Board(form, {
    onCancel: (item) => queue.cancel(item),
    onAgain: (item) => add([item]),
  });
  const followup = new Followup({ outcomes: form.dataset.outcomes, server, board });
  const queue = new Queue({
    work,
    onStart: (item) => board.start(item),
    onEnd: end,
    onHalt: (reason) => {
      board.showNotice(reason);
      showPaused();
    },
    onIdle: announce,
  });
  const sending = new Map();
  let news = null;

  form.classList.add("scripted");
  form.querySelector("[data-upload-hint]").textContent =
    gettext("or drop or paste photos, folders or zip files here");
  form.querySelector("[data-upload-ways]").hidden = false;
  input.required = false;

  for (const one of form.querySelectorAll("input[type=file]")) {
    const take = () => {
      add(selectedFiles(one));
      one.value = "";
    };
    one.addEventListener("change", take);
    // Files that were selected before this script ran.
    if (one.files.length) take();
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) add(pastedFiles(event.clipboardData));
  });
  // The whole page accepts dropped files: a drop beside the form must not replace the page and its uploads.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("over");
  });
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over");
    add(await droppedFiles(event.dataTransfer));
  });
  window.addEventListener("beforeunload", (event) => {
    if (queue.busy || queue.paused) event.preventDefault();
  });
  pause.addEventListener("click", () => {
    if (queue.paused) {
      board.showNotice("");
      queue.resume();
    } else queue.pause();
    showPaused();
  });
  form.querySelector("[data-upload-cancel]").addEventListener("click", () => {
    queue.cancelAll();
    if (queue.paused) queue.resume();
    board.showNotice("");
    showPaused();
  });

  function showPaused() {
    pause.textContent = queue.paused ? gettext("Resume") : gettext("Pause");
  }

  function add(items) {
    if (!items.length) return;
    const album = form.querySelector("[name=album]")?.value || null;
    for (const item of items) item.album ??= album;
    board.add(items);
    queue.add(items);
  }

  async function work(item, signal) {
    const { file, name, album } = item;
    if (!item.sha256) {
      board.show(item, gettext("checking…"));
      const onProgress = (done) => board.show(item, gettext("checking…"), done / file.size);
      item.sha256 = await hasher.digest(file, onProgress);
    }
    const onSent = (bytes) => {
      const part = file.size ? Math.min(bytes / file.size, 1) : 1;
      board.show(item, percent.format(part), part);
      board.sent(item, Math.min(bytes, file.size));
    };
    const onBegun = (url) => {
      item.url = url;
      document.querySelector(`[data-upload-sha256="${item.sha256}"]`)?.remove();
    };
    // The same bytes under two names are sent once; the second file is a duplicate then.
    while (sending.has(item.sha256)) await sending.get(item.sha256).catch(() => {});
    const answer = server.send(file, { name, sha256: item.sha256, album, signal, onBegun, onSent });
    sending.set(item.sha256, answer);
    return answer.finally(() => sending.delete(item.sha256));
  }

  function end(item, answer) {
    if (answer.status === "unpacking") {
      // Uploaded; the next file does not wait for the unpacking.
      announceSoon();
      board.uploaded(item, answer.label);
      followup.zip(`${server.begin}${answer.id}/`, item).then((found) => end(item, found));
      return;
    }
    if (answer.status === "cancelled") {
      // Discard the uploaded part; if this fails, the server discards it after some days.
      if (item.url) server.request("DELETE", item.url).catch(onlyHalted);
      board.end(item, "cancelled", answer.label, { cancelled: 1 }, !answer.unseen);
      return;
    }
    if (answer.files !== undefined) {
      const { received, already_there, refused } = answer;
      const whole = answer.status === "refused" && !answer.files;
      board.end(item, answer.status === "refused" ? "refused" : "added", answer.label,
        whole ? { refused: 1 } : { received, already_there, refused });
      for (const file of answer.refused_files) {
        board.addEnded({ name: `${item.name}/${file.name}` }, file.status, file.label);
      }
    } else {
      const row = board.end(item, answer.status, answer.label);
      if (answer.status === "received") followup.photo(answer.image, item, row);
    }
    announceSoon();
  }

  // The progress line of this page and the progress strip reload.
  function announceSoon() {
    news ??= setTimeout(announce, ANNOUNCE_AFTER);
  }

  function announce() {
    clearTimeout(news);
    news = null;
    document.body.dispatchEvent(new CustomEvent("photos-added"));
  }
}

function onlyHalted(error) {
  if (!(error instanceof Halted)) throw error;
}
