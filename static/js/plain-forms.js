// Forms that load a page: on a page that has been open for a while, they are sent once the session is known to exist.
// Otherwise the sign-in page would take the place of what was typed.
import { send } from "./send.js";
import { hasSession, sessionRenew, signInAgain } from "./session.js";
import { toast } from "./toast.js";

// Few people type much in so short a time.
const FRESH = 5_000;
const sending = new WeakSet();
let known = Date.now();

// On the window: the scripts of a page answer their own forms before.
addEventListener("submit", async (event) => {
  const form = event.target;
  const method = event.submitter?.getAttribute("formmethod") ?? form.method;
  if (event.defaultPrevented || method.toLowerCase() !== "post" || "withoutSession" in form.dataset) return;
  if (!hasSession() || Date.now() - known < FRESH || sending.has(form)) return;
  event.preventDefault();
  sending.add(form);
  try {
    if (await sessionExists()) {
      known = Date.now();
      form.requestSubmit(event.submitter);
    }
  } finally {
    sending.delete(form);
  }
});

async function sessionExists() {
  try {
    await send(document.getElementById("session-dialogs").dataset.signIn, { cache: "no-store" });
    return await sessionRenew() || await signInAgain();
  } catch (error) {
    toast(error.message, { level: "error" });
    return false;
  }
}
