// Opens photos in the viewer over the grid, which stays as it is below; Escape and Back close it again. The viewer is
// loaded with the first photo. Its address is that of the photo: a reload or a link to it shows the same page.
import { OPEN, covered } from "./covered.js";
import { showHeart } from "./favourites.js";
import { SendError, send } from "./send.js";

// Errors and the dialogs that sign in stay usable.
const USABLE = "#toasts, dialog, [data-viewer], #session-dialogs, #viewer-announcer";

/** Open the photos of `form` over it. onReturn: called on closing after photos have changed. */
export function openOver(form, onReturn) {
  const frame = document.getElementById("viewer-over");
  const title = document.title;
  let over = null;
  let viewer = null;
  let changed = false;

  async function insert() {
    const added = frame.content.cloneNode(true);
    const styles = [...added.querySelectorAll("link")];
    over = added.querySelector("[data-viewer]");
    document.getElementById("main").append(added);
    await Promise.all(styles.map((style) => new Promise((done) => { style.onload = style.onerror = done; })));
    viewer = await import("./viewer-move.js");
    await import("./viewer.js");
  }

  async function open(address, { pushed = true } = {}) {
    try {
      const headers = { "HX-Request": "true" };
      const answer = send(address, { headers, accept: "text/html", cache: "no-store" });
      const [page] = await Promise.all([answer, over ? null : insert()]);
      const html = await page.text();
      if (pushed) history.pushState({ viewer: true }, "", address);
      over.hidden = false;
      cover(true);
      viewer.show(html, address);
      over.focus({ preventScroll: true });
    } catch (error) {
      if (!(error instanceof SendError)) throw error;
      // The page of the photo, or of the error.
      location.assign(address);
    }
  }

  function cover(on) {
    const page = document.documentElement;
    if (on && !covered()) page.style.setProperty("--scroll-bar", `${innerWidth - page.clientWidth}px`);
    page.classList.toggle(OPEN, on);
    for (const element of [...document.body.children, ...document.getElementById("main").children]) {
      if (element.id !== "main" && !element.matches(USABLE)) element.inert = on;
    }
  }

  async function close() {
    dispatchEvent(new CustomEvent("viewer:left"));
    const id = over.querySelector("#photo").dataset.photoId;
    over.hidden = true;
    over.replaceChildren();
    cover(false);
    document.title = title;
    if (changed) await onReturn();
    changed = false;
    const tile = form.querySelector(`[data-id="${CSS.escape(id)}"], [data-stack~="${CSS.escape(id)}"]`);
    const box = tile?.getBoundingClientRect();
    if (box && (box.bottom < 80 || box.top > innerHeight - 40)) tile.scrollIntoView({ block: "center" });
    tile?.querySelector("a").focus({ preventScroll: true });
  }

  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-id] > a");
    if (!link || event.defaultPrevented || event.button) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link.href);
  });
  addEventListener("popstate", () => {
    if (history.state?.viewer) open(location.href, { pushed: false });
    else if (covered()) close();
  });
  document.addEventListener("viewer:sent", () => { changed = true; });
  for (const event of ["viewer:shown", "viewer:changed"]) {
    document.addEventListener(event, () => {
      const heart = over?.querySelector("#favourite");
      const id = over?.querySelector("#photo")?.dataset.photoId;
      const tile = heart && form.querySelector(`[data-id="${CSS.escape(id)}"]`);
      if (tile) showHeart(tile, heart.getAttribute("aria-pressed") === "true");
    });
  }
}
