// Photos that were shared with the installed app, which its service worker keeps until a page uploads them.
const LOCK = "trombine-shared-photos";

// Only https and localhost have caches, and service workers.
const waiting = async (name) => (globalThis.caches && await caches.has(name) ? caches.open(name) : null);

/** Hand the shared files to `add`, and forget them. `name`: the address of the share target. */
export async function sharedTake(name, add) {
  if (!await waiting(name)) return;
  await navigator.locks.request(LOCK, async () => {
    const cache = await waiting(name);
    const requests = await cache?.keys() ?? [];
    const items = await Promise.all(requests.map(async (request) => {
      const answer = await cache.match(request);
      const called = decodeURIComponent(answer.headers.get("X-Name")) || "photo";
      const file = new File([await answer.blob()], called, { type: answer.headers.get("Content-Type") });
      return { file, name: called };
    }));
    if (items.length) await add(items);
    await sharedForget(name);
  });
}

/** Delete the shared files that wait. */
export const sharedForget = async (name) => globalThis.caches?.delete(name);

/** Return the number of shared files that wait. */
export async function sharedCount(name) {
  const cache = await waiting(name);
  return cache ? (await cache.keys()).length : 0;
}
