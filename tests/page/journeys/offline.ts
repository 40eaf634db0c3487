/** Journeys: without the network, a new version of the page, and what stays of it all after signing out. */
import { describe, expect, test } from "bun:test";
import { startChangingPage } from "../changing-page.ts";
import type { Stage } from "../stage.ts";
import { DESK, PHONE, sizesOr, Visitor } from "../visitor.ts";

const CONTROLLED = "navigator.serviceWorker.controller !== null";
/** Answers in the browser's database. */
const KEPT = `new Promise((resolve) => {
  const open = indexedDB.open("repobase", 1);
  // opened before the page does, it would be made without its parts
  open.onupgradeneeded = () => open.transaction.abort();
  open.onerror = () => resolve([]);
  open.onsuccess = () => {
    const all = open.result.transaction("answers").objectStore("answers").getAll();
    all.onsuccess = () => { open.result.close(); resolve(all.result.map(({ kind }) => kind).sort()); };
  };
})`;

export function offlineJourneys(on: () => Stage): void {
  describe.each(sizesOr(PHONE))("without the network on $name", (size) => {
    test("the page opens, the last search and file can be read; signing out leaves nothing", async () => {
      const state = await on().signIn("alice");
      const visitor = await Visitor.come(on().browser, on().server.url, size, { state, serviceWorkers: true });
      const { id, commits } = on().web;
      const file = `/?at=${id}@${commits[1]}:src/session.ts`;
      const kept = async () => [...new Set(await visitor.page.evaluate<string[]>(KEPT))];
      await visitor.open(file);
      await visitor.page.locator(".file #L10").waitFor();
      // written beside what is shown: who leaves in that moment may lose it
      await visitor.until(kept, ["file"]);
      await visitor.open("/?q=retry");
      await visitor.link(/src\/retry\.ts$/).waitFor();
      await visitor.until(() => visitor.page.evaluate(CONTROLLED), true);
      await visitor.until(kept, ["file", "search"]);

      await visitor.open("/?q=zzqq&mode=keyword");
      await visitor.heading(/^Nothing found/).waitFor();
      await visitor.open("/?q=retry");
      await visitor.link(/src\/retry\.ts$/).waitFor();

      await visitor.context.setOffline(true);
      await visitor.page.reload();
      await visitor.link(/src\/retry\.ts$/).waitFor();
      await visitor.page.getByText("The server cannot be reached.").first().waitFor();
      if (size === PHONE) await visitor.expectAccessible();
      await visitor.open("/");
      await visitor.heading("Kept on this device").waitFor();
      expect(await visitor.link(/zzqq/).count()).toBe(0);
      if (size === PHONE) await visitor.expectAccessible();
      await visitor
        .link(/src\/session\.ts$/)
        .first()
        .click();
      await visitor.page.locator(".file #L10").waitFor();

      await visitor.open("/?q=retry");
      if (size === DESK) {
        await visitor.page.getByText("The lines around it are not kept on this device.").waitFor();
        expect(await visitor.page.getByRole("alert").count()).toBe(0);
      }

      await visitor.open("/?view=you");
      await visitor.button("Sign out here").click();
      await visitor.page.getByText("What was kept here is gone").waitFor();
      await visitor.until(kept, []);
      await visitor.context.setOffline(false);
      await visitor.open("/?view=you");
      await visitor.button("Sign out here").click();
      await visitor.link("Sign in with GitHub").waitFor();
      await visitor.until(kept, []);
      await visitor.leave();
    });
  });

  test("what one person opened is not there for the next, though nobody signed out", async () => {
    const visitor = await Visitor.come(on().browser, on().server.url, DESK, { state: await on().signIn("alice") });
    await visitor.open("/?q=retry");
    await visitor.link(/src\/retry\.ts$/).click();
    await visitor.page.locator(".file").waitFor();
    await visitor.until(async () => new Set(await visitor.page.evaluate<string[]>(KEPT)), new Set(["file", "search"]));
    await visitor.context.addCookies((await on().signIn("bob")).cookies);
    await visitor.open("/?view=you");
    await visitor.heading("bob").waitFor();
    await visitor.until(() => visitor.page.evaluate(KEPT), []);
    await visitor.leave();
  });

  test("a new version of the page is offered, and taken when one says so", async () => {
    const server = startChangingPage(on().server.url);
    const state = await on().signIn("alice");
    const visitor = await Visitor.come(on().browser, server.url, DESK, { state, serviceWorkers: true });
    await visitor.open("/?q=retry");
    await visitor.until(() => visitor.page.evaluate(CONTROLLED), true);
    server.change();
    await visitor.page.reload();
    const note = visitor.page.getByText("A new version of this page is ready.");
    await note.waitFor();
    expect(visitor.address).toBe("/?q=retry");
    await visitor.button("Reload").click();
    await note.waitFor({ state: "detached" });
    await visitor.link(/src\/retry\.ts$/).waitFor();
    await visitor.leave();
    await server.stop();
  });
}
