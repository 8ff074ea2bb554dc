// The offline page, at the address of the page that could not be loaded: that one is loaded when the server answers.
const INTERVAL = 3000;

async function look() {
  try {
    await fetch(location.href, { method: "HEAD", cache: "no-store" });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return;
  }
  location.reload();
}

// At its own address there is nothing else to load.
if (!location.pathname.endsWith("/offline/")) {
  addEventListener("online", look);
  setInterval(look, INTERVAL);
}
