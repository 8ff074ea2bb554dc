// Draws a box around a missed face, with a pointer or the arrow keys.
import { say } from "./viewer-move.js";

const SVG = "http://www.w3.org/2000/svg";
const LEAST = 0.006;
const STEP = 0.01;
let layer = null, box = null;

export const drawing = () => layer !== null;
const parts = () => ({
  form: document.getElementById("draw-form"),
  stage: document.getElementById("stage"),
  button: document.getElementById("draw"),
});

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function startDrawing() {
  const { form, stage, button } = parts();
  if (drawing() || !form) return;
  const frame = stage.querySelector(".picture-frame");
  const [width, height] = [Number(frame.dataset.width), Number(frame.dataset.height)];
  layer = element("svg", {
    class: "draw-layer", tabindex: "0", role: "application", "aria-label": gettext("Box around the face"),
    "aria-describedby": "draw-help",
  });
  layer.append(element("rect", { class: "drawn", rx: "6" }));
  // Start with a square in the middle, which the keys can move.
  const side = 0.2 * Math.min(width, height);
  box = { x: 0.5 - side / width / 2, y: 0.5 - side / height / 2, w: side / width, h: side / height };
  frame.append(layer);
  stage.classList.add("drawing");
  button?.setAttribute("aria-pressed", "true");
  form.hidden = false;
  document.getElementById("photo-toast").replaceChildren();
  paint();
  layer.addEventListener("pointerdown", begin);
  layer.addEventListener("keydown", key);
  document.getElementById("draw-cancel").onclick = cancelDrawing;
  document.getElementById("draw-larger").onclick = () => grow(1.2);
  document.getElementById("draw-smaller").onclick = () => grow(1 / 1.2);
  layer.focus({ preventScroll: true });
}

export function cancelDrawing() {
  if (!drawing()) return;
  const { form, stage, button } = parts();
  layer.remove();
  layer = null;
  stage?.classList.remove("drawing");
  button?.setAttribute("aria-pressed", "false");
  if (form) {
    form.hidden = true;
    form.reset();
  }
  button?.focus({ preventScroll: true });
}

function paint() {
  const [shape] = layer.children;
  for (const [name, side] of [["x", "x"], ["y", "y"], ["width", "w"], ["height", "h"]]) {
    shape.setAttribute(name, `${100 * box[side]}%`);
  }
  const { form } = parts();
  for (const side of ["x", "y", "w", "h"]) form.elements[side].value = box[side].toFixed(5);
}

// Around its centre, and within the photo.
function grow(factor) {
  const [w, h] = [within(box.w * factor, LEAST, 1), within(box.h * factor, LEAST, 1)];
  box = {
    x: within(box.x + (box.w - w) / 2, 0, 1 - w), y: within(box.y + (box.h - h) / 2, 0, 1 - h), w, h,
  };
  paint();
}

const within = (value, least, most) => Math.min(Math.max(value, least), most);

function begin(event) {
  if (event.button) return;
  event.preventDefault();
  const area = layer.getBoundingClientRect();
  const at = (one) => [
    within((one.clientX - area.x) / area.width, 0, 1), within((one.clientY - area.y) / area.height, 0, 1),
  ];
  const [fromX, fromY] = at(event);
  const before = { ...box };
  layer.setPointerCapture(event.pointerId);
  const move = (one) => {
    const [x, y] = at(one);
    box = { x: Math.min(x, fromX), y: Math.min(y, fromY), w: Math.abs(x - fromX), h: Math.abs(y - fromY) };
    paint();
  };
  const end = () => {
    layer?.removeEventListener("pointermove", move);
    // A click moves the existing box there.
    if (box.w < LEAST || box.h < LEAST) {
      box = { ...before, x: within(fromX - before.w / 2, 0, 1 - before.w), y: within(fromY - before.h / 2, 0, 1 - before.h) };
    }
    if (!layer) return;
    paint();
    document.getElementById("draw-who").focus({ preventScroll: true });
  };
  layer.addEventListener("pointermove", move);
  layer.addEventListener("pointerup", end, { once: true });
  layer.addEventListener("pointercancel", end, { once: true });
}

function key(event) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === "Enter") {
    event.preventDefault();
    parts().form.requestSubmit(document.getElementById("draw-save"));
    return;
  }
  if (!way || event.altKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const [across, down] = way.map((one) => one * (event.ctrlKey ? STEP / 5 : STEP));
  if (event.shiftKey) {
    box.w = within(box.w + across, LEAST, 1 - box.x);
    box.h = within(box.h + down, LEAST, 1 - box.y);
  } else {
    box.x = within(box.x + across, 0, 1 - box.w);
    box.y = within(box.y + down, 0, 1 - box.h);
  }
  paint();
  const percent = (value) => Math.round(100 * value);
  say(interpolate(
    gettext("%(x)s %% from the left, %(y)s %% from the top, %(w)s %% wide, %(h)s %% high"),
    { x: percent(box.x), y: percent(box.y), w: percent(box.w), h: percent(box.h) }, true,
  ).replaceAll("%%", "%"));
}

document.addEventListener("viewer:sending", (event) => {
  if (event.detail.id === "draw-form") say(gettext("Checking the face…"));
});
document.addEventListener("viewer:sent", (event) => { if (event.detail.id === "draw-form") cancelDrawing(); });
document.addEventListener("viewer:shown", () => { layer = null; });
