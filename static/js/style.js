// The form of a painter style: giving an image or a link also selects it as the style.

for (const [name, value] of [["style_file", "upload"], ["style_link", "link"]]) {
  const field = document.querySelector(`[name=${name}]`);
  const choice = document.querySelector(`[name=style][value=${value}]`);
  field?.addEventListener("input", () => { if (field.value) choice.checked = true; });
}
