// Uploads on every page: in the list of the upload form, or in the tray. Without scripts the form sends all files at
// once and returns a page.
import { dropAnywhere } from "./upload-drop.js";
import { recentClear } from "./recent-searches.js";
import { sharedForget, sharedTake } from "./shared-photos.js";
import { prepare } from "./upload-form.js";
import { storeDelete } from "./upload-store.js";
import { Tray } from "./upload-tray.js";

const place = document.getElementById("upload-tray");

if (place) {
  const settings = place.dataset;
  const form = document.querySelector("form[data-upload]");
  const tray = form ? null : new Tray(place, settings);
  const uploads = form ? prepare(form, settings) : tray.uploads;
  uploads.restore().then(() => sharedTake(settings.shared, (files) => uploads.add(files)));
  dropAnywhere((files) => uploads.add(files));
  // What is of an account leaves the device with it.
  document.querySelector("form[data-without-session]")?.addEventListener("submit", () => {
    storeDelete(settings.account);
    sharedForget(settings.shared);
    recentClear();
  });
}
