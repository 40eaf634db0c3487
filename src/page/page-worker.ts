/** The service worker, as the page sees it: registered when this script is loaded; a new one is offered, and what it says is done. */
import { navigate } from "./navigation.ts";
import { pageUpdate } from "./page-update.ts";
import { parsePlace } from "./router.ts";
import type { WorkerWord } from "./service-worker/push-message.ts";
import { recount } from "./unread.ts";

navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<WorkerWord | null>) => {
  recount();
  if (data?.open?.startsWith("/?")) navigate(parsePlace(new URL(data.open, location.origin)));
});
navigator.serviceWorker.startMessages();
void register();

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

/** The first worker of all has nothing to replace. */
function offerWaiting({ waiting }: ServiceWorkerRegistration): void {
  if (!waiting || !navigator.serviceWorker.controller) return;
  pageUpdate.set(() => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a service worker's has no origin to name
    waiting.postMessage("now");
  });
}
