/** This device as one that is notified: the browser's permission and subscription, and what the server knows of it. */
import { ANSWER } from "../protocol/cloud-api.ts";
import { type DocumentType, fields } from "../protocol/decode.ts";
import { type NoticeKind, PUSH_KEY, PUSH_SUBSCRIPTION, PUSH_SUBSCRIPTION_LIST } from "../protocol/notice-api.ts";
import { ask } from "./api.ts";
import { PageProblem } from "./problem.ts";

const path = "/v1/push/subscriptions";
const DONE: DocumentType<object> = { ...ANSWER, name: "answer", schema: fields({}) };

export const askDevices = (signal: AbortSignal) => ask({ path, type: PUSH_SUBSCRIPTION_LIST, signal });

/** Why this browser cannot be notified. undefined: it can, or a person may allow it. */
export function whyNotHere(): string | undefined {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window))
    return "This browser cannot be notified. On an iPhone or iPad, add this page to the home screen first, and open it there.";
  if (Notification.permission === "denied")
    return "This browser keeps notifications of this page off. Allow them in its settings for this site, then reload.";
  return undefined;
}

/** Asks the person, the browser and the server, in this order. The same device again changes its kinds. @throws PageProblem */
export async function notifyHere(kinds: readonly NoticeKind[]): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted")
    throw new PageProblem("usage", "this browser was not allowed to notify", { hint: "nothing was changed" });
  const { publicKey } = await ask({ path: "/v1/push/key", type: PUSH_KEY });
  const { endpoint, keys } = (await subscribe(publicKey)).toJSON();
  const body = { endpoint, keys: { p256dh: keys?.["p256dh"], auth: keys?.["auth"] }, kinds, label: deviceName() };
  await ask({ path, method: "POST", body, type: PUSH_SUBSCRIPTION });
}

export const endDevice = (id: string) => ask({ path: `${path}/${id}`, method: "DELETE", type: DONE });

/** What the server calls this device; null: it is not one that is notified. */
export async function idOfThisDevice(): Promise<string | null> {
  const subscription = await (await navigator.serviceWorker?.getRegistration())?.pushManager?.getSubscription();
  if (!subscription) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint));
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function subscribe(publicKey: string): Promise<PushSubscription> {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: publicKey };
  try {
    // one that was made with a key that the server has no more takes no other key
    const known = await pushManager.getSubscription();
    if (known && keyOf(known) !== publicKey) await known.unsubscribe();
    return await pushManager.subscribe(options);
  } catch (error) {
    throw new PageProblem("failure", "the browser’s push service did not take this device", {
      hint: `is it connected, and does the browser allow push? It says: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

const BROWSERS = ["Firefox", "Edg", "OPR", "Chrome", "Safari"] as const;
const SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"] as const;

/** `Chrome, Android`: enough to tell one's own devices apart. */
function deviceName(): string {
  const has = (name: string) => navigator.userAgent.includes(name);
  const browser = BROWSERS.find(has)?.replace("Edg", "Edge").replace("OPR", "Opera") ?? "A browser";
  const system = SYSTEMS.find(has);
  return system === undefined ? browser : `${browser}, ${system}`;
}
