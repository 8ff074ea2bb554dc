// A session that has ended, or a lost connection: a dialog asks, and what was typed and selected stays in the page.
import { tokenRenew } from "./csrf.js";
import { toast } from "./toast.js";

// The dialogs are added when they are needed first; pages of visitors have none.
const template = document.getElementById("session-dialogs");
let asking = null;
let trying = null;
let note = null;

/** Whether this page is of an account, so that its session can end. */
export const hasSession = () => template !== null;

function dialogOf(id) {
  if (!template) return null;
  if (!document.getElementById(id)) document.body.append(document.importNode(template.content, true));
  return document.getElementById(id);
}

/** Ask for the password. Returns true once the same account is signed in, false if the user declines. */
export function signInAgain() {
  const dialog = dialogOf("signed-out");
  asking ??= dialogAnswer(dialog, (resolve) => {
    const form = dialog.querySelector("form");
    dialog.querySelector("[data-problem]").hidden = true;
    dialog.querySelector("a").href = form.action;
    form.elements.password.value = "";
    const submit = async (event) => {
      event.preventDefault();
      if (await signedInBy(dialog, form)) resolve(true);
    };
    // It may have been done in another tab: by a passkey, a second step or a provider.
    const look = async () => {
      if (!document.hidden && await sessionRenew()) resolve(true);
    };
    form.addEventListener("submit", submit);
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      form.removeEventListener("submit", submit);
      removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }).finally(() => { asking = null; });
  return asking;
}

/** Ask whether to try again; the connection's return is an answer, too. */
export function askToTryAgain(sentence) {
  const dialog = dialogOf("try-again");
  trying ??= dialogAnswer(dialog, (resolve) => {
    dialog.querySelector("[data-problem]").textContent = sentence;
    const again = () => resolve(true);
    const button = dialog.querySelector("[data-again]");
    button.addEventListener("click", again);
    addEventListener("online", again);
    return () => {
      button.removeEventListener("click", again);
      removeEventListener("online", again);
    };
  }).finally(() => { trying = null; });
  return trying;
}

/** Whether the page says that the session has ended. */
export const isSignedOut = () => Boolean(note?.isConnected);

/** Say once that the session has ended, after a request of the page itself. */
export function mentionSignedOut() {
  if (!template || note?.isConnected || asking) return;
  note = toast(gettext("You are signed out."), { level: "error" });
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button quiet small-button", textContent: gettext("Sign in") });
  button.addEventListener("click", signInAgain);
  note.querySelector("p").after(button);
}

/** Read the state of the session, and renew the tokens of the page. Returns true if its account is signed in. */
export async function sessionRenew() {
  if (!template) return false;
  const answer = await request("GET").catch(() => null);
  return answer?.ok ? use(await answer.json()) : false;
}

async function signedInBy(dialog, sent) {
  const explain = (words) => {
    const problem = dialog.querySelector("[data-problem]");
    problem.textContent = words;
    problem.hidden = false;
  };
  const button = sent.querySelector("button:not([type])");
  button.disabled = true;
  try {
    // A sign-in in another tab has made the token of this page invalid.
    if (await sessionRenew()) return true;
    const answer = await request("POST", new FormData(sent));
    const state = await answer.json().catch(() => ({}));
    if (answer.ok && !state.next_step) return use(state);
    if (answer.ok) {
      explain(gettext("Your account has a second step: do it in a new tab, then come back."));
      dialog.querySelector("a").href = state.next_step;
      dialog.querySelector("a").focus();
      return false;
    }
    explain(Object.values(state.errors ?? {}).flat().join(" ") || gettext("Something went wrong. Try again."));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    explain(gettext("No connection to the server."));
  } finally {
    button.disabled = false;
  }
  return false;
}

function request(method, body) {
  const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
  return fetch(template.dataset.signIn, { method, body, headers, cache: "no-store" });
}

function use({ account, token }) {
  tokenRenew(token);
  if (account === null) return false;
  if (String(account) !== template.dataset.account) {
    // The page is of somebody else.
    location.assign(template.dataset.home);
    return false;
  }
  note?.remove();
  document.dispatchEvent(new CustomEvent("session-renewed"));
  return true;
}

// Opens a dialog. `listen(resolve)` returns what ends the listening; closing the dialog answers false.
function dialogAnswer(dialog, listen) {
  if (!dialog) return Promise.resolve(false);
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.removeEventListener("close", closed);
      stop();
      dialog.close();
      resolve(value);
    };
    const closed = () => answer(false);
    const stop = listen(answer);
    dialog.addEventListener("close", closed);
    dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
  });
}
