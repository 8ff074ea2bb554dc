// Loads the upload scripts where a page has the form. Without them the form sends all files at once and answers
// with a page. The imports are static: the page counts as loaded only when it can take what is dropped on it.
import { prepare } from "./upload-form.js";

for (const form of document.querySelectorAll("form[data-upload]")) prepare(form);
