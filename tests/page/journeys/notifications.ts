/** Journeys: the list of notifications with its bell, and a push that Chromium delivers to the service worker, the page closed. */
import { describe, expect, test } from "bun:test";
import type { CDPSession, Worker } from "playwright-core";
import type { PushMessage } from "../../../src/protocol/notice-api.ts";
import { withKey } from "../../server/identity/signed-in.ts";
import { notify as notifyAt, startNotified } from "../../server/notices/notified.ts";
import { PushDevice } from "../../server/notices/push-device.ts";
import type { Stage } from "../stage.ts";
import { DESK, PHONE, type SIZES, sizesOr, Visitor } from "../visitor.ts";

const CONTROLLED = "navigator.serviceWorker.controller !== null";
/**
 * A browser that draws no windows (the one of our npm package) gives no permission to show anything: there, what it would show is
 * kept in the worker, and all else is its own. A whole Chromium shows it itself.
 */
const KEEP_SHOWN = `(() => {
  if (Notification.permission === "granted") return;
  let shown = [];
  const without = (tag) => shown.filter((one) => one.tag !== tag);
  const registration = ServiceWorkerRegistration.prototype;
  registration.getNotifications = async () => shown;
  registration.showNotification = async (title, { body, tag, data }) =>
    void (shown = [...without(tag), { title, body, tag, data, close: () => void (shown = without(tag)) }]);
})()`;
const SHOWN = `self.registration.getNotifications()
  .then((all) => all.map(({ title, body, tag, data }) => ({ title, body, tag, data })))`;
/** As the browser tells a worker of it. */
const CLICK = `self.registration.getNotifications().then(([notification]) =>
  void self.dispatchEvent(Object.assign(new ExtendableEvent("notificationclick"), { notification })))`;
/** A click that no finger made may open no window: the address of the one that is asked for. */
const CLICK_OPENS = `new Promise((resolve) => {
  self.clients.openWindow = async (address) => { resolve(address); return null; };
  ${CLICK};
})`;

export function notificationJourneys(on: () => Stage): void {
  const come = async (size: (typeof SIZES)[number], serviceWorkers = false) =>
    Visitor.come(on().browser, on().server.url, size, { state: await on().signIn("alice"), serviceWorkers });
  const notify = async (notice: object): Promise<void> => {
    const key = await on().server.issueKey("alice", ["notify"]);
    expect((await withKey(on().place, key)("/v1/notifications", { method: "POST", body: notice })).status).toBe(201);
  };

  describe.each(sizesOr(PHONE))("notifications on $name", (size) => {
    test("the bell counts what is new; the list shows it, newest first, with its links", async () => {
      const title = `Nightly review on ${size.name}`;
      await notify({ title: `Before: ${title}` });
      await notify({ title, body: "2 faults\nin web", url: "https://ci.example/run/7", status: "failed" });
      const visitor = await come(size);
      await visitor.open("/?q=retry");
      await visitor.link(/^Notifications, \d+\+? unread$/).click();
      await visitor.until(() => visitor.address, "/?view=notifications");
      const items = visitor.page.locator(".notices li");
      await items.first().waitFor();
      expect(await items.first().textContent()).toContain(title);
      expect(await items.first().textContent()).toContain("Task failed");
      expect(await items.nth(1).textContent()).toContain(`Before: ${title}`);
      const link = items.first().getByRole("link", { name: "ci.example/run/7" });
      expect(await link.getAttribute("rel")).toContain("noopener");
      expect(await items.first().getByText("new", { exact: true }).count()).toBe(1);
      await visitor.page.getByText("Index updated").first().waitFor();
      await visitor.link("Notifications").waitFor();
      await visitor.expectAccessible();
      await visitor.expectNoSidewaysScrolling();
      await visitor.page.reload();
      await items.first().waitFor();
      expect(await items.getByText("new", { exact: true }).count()).toBe(0);
      await items.getByRole("link", { name: "web" }).first().click();
      await visitor.until(() => visitor.address, `/?repo=${on().web.id}`);
      await visitor.leave();
    });
  });

  test("older ones come when asked for", async () => {
    for (let n = 0; n < 21; n++) await notify({ title: `Task ${n}` });
    const visitor = await come(PHONE);
    await visitor.open("/?view=notifications");
    const items = visitor.page.locator(".notices li");
    await visitor.until(() => items.count(), 20);
    await visitor.button("Show older ones").click();
    await visitor.until(async () => (await items.count()) > 20, true);
    await visitor.leave();
  });

  const push = async (): Promise<Pushes> => {
    const visitor = await come(DESK, true);
    const { context, page, origin } = visitor;
    await context.grantPermissions(["notifications"], { origin });
    const browser = await context.newCDPSession(page);
    const registered = registrationOf(browser, origin);
    await browser.send("ServiceWorker.enable");
    await visitor.open("/?q=retry");
    await visitor.until(() => page.evaluate(CONTROLLED), true);
    const registrationId = await registered;
    const [worker] = context.serviceWorkers();
    if (!worker) throw new Error("the page has no service worker");
    await worker.evaluate(KEEP_SHOWN);
    const deliver = async (data: string) => {
      await browser.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
    };
    return { visitor, worker, deliver };
  };

  test("a push is shown while the page is closed, and a click opens the list", async () => {
    const { visitor, worker, deliver } = await push();
    // elsewhere: no page of ours is open
    await visitor.page.goto("about:blank");
    const message = await pushedMessage({ title: "Tests pass", body: "all", url: "https://elsewhere.example" });
    await deliver(JSON.stringify(message));
    const shown = { title: "Tests pass", body: "all", tag: message.id, data: "/?view=notifications&space=alice" };
    await visitor.until(() => worker.evaluate(SHOWN), [shown]);
    await deliver(JSON.stringify({ ...message, title: "Tests pass again" }));
    await visitor.until(() => worker.evaluate(SHOWN), [{ ...shown, title: "Tests pass again" }]);
    expect(await worker.evaluate<string>(CLICK_OPENS)).toBe(shown.data);
    await visitor.until(() => worker.evaluate(SHOWN), []);
    await visitor.open("/");
    await visitor.leave();
  });

  test("in a page that is open a click leads to the list; a push that says nothing is shown, too", async () => {
    const { visitor, worker, deliver } = await push();
    await deliver("not JSON");
    const shown = { title: "Repobase", body: "Something happened in your space.", tag: "repobase" };
    await visitor.until(() => worker.evaluate(SHOWN), [{ ...shown, data: "/?view=notifications" }]);
    await worker.evaluate(CLICK);
    await visitor.heading("Notifications").waitFor();
    expect(visitor.address).toBe("/?view=notifications");
    await visitor.leave();
  });
}

/** What a server sends a device for it, as an independent receiver decrypts it. */
async function pushedMessage(notice: object): Promise<PushMessage> {
  const sent: Uint8Array[] = [];
  const fetch = async (_: string, { body }: RequestInit) => {
    sent.push(body as Uint8Array);
    return new Response(null, { status: 201 });
  };
  const at = startNotified({ outbound: { fetch } });
  const api = await at.space("alice");
  const device = new PushDevice("https://push.example/a");
  await api("/v1/push/subscriptions", { method: "POST", body: JSON.stringify(device.subscription) });
  await notifyAt(api, notice);
  await at.server.settled();
  return JSON.parse(device.decrypt(sent[0] ?? new Uint8Array())) as PushMessage;
}

interface Pushes {
  readonly visitor: Visitor;
  readonly worker: Worker;
  /** As the push service would. */
  readonly deliver: (data: string) => Promise<void>;
}

/** Its id, once the browser says that it has a worker. */
function registrationOf(workers: CDPSession, origin: string): Promise<string> {
  return new Promise((resolve) =>
    workers.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const ours = registrations.find(({ scopeURL, isDeleted }) => scopeURL.startsWith(origin) && !isDeleted);
      if (ours) resolve(ours.registrationId);
    }),
  );
}
