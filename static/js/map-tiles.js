// The map of the operator's tile server.
const SIDE = 256;
const MOST_PICTURES = 300;

export class Tiles {
  #pictures = new Map();

  constructor(address, redraw) {
    Object.assign(this, { address, redraw });
  }

  async load() {}
  async need() {}

  draw(context, camera, _colours, ratio) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const zoom = Math.max(0, Math.round(camera.zoom));
    const count = 2 ** zoom;
    const side = SIDE * 2 ** (camera.zoom - zoom);
    for (const [left, top] of camera.worlds()) this.#world(context, camera, { left, top, side, zoom, count });
  }

  #world(context, camera, { left, top, side, zoom, count }) {
    for (let y = Math.max(0, Math.floor(-top / side)); y < count && top + y * side < camera.height; y += 1) {
      for (let x = Math.max(0, Math.floor(-left / side)); x < count && left + x * side < camera.width; x += 1) {
        const picture = this.#picture(zoom, x, y);
        // Half a pixel more: no seams.
        if (picture) context.drawImage(picture, left + x * side, top + y * side, side + 0.5, side + 0.5);
      }
    }
  }

  #picture(z, x, y) {
    const address = this.address.replace("{z}", z).replace("{x}", x).replace("{y}", y);
    let picture = this.#pictures.get(address);
    if (!picture) {
      picture = new Image();
      // Tile servers ask who uses them.
      picture.referrerPolicy = "strict-origin-when-cross-origin";
      picture.addEventListener("load", this.redraw);
      picture.src = address;
      if (this.#pictures.size >= MOST_PICTURES) this.#pictures.delete(this.#pictures.keys().next().value);
      this.#pictures.set(address, picture);
    }
    return picture.complete && picture.naturalWidth ? picture : null;
  }
}
