// Live verification: while the page says that the camera is on, a frame is sent three times a second, and no
// frame before the last one was answered. Frames stay in this page and in the server's memory only.

import { cameraOffered, cameraProblem, frameOf, openCamera } from "./camera.js";
import { SendError, send as sendRequest } from "./send.js";

const PERIOD = 333;
const FRAME_WIDTH = 480;
const WINDOW = 60_000;
// Statuses whose JSON has a message.
const EXPLAINED = [400, 409, 503];
const LEVELS = ["very-likely", "likely", "perhaps", "unlikely"];

const root = document.querySelector("[data-live]");
if (root) start(root);

function start(root) {
  const part = (name) => root.querySelector(`[data-live-${name}]`);
  const video = root.querySelector("video");
  const meter = root.querySelector("meter");
  let close = null;
  let run = 0;
  let points = [];
  let best = -1;

  if (cameraOffered()) part("start").hidden = false;
  else problem(gettext("No camera is available."));
  part("start").addEventListener("click", open);
  part("stop").addEventListener("click", () => {
    close?.();
    part("start").focus();
  });

  async function open() {
    problem("");
    part("start").disabled = true;
    try {
      part("view").hidden = false;
      close = await openCamera(video, closed);
    } catch (error) {
      part("view").hidden = true;
      problem(cameraProblem(error));
      return;
    } finally {
      part("start").disabled = false;
    }
    part("start").hidden = true;
    part("stop").hidden = false;
    part("stop").focus();
    state(gettext("The camera is on: its pictures are being compared."), true);
    points = [];
    best = -1;
    run += 1;
    send(run);
  }

  function closed() {
    close = null;
    part("view").hidden = true;
    part("start").hidden = false;
    part("stop").hidden = true;
    state(gettext("The camera is off."), false);
  }

  async function send(number) {
    const begun = performance.now();
    const frame = await frameOf(video, FRAME_WIDTH, 0.85);
    if (frame && close && number === run) {
      const answer = await compared(frame);
      if (close && number === run) show(answer, frame);
    }
    if (close && number === run) setTimeout(() => { if (close && number === run) send(number); }, Math.max(0, PERIOD - (performance.now() - begun)));
  }

  async function compared(frame) {
    const body = new FormData();
    body.append("frame", frame, "frame.jpg");
    for (const name of ["base", "person"]) if (root.dataset[name]) body.append(name, root.dataset[name]);
    try {
      const response = await sendRequest(root.dataset.url, { method: "POST", body, takes: EXPLAINED });
      return await response.json();
    } catch (error) {
      if (!(error instanceof SendError)) throw error;
      return { message: error.message, again: false };
    }
  }

  function show(answer, frame) {
    const now = performance.now();
    problem(answer.message ?? "");
    if (answer.message) {
      if (!answer.again) close?.();
      return;
    }
    part("result").hidden = false;
    points = points.filter((point) => now - point.at < WINDOW);
    points.push({ at: now, probability: answer.face ? answer.probability : null });
    draw(now);
    box(answer.face);
    const text = part("text");
    text.classList.remove(...LEVELS);
    if (!answer.face) {
      text.textContent = gettext("No face in view");
      meter.value = 0;
      return;
    }
    text.classList.add(answer.level);
    text.textContent = interpolate(gettext("%(text)s: %(percent)s"), answer, true);
    meter.value = answer.hundredths;
    if (answer.probability > best) {
      best = answer.probability;
      const image = part("best").querySelector("img");
      if (image.src) URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(frame);
      part("best-text").textContent = answer.percent;
      part("best").hidden = false;
    }
  }

  // A gap where no face was in view: a new subpath is not needed, the line drops to the bottom there.
  function draw(now) {
    const places = points.map(({ at, probability }) => {
      const x = 600 * (1 - (now - at) / WINDOW);
      return `${x.toFixed(1)},${(150 - 140 * (probability ?? 0)).toFixed(1)}`;
    });
    part("line").setAttribute("points", places.join(" "));
  }

  function box(face) {
    const [x, y, width, height] = face ?? [0, 0, 0, 0];
    const values = { x, y, width, height };
    for (const name of Object.keys(values)) part("box").setAttribute(name, values[name]);
  }

  function state(text, on) {
    part("state").textContent = text;
    part("state").classList.toggle("on", on);
  }

  function problem(text) {
    part("problem").textContent = text;
    part("problem").hidden = !text;
  }
}
