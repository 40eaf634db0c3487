/**
 * The page's service worker: the page itself opens without the network, from files kept by this worker. It never touches the API:
 * what was answered is kept by the page (kept.ts), which knows whose it is. A new worker waits until the page says `now`, so
 * nothing is replaced under somebody's hands.
 */
declare const self: ServiceWorkerGlobalScope;
/** Put in by scripts/build-page.ts: the files kept from the start, and a name for all of what was built. */
declare const SHELL: readonly string[];
declare const BUILD: string;

const PREFIX = "page-";
const CACHE = PREFIX + BUILD;

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => {
  if (event.data === "now") void self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname === "/") event.respondWith(fromCache("/", request));
  else if (pathname.startsWith("/assets/")) event.respondWith(fromCache(request, request));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  // the document must be of this build, whatever the browser's own cache holds
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: path === "/" ? "reload" : "default" })));
}

/** A page of the build before this one may be open in another tab and load more of its parts: its files stay until the next. */
async function takeOver(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  for (const name of others.slice(0, -1)) await caches.delete(name);
  await self.clients.claim();
}

async function fromCache(key: Request | string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = (await cache.match(key)) ?? (key === "/" ? undefined : await caches.match(key));
  if (kept) return kept;
  const answer = await fetch(request);
  // a part that is loaded when it is first needed: its name is that of its bytes
  if (answer.ok && key !== "/") await cache.put(key, answer.clone());
  return answer;
}
