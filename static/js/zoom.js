// The slider for the size of photos in grids, also by the keys + and -. The device remembers it in a cookie, so that the
// server renders it.
import { covered } from "./covered.js";

/** Make the slider of the page work. around: makes the change that it is given, and lays out again. */
export function zoomBySlider(around = (change) => change()) {
  const slider = document.querySelector("[data-zoom-cookie]");
  if (!slider) return;
  const { zoomCookie, cookiePath } = slider.dataset;
  slider.value = document.documentElement.dataset.zoom;
  slider.closest(".zoom").hidden = false;

  function zoom() {
    around(() => { document.documentElement.dataset.zoom = slider.value; });
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${zoomCookie}=${slider.value}; path=${cookiePath}; max-age=31536000; samesite=lax${secure}`;
  }

  slider.addEventListener("input", zoom);
  document.addEventListener("keydown", (event) => {
    if (covered() || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    if (event.key === "+" || event.key === "=") slider.stepUp();
    else if (event.key === "-") slider.stepDown();
    else return;
    event.preventDefault();
    zoom();
  });
}
