// The map of photos: clusters of the shown part, and its photos beside it.
import { Camera, MAX_ZOOM, areaText, isAddress, mercator } from "./map-camera.js";
import { gestures } from "./map-gestures.js";
import { Outlines } from "./map-outlines.js";
import { Tiles } from "./map-tiles.js";
import { SendError, send } from "./send.js";
import { toast } from "./toast.js";

const SETTLED = 250;
// Half the side of a cluster in pixels.
const CLUSTER = 27;
// Degrees: photos of one place, which no zoom parts.
const ONE_PLACE = 0.0002;

const map = document.querySelector("[data-map]");
const canvas = map.querySelector("canvas");
const layer = map.querySelector("[data-map-clusters]");
const panel = document.querySelector("[data-map-photos]");
const { clusters: clustersUrl, photos: photosUrl, tiles } = map.dataset;
const camera = new Camera();
const ground = tiles ? new Tiles(tiles, redraw) : new Outlines(map.dataset, redraw);
const all = map.dataset.area ? JSON.parse(map.dataset.area) : { west: -180, south: -60, east: 180, north: 75 };
let frame = 0;
let timer = 0;
let request = null;
let shown = [];

function colours() {
  const style = getComputedStyle(map);
  const of = (name) => style.getPropertyValue(`--map-${name}`);
  return { sea: of("sea"), land: of("land"), border: of("border"), label: of("label"), font: style.fontFamily };
}

function redraw() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    draw();
  });
}

function draw() {
  const ratio = devicePixelRatio || 1;
  const size = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const context = canvas.getContext("2d");
  const palette = colours();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = palette.sea;
  context.fillRect(0, 0, ...size);
  const boxes = shown.map(({ x, y }) => {
    const [left, top] = camera.pixels(x, y);
    return [left - CLUSTER, top - CLUSTER, left + CLUSTER, top + CLUSTER];
  });
  ground.draw(context, camera, palette, ratio, boxes);
  for (const { element, x, y } of shown) {
    const [left, top] = camera.pixels(x, y);
    element.style.transform = `translate(${left}px, ${top}px) translate(-50%, -50%)`;
  }
}

function changed() {
  redraw();
  clearTimeout(timer);
  timer = setTimeout(settled, SETTLED);
}

async function settled() {
  history.replaceState(history.state, "", `#${camera.address}`);
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const area = areaText(camera.area);
  const zoom = Math.round(camera.zoom);
  ground.need(camera);
  try {
    const [found, photos] = await Promise.all([
      send(`${clustersUrl}?area=${area}&zoom=${zoom}`, { signal }).then((answer) => answer.json()),
      send(`${photosUrl}?area=${area}`, { signal, accept: "text/html" }).then((answer) => answer.text()),
    ]);
    if (signal.aborted) return;
    show(found.clusters);
    panel.innerHTML = photos;
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof SendError)) throw error;
    toast(error.message, { level: "error" });
  }
}

function show(clusters) {
  const hadFocus = layer.contains(document.activeElement);
  shown = clusters.map((cluster) => {
    const [x, y] = mercator(cluster.longitude, cluster.latitude);
    return { cluster, x, y, element: drawn(cluster) };
  });
  layer.replaceChildren(...shown.map(({ element }) => element));
  if (hadFocus) map.focus();
  draw();
}

function drawn(cluster) {
  const link = Object.assign(document.createElement("a"), { className: "map-cluster", href: cluster.url });
  const count = cluster.photos.toLocaleString(document.documentElement.lang);
  link.setAttribute("aria-label", interpolate(ngettext("%s photo", "%s photos", cluster.photos), [count]));
  link.append(Object.assign(new Image(), { src: cluster.thumbnail, alt: "", loading: "lazy", draggable: false }));
  if (cluster.photos > 1) link.append(Object.assign(document.createElement("span"), { textContent: count }));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !isLarge(cluster)) return;
    event.preventDefault();
    const before = camera.zoom;
    camera.fit(cluster, MAX_ZOOM);
    if (camera.zoom < before + 1) camera.zoomBy(before + 1 - camera.zoom);
    changed();
  });
  return link;
}

// A click zooms in as long as that parts the photos; then it opens them.
function isLarge({ photos, west, south, east, north }) {
  return photos > 1 && camera.zoom < MAX_ZOOM - 1 && Math.max(east < west ? east + 360 - west : east - west, north - south) > ONE_PLACE;
}

function home() {
  camera.fit(all);
  changed();
}

function goToAddress() {
  const address = location.hash.slice(1);
  if (isAddress(address)) camera.address = address;
  else camera.fit(all);
  changed();
}

gestures(map, camera, { changed, home });
for (const [name, act] of [["in", () => camera.zoomBy(1)], ["out", () => camera.zoomBy(-1)], ["all", () => camera.fit(all)]]) {
  map.querySelector(`[data-map-${name}]`).addEventListener("click", () => {
    act();
    changed();
  });
}
camera.resize(map.clientWidth, map.clientHeight);
goToAddress();
addEventListener("hashchange", goToAddress);
new ResizeObserver(() => {
  camera.resize(map.clientWidth, map.clientHeight);
  changed();
}).observe(map);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
ground.load().then(() => ground.need(camera));
