// Shows a page without a connection, and receives what a phone shares. It keeps static files and nothing of an
// account: pages and photos are never stored. The server puts SETTINGS before this code.
const STATIC = `trombine-static ${SETTINGS.static}`;
const CACHE = `${STATIC} ${SETTINGS.version}`;
// Files of a version have a digest in their names, and never change.
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  event.waitUntil(prepare());
});
self.addEventListener("activate", (event) => {
  event.waitUntil(forgetVersions());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && request.mode === "navigate" && pathname === SETTINGS.share) {
    event.respondWith(receive(request));
  } else if (request.method !== "GET") return;
  else if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith(SETTINGS.static)) event.respondWith(file(request, HASHED.test(pathname)));
});

async function prepare() {
  const cache = await caches.open(CACHE);
  // Without the session: the page is of no account.
  const requests = [SETTINGS.offline, ...SETTINGS.files].map((url) => new Request(url, { credentials: "omit" }));
  await cache.addAll(requests);
  await self.skipWaiting();
}

async function forgetVersions() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(`${STATIC} `) && name !== CACHE)
    .map((name) => caches.delete(name)));
}

async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const stored = await (await caches.open(CACHE)).match(SETTINGS.offline);
    return stored ?? Response.error();
  }
}

async function file(request, isHashed) {
  const cache = await caches.open(CACHE);
  const stored = await cache.match(request.url);
  if (stored && isHashed) return stored;
  try {
    const answer = await fetch(request);
    if (isHashed && answer.status === 200) await cache.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return stored ?? Response.error();
  }
}

// Shared files wait in a cache of their own until a page of the account uploads them (shared-photos.js).
async function receive(request) {
  try {
    const files = (await request.formData()).getAll("photos").filter((one) => one instanceof File);
    const cache = await caches.open(SETTINGS.share);
    const moment = Date.now();
    for (const [number, one] of files.entries()) {
      const headers = { "Content-Type": one.type, "X-Name": encodeURIComponent(one.name) };
      await cache.put(`${SETTINGS.share}${moment}-${number}`, new Response(one, { headers }));
    }
    return Response.redirect(SETTINGS.upload, 303);
  } catch (error) {
    // The disk is full, or the files cannot be read: the server's page says that they did not arrive.
    console.warn(error);
    return Response.redirect(SETTINGS.share, 303);
  }
}
