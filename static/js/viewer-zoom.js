// Zoom: the photo is fitted, or larger and scrolled. The frame has an explicit size, so that boxes and names stay
// sharp and there are scroll bars for those who cannot drag.
import { goTo } from "./viewer-move.js";

const LARGEST = 10;
// A very wide or high picture is not fitted to a line: its short side has so many pixels of the window, if it has them.
const LEAST_SIDE = 24;
const TWICE = 2.5;
let stage, frame, picture, fitted, zoom = 1, largest = LARGEST;

export const zoomed = () => zoom > 1.01;
// Larger than the window.
const movable = () => zoomed()
  || Boolean(fitted) && (fitted.width > stage.offsetWidth + 1 || fitted.height > stage.offsetHeight + 1);

export function attachZoom({ keep = false } = {}) {
  stage = document.getElementById("stage");
  frame = stage?.querySelector(".picture-frame");
  picture = frame?.querySelector("img");
  if (!stage) return;
  if (!keep) zoom = 1;
  if (!stage.dataset.ready) {
    stage.dataset.ready = "1";
    listen(stage);
    new ResizeObserver(() => size()).observe(stage);
  }
  size();
}

function size() {
  if (!frame?.isConnected) return;
  // A preview is rounded to whole pixels, which is much in a very wide or high picture.
  const [width, height] = ["Width", "Height"].map(
    (side) => Number(frame.dataset[`full${side}`]) || Number(frame.dataset[side.toLowerCase()]),
  );
  // Not the content box: scroll bars appear and disappear with the size itself.
  const factor = Math.max(
    Math.min(stage.offsetWidth / width, stage.offsetHeight / height),
    Math.min(LEAST_SIDE / Math.min(width, height), 1),
  );
  largest = Math.max(LARGEST, 1 / factor);
  fitted = { width: width * factor, height: height * factor };
  frame.classList.add("sized");
  frame.style.width = `${fitted.width * zoom}px`;
  frame.style.height = `${fitted.height * zoom}px`;
  stage.classList.toggle("zoomed", movable());
  sharpen();
  spread();
}

const overlap = (one, other) => one.left < other.right && one.right > other.left && one.top < other.bottom
  && one.bottom > other.top;

// Of overlapping names only the first is shown. Those of faces without a name come last, and cover no other face.
export function spread() {
  const shown = [];
  const boxes = [...frame?.querySelectorAll(".face-box") ?? []];
  const isNamed = (box) => !box.matches(".waiting, .unnamed");
  for (const box of [...boxes.filter(isNamed), ...boxes.filter((one) => !isNamed(one))]) {
    const label = box.querySelector("text").getBoundingClientRect();
    const others = isNamed(box) ? [] : boxes.filter((one) => one !== box)
      .map((one) => one.querySelector("rect").getBoundingClientRect());
    const crowded = [...shown, ...others].some((one) => overlap(label, one));
    box.classList.toggle("crowded", crowded);
    if (!crowded) shown.push(label);
  }
}

// The preview is 2048 pixels long; beyond that the original is loaded, if the browser can show it.
function sharpen() {
  const original = picture.dataset.original;
  const needed = fitted.width * zoom * devicePixelRatio;
  if (!original || needed <= Number(frame.dataset.width) * 1.1) return;
  delete picture.dataset.original;
  const target = picture;
  const lies = Number(frame.dataset.width) > Number(frame.dataset.height);
  turned(original, Number(target.dataset.turns)).then(({ address, width, height }) => {
    // A browser that turns the file otherwise than the preview was turned would show it distorted.
    if (lies !== width > height || !target.isConnected) return;
    if (address !== original) target.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
    target.src = address;
  }).catch(() => {});
}

// The original as the photo is shown. Its owner may have turned it, but not the file: then it is drawn anew.
async function turned(original, turns) {
  const file = new Image();
  file.src = original;
  await file.decode();
  const sides = [file.naturalWidth, file.naturalHeight];
  if (!turns) return { address: original, width: sides[0], height: sides[1] };
  const [width, height] = turns % 2 ? sides.toReversed() : sides;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  // What is transparent is white in the preview, too.
  pen.fillStyle = "white";
  pen.fillRect(0, 0, width, height);
  pen.translate(width / 2, height / 2);
  pen.rotate(turns * Math.PI / 2);
  pen.drawImage(file, -sides[0] / 2, -sides[1] / 2);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.93); });
  // Larger than this browser can draw: the preview stays.
  if (!blob) throw new Error("the canvas is too large");
  return { address: URL.createObjectURL(blob), width, height };
}

// x, y: the point of the window that does not move; the middle by default.
export function zoomTo(wanted, x, y) {
  if (!stage || !fitted) return;
  const before = frame.getBoundingClientRect();
  const area = stage.getBoundingClientRect();
  const [atX, atY] = [x ?? area.x + area.width / 2, y ?? area.y + area.height / 2];
  const [shareX, shareY] = [(atX - before.x) / before.width, (atY - before.y) / before.height];
  zoom = Math.min(Math.max(wanted, 1), largest);
  size();
  const after = frame.getBoundingClientRect();
  stage.scrollLeft += after.x + shareX * after.width - atX;
  stage.scrollTop += after.y + shareY * after.height - atY;
}

export const zoomBy = (factor, x, y) => zoomTo(zoom * factor, x, y);
export const resetZoom = () => zoomTo(1);

function listen(on) {
  const drawing = () => on.classList.contains("drawing");
  on.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), event.clientX, event.clientY);
  }, { passive: false });
  on.addEventListener("dblclick", (event) => {
    if (drawing() || event.target.closest("a, button")) return;
    zoomTo(zoomed() ? 1 : TWICE, event.clientX, event.clientY);
  });
  drag(on, drawing);
  fingers(on, drawing);
}

function drag(on, drawing) {
  let from = null;
  on.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button || !movable() || drawing()) return;
    if (event.target.closest("a, button")) return;
    from = { x: event.clientX, y: event.clientY, left: on.scrollLeft, top: on.scrollTop };
    on.setPointerCapture(event.pointerId);
    on.classList.add("dragged");
  });
  on.addEventListener("pointermove", (event) => {
    if (!from) return;
    on.scrollLeft = from.left + from.x - event.clientX;
    on.scrollTop = from.top + from.y - event.clientY;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    on.addEventListener(end, () => { from = null; on.classList.remove("dragged"); });
  }
}

// One finger swipes to the previous or next photo; two fingers zoom.
function fingers(on, drawing) {
  let swipe = null, pinch = null, tapped = 0;
  const apart = ([one, two]) => Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
  const middle = ([one, two]) => [(one.clientX + two.clientX) / 2, (one.clientY + two.clientY) / 2];
  on.addEventListener("touchstart", (event) => {
    if (drawing()) return;
    if (event.touches.length === 2) {
      event.preventDefault();
      swipe = null;
      pinch = { apart: apart(event.touches), zoom };
    } else if (event.touches.length === 1 && !movable()) {
      swipe = { x: event.touches[0].clientX, y: event.touches[0].clientY };
    }
  }, { passive: false });
  on.addEventListener("touchmove", (event) => {
    if (swipe && event.touches.length === 1) {
      const across = event.touches[0].clientX - swipe.x;
      // The photo follows the finger.
      if (Math.abs(across) > 2 * Math.abs(event.touches[0].clientY - swipe.y)) {
        frame.style.translate = `${across}px`;
      }
    }
    if (!pinch || event.touches.length !== 2) return;
    event.preventDefault();
    zoomTo(pinch.zoom * apart(event.touches) / pinch.apart, ...middle(event.touches));
  }, { passive: false });
  on.addEventListener("touchcancel", () => { swipe = pinch = null; frame.style.translate = ""; });
  on.addEventListener("touchend", (event) => {
    if (event.touches.length === 0) pinch = null;
    frame.style.translate = "";
    if (!swipe || event.touches.length) return;
    const end = event.changedTouches[0];
    const [across, down] = [end.clientX - swipe.x, end.clientY - swipe.y];
    swipe = null;
    if (Math.abs(across) > 50 && Math.abs(across) > 2 * Math.abs(down)) {
      const link = document.getElementById(across < 0 ? "next" : "previous");
      if (link) goTo(link.href);
    } else if (Math.hypot(across, down) < 10 && !event.target.closest("a, button")) {
      // A double tap: browsers send no double click where touch events are handled.
      if (event.timeStamp - tapped < 300) {
        event.preventDefault();
        zoomTo(zoomed() ? 1 : TWICE, end.clientX, end.clientY);
      }
      tapped = event.timeStamp;
    }
  });
}
