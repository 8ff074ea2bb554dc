// Errors of htmx requests, which htmx itself only logs. Requests of users are repeated after they have signed in.
import { errorFor } from "./send.js";
import { askToTryAgain, isSignedOut, mentionSignedOut, sessionRenew, signInAgain } from "./session.js";
import { toast } from "./toast.js";

// Events of users; all others are of parts that load and poll by themselves.
const BY_USERS = new Set(["click", "submit", "input", "change", "search", "keydown"]);
const renewed = new WeakSet();

// Parts that poll wait until the user has signed in.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isSignedOut() && !byUser(event.detail.requestConfig)) event.preventDefault();
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  tell(detail.requestConfig, errorFor(detail.xhr.status, parsed(detail.xhr.responseText)));
});
document.addEventListener("htmx:sendError", ({ detail }) => tell(detail.requestConfig, errorFor(503, {})));

const byUser = (config) => config.verb !== "get" || BY_USERS.has(config.triggeringEvent?.type);

async function tell(config, error) {
  if (!byUser(config)) {
    if (error.kind === "signed-out") mentionSignedOut();
    return;
  }
  if (error.kind === "signed-out") {
    if (await signInAgain()) repeat(config);
  } else if (error.kind === "offline") {
    if (await askToTryAgain(error.message)) repeat(config);
  } else if (error.data.code === "form_expired" && !renewed.has(config.elt)) {
    renewed.add(config.elt);
    if (await sessionRenew()) repeat(config);
  } else toast(error.message, { level: "error" });
}

// Sends what the fields contain now, with the new token.
function repeat({ elt, verb, path, triggeringEvent }) {
  if (!elt.isConnected) return;
  const { name, value } = triggeringEvent?.submitter ?? {};
  htmx.ajax(verb, path, { source: elt, event: triggeringEvent, values: name ? { [name]: value } : {} });
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
