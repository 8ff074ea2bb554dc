// The sign-in page says that shared photos wait on this device.
import { sharedCount, sharedForget } from "./shared-photos.js";

const note = document.querySelector("[data-shared-waiting]");
const name = note.dataset.sharedWaiting;
const count = await sharedCount(name);
note.hidden = !count;
note.querySelector("p").textContent = interpolate(
  ngettext(
    "%s shared photo waits on this device. It is uploaded to the account that you sign in to.",
    "%s shared photos wait on this device. They are uploaded to the account that you sign in to.", count),
  [count]);
note.querySelector("button").addEventListener("click", async () => {
  await sharedForget(name);
  note.hidden = true;
});
