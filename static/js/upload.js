// Loads the upload scripts where a page has the form. Without them the form sends all files at once and answers
// with a page. It may be loaded as a module or as a plain script.
if (document.querySelector("form[data-upload]")) {
  import("./upload-form.js").then(({ prepare }) => {
    for (const form of document.querySelectorAll("form[data-upload]")) prepare(form);
  });
}
