// Loads the upload scripts for pages with the form. Without them the form sends all files at once and returns a
// page. The imports are static, so that the page is loaded only when it accepts dropped files.
import { prepare } from "./upload-form.js";

for (const form of document.querySelectorAll("form[data-upload]")) prepare(form);
