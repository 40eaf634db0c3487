/** The service worker is for once the first answer is on the screen; what was pushed to this device ends with a sign-out. */
import { whenLeaving } from "./session.ts";

/** ms after the page has loaded: the first search goes before it. */
const AFTER_LOAD = 2000;

export function keepPage(): void {
  if (!("serviceWorker" in navigator)) return;
  // a script of the page, kept by the worker: where there is none, nothing is pushed
  whenLeaving(() => void import("./end-pushes.ts").then(({ endPushes }) => endPushes()).catch(() => undefined));
  const later = () => setTimeout(() => void import("./page-worker.ts").catch(() => undefined), AFTER_LOAD);
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });
}
