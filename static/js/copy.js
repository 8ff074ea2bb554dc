// Copies the value of a field: <button data-copy="id of the field" hidden>.
const status = document.querySelector("[data-copy-status]");

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Over plain http there is no clipboard API; the old command still works.
      document.execCommand("copy");
    }
    const label = button.textContent;
    button.textContent = gettext("Copied");
    status.textContent = gettext("Link copied");
    setTimeout(() => { button.textContent = label; status.textContent = ""; }, 2000);
  });
}
