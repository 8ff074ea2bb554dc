// Uploads on every page: in the list of the upload form, or in the tray. Without scripts the form sends all files at
// once and returns a page.
import { dropAnywhere } from "./upload-drop.js";
import { recentClear } from "./recent-searches.js";
import { sharedForget, sharedTake } from "./shared-photos.js";
import { Store, storeDelete } from "./upload-store.js";

const place = document.getElementById("upload-tray");

if (place) {
  const settings = place.dataset;
  const form = document.querySelector("form[data-upload]");
  let loaded = null;

  // Most pages upload nothing: what sends files is loaded with the first of them.
  const uploads = () => {
    loaded ??= form
      ? import("./upload-form.js").then(({ prepare }) => prepare(form, settings))
      : import("./upload-tray.js").then(({ Tray }) => new Tray(place, settings).uploads);
    return loaded;
  };
  const add = async (files) => (await uploads()).add(files);
  const restore = async () => {
    if (form || await new Store(settings.account).count()) await (await uploads()).restore();
  };

  restore().then(() => sharedTake(settings.shared, add));
  dropAnywhere(add);
  // What is of an account leaves the device with it.
  document.querySelector("form[data-without-session]")?.addEventListener("submit", () => {
    storeDelete(settings.account);
    sharedForget(settings.shared);
    recentClear();
  });
}
