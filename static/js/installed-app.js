// The service worker, where the browser has one: only over https and on localhost.
const worker = document.querySelector("link[rel=manifest]")?.dataset.worker;

if (worker && navigator.serviceWorker) {
  // It loads files of its own: first those of the page.
  const register = () => navigator.serviceWorker.register(worker).catch((error) => {
    // Blocked by the settings of the browser, or no connection: the pages work without it.
    console.warn(error);
  });
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}
