// Sends the requests of all scripts. A dialog offers to sign in after the session has ended, and to try again without
// a connection; then the request is repeated. Callers get a successful response, or an error to show.
import { csrfToken } from "./csrf.js";
import { askToTryAgain, mentionSignedOut, sessionRenew, signInAgain } from "./session.js";

const UNAVAILABLE = new Set([502, 503, 504]);
const STALE_TOKEN = new Set(["form_expired", "cookie_missing"]);

/** kind: "signed-out", "offline", "server" or "refused". message: a sentence for the user. */
export class SendError extends Error {
  constructor(kind, message, { status = 0, data = {} } = {}) {
    super(message);
    Object.assign(this, { kind, status, data });
  }
}

/**
 * Send a request and return its successful Response. Throws SendError.
 * quiet: do not ask the user anything, for what is done in the background.
 * pauses: milliseconds before each attempt that is made without asking after the connection was lost.
 * takes: statuses of errors whose body the caller shows.
 */
export async function send(address, options = {}) {
  const { quiet = false, pauses = [], takes = [] } = options;
  const left = [...pauses];
  let renewed = false;
  for (;;) {
    const answer = await attempt(address, options);
    if (answer?.ok || takes.includes(answer?.status)) return answer;
    const error = answer ? await errorOf(answer) : new SendError("offline", gettext("No connection to the server."));
    if (error.kind === "signed-out") {
      if (quiet) mentionSignedOut();
      else if (await signInAgain()) continue;
    } else if (STALE_TOKEN.has(error.data.code) && !renewed) {
      renewed = true;
      if (await sessionRenew()) continue;
    } else if (error.kind === "offline") {
      if (left.length) {
        await new Promise((resolve) => { setTimeout(resolve, left.shift()); });
        continue;
      }
      if (!quiet && await askToTryAgain(error.message)) continue;
    }
    throw error;
  }
}

/** Return the error of a response: from the sentence in its JSON, or from its status. */
export async function errorOf(answer) {
  const data = await answer.json().catch(() => ({}));
  return errorFor(answer.status, data ?? {});
}

export function errorFor(status, data) {
  const kind = kindOf(status);
  return new SendError(kind, sentenceIn(data) || sentenceFor(status), { status, data });
}

function kindOf(status) {
  if (status === 401) return "signed-out";
  if (UNAVAILABLE.has(status)) return "offline";
  return status >= 500 ? "server" : "refused";
}

function sentenceIn({ message, errors, detail }) {
  return message || Object.values(errors ?? {}).flat().join(" ") || detail || "";
}

function sentenceFor(status) {
  if (status === 401) return gettext("You are signed out. Sign in again.");
  if (status === 403) return gettext("You may not do this.");
  if (status === 404) return gettext("This no longer exists. Reload the page.");
  if (UNAVAILABLE.has(status)) return gettext("The server cannot answer at the moment.");
  if (status >= 500) return gettext("Something went wrong on the server. Nothing was changed.");
  return gettext("Something went wrong. Try again.");
}

// Returns null without a connection.
async function attempt(address, { method = "GET", body, headers = {}, accept = "application/json", signal, cache }) {
  const sent = { Accept: accept, "X-Requested-With": "XMLHttpRequest", ...headers };
  if (method !== "GET") {
    sent["X-CSRFToken"] = csrfToken();
    // The field of a form has precedence over the header.
    if (body?.has?.("csrfmiddlewaretoken")) body.set("csrfmiddlewaretoken", csrfToken());
  }
  try {
    return await fetch(address, { method, body, headers: sent, signal, cache, credentials: "same-origin" });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return null;
  }
}
