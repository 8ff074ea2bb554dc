// Two photos with a timer, put into the form of the comparison. They stay in the page until it is sent.

import { cameraOffered, cameraProblem, frameOf, openCamera } from "./camera.js";

const SHOT_WIDTH = 1024;

const root = document.querySelector("[data-shots]");
if (root && cameraOffered()) start(root);

function start(root) {
  const part = (name) => root.querySelector(`[data-shots-${name}]`);
  const video = root.querySelector("video");
  const inputs = [...part("form").querySelectorAll("input[type=file]")];
  const pictures = [...part("taken").querySelectorAll("img")];
  const seconds = part("offer").querySelector("select");
  let close = null;
  let taken = 0;
  let timer = 0;

  part("start").hidden = false;
  part("offer").hidden = false;
  part("start").addEventListener("click", count);
  part("cancel").addEventListener("click", reset);

  async function count() {
    part("problem").hidden = true;
    if (taken === inputs.length) reset();
    try {
      part("view").hidden = false;
      close ??= await openCamera(video, closed);
    } catch (error) {
      part("view").hidden = true;
      part("problem").textContent = cameraProblem(error);
      part("problem").hidden = false;
      return;
    }
    part("start").hidden = true;
    part("cancel").hidden = false;
    tick(Number(seconds.value));
  }

  function tick(left) {
    state(interpolate(gettext("The camera is on: photo in %s"), [left]), true);
    part("count").textContent = left || "";
    if (left) timer = setTimeout(() => tick(left - 1), 1000);
    else snap();
  }

  async function snap() {
    const frame = await frameOf(video, SHOT_WIDTH, 0.92);
    if (!frame || !close) return;
    const carrier = new DataTransfer();
    carrier.items.add(new File([frame], `camera-${taken + 1}.jpg`, { type: "image/jpeg" }));
    inputs[taken].files = carrier.files;
    pictures[taken].src = URL.createObjectURL(frame);
    pictures[taken].hidden = false;
    part("taken").hidden = false;
    taken += 1;
    close();
    part("start").hidden = false;
    const complete = taken === inputs.length;
    part("start").querySelector("span").textContent = complete
      ? gettext("Start again")
      : gettext("Take the second photo");
    part("compare").hidden = !complete;
    part(complete ? "compare" : "start").focus();
  }

  function closed() {
    close = null;
    clearTimeout(timer);
    part("count").textContent = "";
    part("view").hidden = true;
    part("start").hidden = false;
    state("", false);
  }

  function reset() {
    close?.();
    taken = 0;
    for (const input of inputs) input.value = "";
    for (const picture of pictures) {
      if (picture.src) URL.revokeObjectURL(picture.src);
      picture.removeAttribute("src");
    }
    pictures[1].hidden = true;
    part("taken").hidden = true;
    part("compare").hidden = true;
    part("cancel").hidden = true;
    part("start").querySelector("span").textContent = gettext("Take the first photo");
  }

  function state(text, on) {
    part("state").textContent = text;
    part("state").classList.toggle("on", on);
  }
}
