// Keys and swipes follow the links of the page: <a data-key="ArrowLeft">. Their pictures are preloaded.
const follow = (key) => document.querySelector(`a[data-key="${CSS.escape(key)}"]`)?.click();

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select")) return;
  follow(event.key);
});

export const onSwipe = (element, act) => {
  let start = null;
  element.addEventListener("pointerdown", (event) => {
    start = event.pointerType === "touch" && event.isPrimary ? event : null;
  });
  element.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const along = event.clientX - start.clientX;
    if (Math.abs(along) > 50 && Math.abs(along) > 2 * Math.abs(event.clientY - start.clientY)) {
      act(along > 0 ? "ArrowLeft" : "ArrowRight");
    }
    start = null;
  });
  element.addEventListener("pointercancel", () => { start = null; });
};

const stage = document.querySelector(".stage-main");
if (stage && !stage.matches("[data-slideshow]")) onSwipe(stage, follow);
for (const link of document.querySelectorAll("a[data-picture]")) new Image().src = link.dataset.picture;
