// The map without a network: countries with coastlines and borders, and the names of towns.
import { areaText, mercator } from "./map-camera.js";
import { SendError, send } from "./send.js";

// From this zoom the countries in view are loaded in detail.
const FINE_ZOOM = 3.5;

export class Outlines {
  #countries = [];
  #cell = 10;
  #towns = [];

  constructor({ world, country, towns }, redraw) {
    Object.assign(this, { urls: { world, country, towns }, redraw });
  }

  async load() {
    const { steps, cell, countries } = await read(this.urls.world) ?? { countries: [] };
    this.#cell = cell;
    this.#countries = countries.map(({ cells, rings }) => ({ cells: new Set(cells), coarse: shape(rings, steps), fine: null }));
    this.redraw();
  }

  /** Load what this part of the map needs. */
  async need(camera) {
    const { area } = camera;
    const missing = camera.zoom < FINE_ZOOM ? [] : this.#inView(area).filter(({ fine }) => fine === null);
    for (const country of missing) country.fine = [];
    const towns = read(`${this.urls.towns}?area=${areaText(rounded(area, camera.zoom))}`);
    await Promise.all(missing.map(async (country) => {
      const found = await read(this.urls.country.replace("/0/", `/${this.#countries.indexOf(country)}/`));
      country.fine = found && shape(found.rings, found.steps);
      this.redraw();
    }));
    this.#towns = (await towns)?.towns ?? this.#towns;
    this.redraw();
  }

  /** `boxes`: what must not be written over. */
  draw(context, camera, colours, ratio, boxes) {
    context.fillStyle = colours.land;
    context.strokeStyle = colours.border;
    context.lineWidth = 1 / camera.scale;
    context.lineJoin = "round";
    for (const [left, top] of camera.worlds()) this.#world(context, camera, left, top, ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#label(context, camera, colours, boxes);
  }

  /** Draw the world whose corner is at these pixels. */
  #world(context, camera, left, top, ratio) {
    const scale = camera.scale * ratio;
    context.setTransform(scale, 0, 0, scale, left * ratio, top * ratio);
    const shown = [0, 1].map((end) => [(end * camera.width - left) / camera.scale, (end * camera.height - top) / camera.scale]);
    for (const country of this.#countries) {
      const rings = camera.zoom >= FINE_ZOOM && country.fine?.length ? country.fine : country.coarse;
      for (const { path, box } of rings) {
        if (box[2] < shown[0][0] || box[0] > shown[1][0] || box[3] < shown[0][1] || box[1] > shown[1][1]) continue;
        context.fill(path, "evenodd");
        context.stroke(path);
      }
    }
  }

  // The largest towns first; no name covers another.
  #label(context, camera, colours, boxes) {
    const taken = [...boxes];
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const most = boxes.length + Math.max(6, Math.round(camera.width * camera.height / 22000));
    for (const [name, longitude, latitude, inhabitants] of this.#towns) {
      if (taken.length >= most) break;
      const [x, y] = camera.pixels(...mercator(longitude, latitude));
      if (x < 0 || y < 0 || x > camera.width || y > camera.height) continue;
      const size = inhabitants > 1e6 ? 13 : 11.5;
      context.font = `${inhabitants > 1e6 ? 600 : 500} ${size}px ${colours.font}`;
      const box = [x - 6, y - size, x + context.measureText(name).width + 14, y + size];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box);
      context.fillStyle = colours.label;
      context.beginPath();
      context.arc(x, y, 2, 0, 2 * Math.PI);
      context.fill();
      context.lineWidth = 3;
      context.strokeStyle = colours.land;
      context.strokeText(name, x + 7, y);
      context.fillText(name, x + 7, y);
    }
  }

  #inView({ west, south, east, north }) {
    const across = 360 / this.#cell;
    const cells = [];
    const last = Math.floor(((east < west ? east + 360 : east) + 180) / this.#cell);
    for (let row = Math.floor((90 - north) / this.#cell); row <= Math.floor((90 - south) / this.#cell); row += 1) {
      for (let column = Math.floor((west + 180) / this.#cell); column <= last; column += 1) {
        cells.push(row * across + column % across);
      }
    }
    return this.#countries.filter((country) => cells.some((cell) => country.cells.has(cell)));
  }
}

// Rings of a grid as paths in the square of the world, each with its box.
function shape(rings, steps) {
  return rings.map((moves) => {
    const path = new Path2D();
    const box = [2, 2, -1, -1];
    let across = 0;
    let down = 0;
    for (let at = 0; at < moves.length; at += 2) {
      across += moves[at];
      down += moves[at + 1];
      const [x, y] = mercator(across * 360 / steps - 180, 90 - down * 360 / steps);
      if (at) path.lineTo(x, y);
      else path.moveTo(x, y);
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
    path.closePath();
    return { path, box };
  });
}

// The same towns for parts that are nearly the same, so that the browser's cache has them.
function rounded({ west, south, east, north }, zoom) {
  const step = 90 / 2 ** Math.round(zoom);
  const out = (value, round, least, most) => Math.min(Math.max(round(value / step) * step, least), most);
  const edges = [out(west, Math.floor, -180, 180), out(east, Math.ceil, -180, 180)];
  // Nearly all of the world over the 180th meridian.
  if (west > east && edges[0] <= edges[1]) edges.splice(0, 2, -180, 180);
  return {
    west: edges[0], south: out(south, Math.floor, -90, 90),
    east: edges[1], north: out(north, Math.ceil, -90, 90),
  };
}

// The map works without what cannot be loaded.
async function read(address) {
  try {
    return await (await send(address, { quiet: true })).json();
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    return null;
  }
}
