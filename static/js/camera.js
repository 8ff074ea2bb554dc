// The camera of this device for a video element: opened by a click, closed when the page is hidden or left.

export const cameraOffered = () => Boolean(navigator.mediaDevices?.getUserMedia);

export async function openCamera(video, onClosed) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "user", width: { ideal: 640 } },
    audio: false,
  });
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    document.removeEventListener("visibilitychange", whenHidden);
    window.removeEventListener("pagehide", close);
    onClosed();
  };
  const whenHidden = () => { if (document.hidden) close(); };
  document.addEventListener("visibilitychange", whenHidden);
  window.addEventListener("pagehide", close);
  // The device is unplugged, or the user withdraws the permission.
  for (const track of stream.getTracks()) track.addEventListener("ended", close);
  video.srcObject = stream;
  await video.play();
  return close;
}

export function cameraProblem(error) {
  return error.name === "NotAllowedError"
    ? gettext("The browser blocks the camera for this page. Allow it in the address bar, or choose a file.")
    : gettext("No camera is available. Choose a file instead.");
}

// The present frame as a JPEG, at most `width` pixels wide; null before the first frame.
export function frameOf(video, width, quality) {
  if (!video.videoWidth) return Promise.resolve(null);
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(width, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
}
