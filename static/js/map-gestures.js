// Moves the map: dragging and pinching, the wheel, and keys.
const KEY_PIXELS = 120;
const WAYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
// A press that moves less is a click.
const SLACK = 5;

/** `changed` is called after each move of the camera. `home` shows everything. */
export function gestures(element, camera, { changed, home }) {
  const fingers = new Map();
  let moved = 0;

  const place = ({ clientX, clientY }) => {
    const box = element.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  };
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { distance: Math.hypot(a[0] - b[0], a[1] - b[1]), middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("button")) return;
    if (!fingers.size) moved = 0;
    fingers.set(event.pointerId, place(event));
  });
  // On the window: the pointer may leave the map.
  addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    const pinched = fingers.size === 2 ? spread() : null;
    fingers.set(event.pointerId, now);
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (pinched) {
      const { distance, middle } = spread();
      camera.pan(middle[0] - pinched.middle[0], middle[1] - pinched.middle[1]);
      if (pinched.distance > 0 && distance > 0) camera.zoomBy(Math.log2(distance / pinched.distance), ...middle);
      changed();
    } else if (fingers.size === 1 && moved > SLACK) {
      camera.pan(now[0] - before[0], now[1] - before[1]);
      changed();
    }
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    addEventListener(kind, (event) => fingers.delete(event.pointerId));
  }
  // The end of a drag is no click, and pictures are not dragged.
  element.addEventListener("click", (event) => {
    if (moved > SLACK && event.detail) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, { capture: true });
  element.addEventListener("dragstart", (event) => event.preventDefault());
  element.addEventListener("dblclick", (event) => {
    if (event.target.closest("a, button")) return;
    camera.zoomBy(1, ...place(event));
    changed();
  });
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
    camera.zoomBy(Math.max(-1, Math.min(1, -event.deltaY * lines / 250)), ...place(event));
    changed();
  }, { passive: false });

  element.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in WAYS) camera.pan(...WAYS[event.key].map((way) => way * KEY_PIXELS));
    else if (event.key === "+" || event.key === "=") camera.zoomBy(1);
    else if (event.key === "-") camera.zoomBy(-1);
    else if (event.key === "Home") {
      home();
      return;
    } else return;
    event.preventDefault();
    changed();
  });
}
