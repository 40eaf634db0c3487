/** The service worker, as the page sees it: registered once the first answer is on the screen, and a new one is offered. */
import { navigate } from "./navigation.ts";
import { observed } from "./observed.ts";
import { parsePlace } from "./router.ts";
import type { WorkerWord } from "./service-worker/push-message.ts";
import { whenLeaving } from "./session.ts";
import { recount } from "./unread.ts";

/** Makes the new page take over; undefined: there is none. */
export const pageUpdate = observed<(() => void) | undefined>(undefined);

/** ms after the page has loaded: the first search goes before it. */
const AFTER_LOAD = 2000;

export function keepPage(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<WorkerWord | null>) => {
    recount();
    if (data?.open?.startsWith("/?")) navigate(parsePlace(new URL(data.open, location.origin)));
  });
  const later = () => setTimeout(() => void register(), AFTER_LOAD);
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });
}

async function register(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    offerWaiting(registration);
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", () => offerWaiting(registration));
    });
    // a page that stays open for days asks again when it is looked at
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void registration.update().catch(() => undefined);
    });
  } catch {
    // storage is full or forbidden, or the network broke: the page works as any page does
  }
}

/** What is pushed to this device is the person's who signed in on it: not the next one's to read. */
async function endPushes(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}

whenLeaving(() => void endPushes().catch(() => undefined)); // the server's next push finds nobody, and it forgets the device

/** The first worker of all has nothing to replace. */
function offerWaiting({ waiting }: ServiceWorkerRegistration): void {
  if (!waiting || !navigator.serviceWorker.controller) return;
  pageUpdate.set(() => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a service worker's has no origin to name
    waiting.postMessage("now");
  });
}
