/** Journeys: a file at its lines, its outline, the uses of a name, its history, and what differs between two commits. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Stage } from "../stage.ts";
import { DESK, PHONE, SIZES, Visitor } from "../visitor.ts";

export function fileJourneys(on: () => Stage): void {
  describe.each(SIZES)("a file on $name", (size) => {
    let visitor: Visitor;
    beforeAll(async () => {
      const state = await on().signIn("alice");
      visitor = await Visitor.come(on().browser, on().server.url, size, { state });
    });
    afterEach(() => visitor.expectNoFault());
    afterAll(() => visitor.leave());
    const at = (path: string, commit: 0 | 1 = 1) => `/?at=${on().web.id}@${on().web.commits[commit]}:${path}`;
    const line = (n: number) => visitor.page.locator(`.file #L${n} a.number`);

    test("a permalink opened cold shows its lines", async () => {
      await visitor.open(at("src/session.ts:8-9"));
      await visitor.until(() => visitor.linesPointedAt(), ["L8", "L9"]);
      if (size === PHONE) await visitor.expectAccessible();
    });

    test("a line far down a long file, of which only what is near is made", async () => {
      await visitor.open(at("src/pipeline.ts:1201"));
      await visitor.until(() => visitor.linesPointedAt(), ["L1201"]);
      expect(await visitor.page.locator(".file .line").count()).toBeLessThan(1000);
      if (size === DESK) await visitor.expectAccessible();
    });

    test("a line is linked by its number, more of them with shift", async () => {
      await visitor.open(at("src/retry.ts"));
      await line(3).click();
      await visitor.until(() => visitor.address, at("src/retry.ts:3"));
      await line(6).click({ modifiers: ["Shift"] });
      await visitor.until(() => visitor.address, at("src/retry.ts:3-6"));
      expect(await visitor.linesPointedAt()).toEqual(["L3", "L4", "L5", "L6"]);
    });

    test("the outline leads to a symbol", async () => {
      await visitor.open(at("src/pipeline.ts"));
      await line(1).waitFor();
      if (size !== DESK) await visitor.page.getByText("Outline", { exact: true }).click();
      await visitor.link("step250 function").click();
      await visitor.until(() => visitor.linesPointedAt(), ["L1252"]);
    });

    test("a click on a name tells its definition and its uses", async () => {
      await visitor.open(at("src/session.ts"));
      await visitor.page.locator("#L10 .code-name", { hasText: "retryWithBackoff" }).click();
      const uses = visitor.page.getByRole("region", { name: "Where retryWithBackoff is used" });
      await uses.getByRole("heading", { name: "1 definition" }).waitFor();
      if (size === PHONE) await visitor.expectAccessible();
      await uses.getByRole("link", { name: "src/retry.ts:10", exact: true }).first().click();
      await visitor.heading(/retry\.ts/).waitFor();
      await visitor.until(() => visitor.linesPointedAt(), ["L10"]);
    });

    test("its history, and what changed", async () => {
      await visitor.open(at("src/session.ts"));
      await visitor.link("History").click();
      await visitor.heading("History over the indexed commits").waitFor();
      if (size === PHONE) await visitor.expectAccessible();
      await visitor.link("What changed").click();
      await visitor.page.getByText("1 line added, 1 line removed").waitFor();
      await visitor.page.locator(".line.added").getByText("attempts: 5").waitFor();
      await visitor.page.locator(".line.removed").getByText("attempts: 3").waitFor();
      if (size === PHONE) await visitor.expectAccessible();
      await visitor.link("All files").click();
      await visitor.page.getByText("1 added, 1 changed, 0 removed").waitFor();
      if (size === PHONE) await visitor.expectAccessible();
      await visitor.link("src/session.ts").waitFor();
      await visitor.page.goBack();
      await visitor.page.getByText("1 line added, 1 line removed").waitFor();
    });

    test("as it was in another commit", async () => {
      await visitor.open(at("src/session.ts"));
      await visitor.page.locator(".file").getByText("attempts: 5").waitFor();
      const before = on().web.commits[0];
      await visitor.page.getByLabel("Commit").selectOption(before);
      await visitor.page.locator(".file").getByText("attempts: 3").waitFor();
      expect(visitor.address).toBe(at("src/session.ts", 0));
    });

    test("at the source host, at the line; and its permalink, copied", async () => {
      await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const { id, commits } = on().web;
      await visitor.open(`/?at=${id}:src/session.ts:8-9`);
      const href = `https://github.com/acme/web/blob/${commits[1]}/src/session.ts#L8-L9`;
      await visitor.until(() => visitor.link("Open at the host").getAttribute("href"), href);
      await visitor.button("Copy permalink").click();
      const copied = () => visitor.page.evaluate<string>("navigator.clipboard.readText()");
      await visitor.until(copied, `${id}@${commits[1]}:src/session.ts:8-9`);
    });

    test("a file that is not there", async () => {
      await visitor.open(at("src/nothing.ts"));
      await visitor.page.getByRole("alert").waitFor();
      if (size === PHONE) await visitor.expectAccessible();
    });
  });
}
