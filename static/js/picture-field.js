// A picture for a form: dropped anywhere on the page, pasted, or taken by the camera. Nothing leaves the browser
// before the form is sent, and the camera runs only until the picture is taken. A form with data-search-at-once is
// sent with a picture that was dropped, pasted or selected; one from the camera is looked at first.

const fields = [...document.querySelectorAll("[data-picture]")].map(prepare);
let isOwn = false;

document.addEventListener("paste", (event) => {
  const file = firstPicture(event.clipboardData?.files);
  if (!file) return;
  event.preventDefault();
  fieldFor(document.activeElement).choose(file);
});

// The pictures of the page can be dragged, too.
document.addEventListener("dragstart", () => { isOwn = true; });
document.addEventListener("dragend", () => { isOwn = false; });
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  if (!isOwn) highlight(fieldFor(event.target));
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) highlight(null); });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  highlight(null);
  if (isOwn) return;
  const field = fieldFor(event.target);
  const file = firstPicture(event.dataTransfer.files);
  if (file) field.choose(file);
  else field.showProblem(gettext("This isn't an image."));
});

// The field around an element, or else the first empty one.
function fieldFor(element) {
  return fields.find((field) => field.root.contains(element))
    ?? fields.find((field) => !field.input.files.length) ?? fields[0];
}

function highlight(over) {
  for (const field of fields) field.root.classList.toggle("over", field === over);
}

function firstPicture(files) {
  return [...(files ?? [])].find((file) => file.type.startsWith("image/") || /\.(hei[cf]|avif)$/i.test(file.name));
}

function prepare(root) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const input = root.querySelector("input[type=file]");
  const preview = part("picture-preview");
  const problem = part("picture-problem");
  const camera = part("camera");
  const video = camera.querySelector("video");
  let stream = null;

  part("picture-hint").hidden = false;
  // Browsers offer a camera only over https or on localhost.
  part("camera-offer").hidden = !navigator.mediaDevices?.getUserMedia;

  input.addEventListener("change", () => {
    show(input.files[0]);
    if (input.files.length) searchAtOnce();
  });
  // Of a page that is shown again by the back button.
  window.addEventListener("pageshow", () => { part("picture-busy").hidden = true; });
  part("camera-open").addEventListener("click", open);
  part("camera-stop").addEventListener("click", () => {
    stop();
    part("camera-open").focus();
  });
  part("camera-snap").addEventListener("click", snap);
  window.addEventListener("pagehide", stop);

  function choose(file) {
    take(file);
    searchAtOnce();
  }

  function searchAtOnce() {
    const form = root.closest("form[data-search-at-once]");
    if (!form) return;
    part("picture-busy").hidden = false;
    form.requestSubmit();
  }

  function take(file) {
    const carrier = new DataTransfer();
    carrier.items.add(file);
    input.files = carrier.files;
    show(file);
  }

  function show(file) {
    const image = preview.querySelector("img");
    if (image.src) URL.revokeObjectURL(image.src);
    image.removeAttribute("src");
    preview.hidden = !file;
    showProblem("");
    if (!file) return;
    // Some browsers cannot show every format that the server reads; then only the file name is shown.
    image.onload = () => { image.hidden = false; };
    image.onerror = () => { image.hidden = true; };
    image.src = URL.createObjectURL(file);
  }

  function showProblem(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }

  async function open() {
    showProblem("");
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" }, audio: false });
    } catch (error) {
      showProblem(error.name === "NotAllowedError"
        ? gettext("The browser blocks the camera for this page. Allow it in the address bar, or choose a file.")
        : gettext("No camera is available. Choose a file instead."));
      return;
    }
    video.srcObject = stream;
    camera.hidden = false;
    part("camera-offer").hidden = true;
    await video.play();
    part("camera-snap").focus();
  }

  function snap() {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    if (!canvas.width) return;
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => {
      stop();
      take(new File([blob], "camera.jpg", { type: "image/jpeg" }));
      part("camera-open").querySelector("svg").nextSibling.textContent = gettext("Retake photo");
      root.closest("form").querySelector("button:not([type=button]):not(.face-button)").focus();
    }, "image/jpeg", 0.92);
  }

  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    camera.hidden = true;
    part("camera-offer").hidden = !navigator.mediaDevices?.getUserMedia;
  }

  return { root, input, choose, showProblem };
}
