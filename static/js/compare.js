// A result over its photo: the slider moves the line between the two. The result may arrive by htmx.

function prepare(root) {
  const slider = root.querySelector(".compare-slider");
  if (!slider || root.classList.contains("layered")) return;
  const move = () => root.style.setProperty("--line", `${slider.value}%`);
  root.classList.add("layered");
  slider.hidden = false;
  slider.addEventListener("input", move);
  move();
}

function prepareAll() {
  for (const root of document.querySelectorAll("[data-compare]")) prepare(root);
}

document.addEventListener("htmx:afterSwap", prepareAll);
prepareAll();
