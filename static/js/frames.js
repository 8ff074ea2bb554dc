// The frames of a morph: a slider and a button that plays them forth and back. Without this script the
// animation is shown. The result can arrive with the page or by a swap of htmx.

function prepare(root) {
  if (root.dataset.ready) return;
  root.dataset.ready = "1";
  const part = (name) => root.querySelector(`[data-frames-${name}]`);
  const picture = part("picture");
  const range = part("range");
  const words = part("words");
  const button = part("play");
  const captions = [...(part("captions")?.children ?? [])].map((item) => item.textContent);
  const playText = button.textContent.trim();
  const count = Number(root.dataset.frames);
  const step = Number(root.dataset.step);
  // Loaded once, so that the slider follows the finger.
  const frames = Array.from({ length: count }, (_unused, index) => {
    const image = new Image();
    image.src = picture.dataset.first.replace("frame-000", `frame-${String(index).padStart(3, "0")}`);
    return image;
  });
  let timer = 0;
  let direction = 1;

  range.max = count - 1;
  range.addEventListener("input", () => {
    pause();
    show(Number(range.value));
  });
  button.addEventListener("click", () => (timer ? pause() : play()));
  part("controls").hidden = false;
  show(0);

  function show(index) {
    picture.src = frames[index].src;
    range.value = index;
    words.textContent = captions[index] ?? `${index + 1} / ${count}`;
    range.setAttribute("aria-valuetext", words.textContent);
  }

  function play() {
    button.textContent = button.dataset.pause;
    timer = setInterval(() => {
      if (!root.isConnected) return pause();
      let next = Number(range.value) + direction;
      if (next < 0 || next >= count) {
        direction = -direction;
        next = Number(range.value) + direction;
      }
      show(next);
    }, step);
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    button.textContent = playText;
  }
}

function prepareAll() {
  for (const root of document.querySelectorAll("[data-frames]")) prepare(root);
}

document.addEventListener("htmx:afterSwap", prepareAll);
prepareAll();
