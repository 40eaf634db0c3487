/**
 * The page's service worker: the page itself opens without the network, from files kept by this worker. It never touches the API:
 * what was answered is kept by the page (kept.ts), which knows whose it is. A new worker waits until the page says `now`, so
 * nothing is replaced under somebody's hands. A push is shown whether the page is open or not.
 */
import { readPushMessage, type WorkerWord } from "./push-message.ts";

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
self.addEventListener("push", (event) => event.waitUntil(showNotice(event.data?.text())));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address: unknown = event.notification.data;
  if (typeof address === "string") event.waitUntil(openPage(address));
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

async function showNotice(text: string | undefined): Promise<void> {
  const { title, body, tag, address, at } = readPushMessage(text);
  const icon = SHELL.find((path) => path.includes("/icon192"));
  await self.registration.showNotification(title, {
    body,
    tag,
    data: address,
    ...(icon !== undefined && { icon, badge: icon }),
    ...(at !== undefined && { timestamp: at }),
  });
  await tellPages({});
}

/** In a page that is open, without loading it anew: what is being asked there stays. */
async function openPage(address: string): Promise<void> {
  const [page] = await pages();
  if (!page) return void (await self.clients.openWindow(address));
  tell(page, { open: address });
  // a system may not let a page come to the front
  await page.focus().catch(() => undefined);
}

async function tellPages(word: WorkerWord): Promise<void> {
  for (const page of await pages()) tell(page, word);
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a client's is this worker's own
const tell = (page: WindowClient, word: WorkerWord): void => page.postMessage(word);

/** Those in front first; of this build or another. */
const pages = (): Promise<readonly WindowClient[]> =>
  self.clients.matchAll({ type: "window", includeUncontrolled: true });
