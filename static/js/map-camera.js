// What part of the map is shown. Positions are those of Web Mercator: the world is a square from 0 to 1, and at zoom 0
// it is 256 pixels wide.
export const MAX_ZOOM = 17;
// At which a town with its neighbours is shown: photos at one place look lost any nearer.
const TOWN = 11;
// Pixels at the right edge that the buttons of the map cover, with half a picture beside its position.
const BUTTONS = 90;
const WORLD = 256;
const MAX_LATITUDE = 85.05;

const within = (value, least, most) => Math.min(Math.max(value, least), most);
// The world repeats beyond its eastern and western edges.
const around = (x) => x - Math.floor(x);

export function mercator(longitude, latitude) {
  const angle = within(latitude, -MAX_LATITUDE, MAX_LATITUDE) * Math.PI / 180;
  return [(longitude + 180) / 360, 0.5 - Math.log(Math.tan(Math.PI / 4 + angle / 2)) / (2 * Math.PI)];
}

function degrees(x, y) {
  return [x * 360 - 180, (2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2) * 180 / Math.PI];
}

export class Camera {
  x = 0.5;
  y = 0.4;
  zoom = 1;
  width = 1;
  height = 1;

  get scale() {
    return WORLD * 2 ** this.zoom;
  }

  resize(width, height) {
    Object.assign(this, { width, height });
    this.#stay();
  }

  /** The pixels of a position of the map, of the copy of the world that is the nearest. */
  pixels(x, y) {
    const across = x - this.x;
    return this.#pixels(this.x + across - Math.round(across), y);
  }

  /** The pixels of the corners of the worlds in view, from the western one. */
  worlds() {
    const half = this.width / 2 / this.scale;
    const found = [];
    for (let x = Math.floor(this.x - half); x < this.x + half; x += 1) found.push(this.#pixels(x, 0));
    return found;
  }

  #pixels(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  /** Move by pixels. */
  pan(across, down) {
    this.x -= across / this.scale;
    this.y -= down / this.scale;
    this.#stay();
  }

  /** Change the zoom; what is at these pixels stays there. */
  zoomBy(steps, left = this.width / 2, top = this.height / 2) {
    const x = this.x + (left - this.width / 2) / this.scale;
    const y = this.y + (top - this.height / 2) / this.scale;
    this.zoom = within(this.zoom + steps, this.#least, MAX_ZOOM);
    this.x = x - (left - this.width / 2) / this.scale;
    this.y = y - (top - this.height / 2) / this.scale;
    this.#stay();
  }

  goTo(longitude, latitude, zoom) {
    [this.x, this.y] = mercator(longitude, latitude);
    this.zoom = within(zoom, this.#least, MAX_ZOOM);
    this.#stay();
  }

  /** Show an area {west, south, east, north} as large as possible, beside the buttons. */
  fit({ west, south, east, north }, most = TOWN) {
    const [left, top] = mercator(west, north);
    const [right, bottom] = mercator(east < west ? east + 360 : east, south);
    const edge = 0.1 * this.width;
    const covered = Math.max(BUTTONS, edge);
    const zooms = [
      Math.log2(Math.max(this.width - edge - covered, 1) / (WORLD * Math.max(right - left, 1e-9))),
      Math.log2(0.8 * this.height / (WORLD * Math.max(bottom - top, 1e-9))),
    ];
    this.zoom = within(Math.min(...zooms, most), this.#least, MAX_ZOOM);
    this.x = (left + right) / 2 + (covered - edge) / 2 / this.scale;
    this.y = (top + bottom) / 2;
    this.#stay();
  }

  /** The shown area in degrees. Over the 180th meridian west is more than east. */
  get area() {
    const half = [this.width / 2 / this.scale, this.height / 2 / this.scale];
    const all = half[0] >= 0.5;
    const [west, north] = degrees(all ? 0 : around(this.x - half[0]), within(this.y - half[1], 0, 1));
    const [east, south] = degrees(all ? 1 : around(this.x + half[0]), within(this.y + half[1], 0, 1));
    return { west, south, east, north };
  }

  /** The middle and the zoom, for addresses: "7/45.76/4.83". */
  get address() {
    const [longitude, latitude] = degrees(this.x, this.y);
    return `${this.zoom.toFixed(1)}/${latitude.toFixed(4)}/${longitude.toFixed(4)}`;
  }

  set address(text) {
    const [zoom, latitude, longitude] = text.split("/").map(Number);
    this.goTo(longitude, latitude, zoom);
  }

  // The world fills the shorter side.
  get #least() {
    return Math.max(0, Math.log2(Math.min(this.width, this.height) / WORLD));
  }

  #stay() {
    this.zoom = within(this.zoom, this.#least, MAX_ZOOM);
    const half = this.height / 2 / this.scale;
    this.x = around(this.x);
    this.y = half >= 0.5 ? 0.5 : within(this.y, half, 1 - half);
  }
}

export const isAddress = (text) => /^\d+(\.\d+)?\/-?\d+(\.\d+)?\/-?\d+(\.\d+)?$/.test(text);
export const areaText = ({ west, south, east, north }) =>
  [west, south, east, north].map((edge) => edge.toFixed(5)).join(",");
