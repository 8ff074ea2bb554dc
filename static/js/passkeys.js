// Passkeys: hides their buttons where the browser has none, and tells what went wrong.
// The rest is django-allauth's (mfa/js/webauthn.js).
import { toast } from "./toast.js";

const BUTTONS = ["passkey_login", "passkey_second", "passkey_confirm", "passkey_add"];

// Browsers offer passkeys over HTTPS and on this machine only.
if (!window.PublicKeyCredential) {
  for (const id of BUTTONS) document.getElementById(id)?.setAttribute("hidden", "");
  const note = document.getElementById("passkey_unavailable");
  if (note) note.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const { name } = event.detail.exception;
  // The user closed the browser's question, or waited too long.
  if (name === "NotAllowedError" || name === "AbortError") return;
  const text = name === "InvalidStateError"
    ? gettext("This device has a passkey for this account already.")
    : gettext("The passkey could not be used. Try again, or use your password.");
  toast(text, { level: "error" });
});
