/** Journeys: the repositories, the navigation, and every view on the narrowest screen. */
import { describe, expect, test } from "bun:test";
import type { Stage } from "../stage.ts";
import { PHONE, sizesOr, Visitor } from "../visitor.ts";

const NARROW = { width: 320, height: 640 };

export function viewJourneys(on: () => Stage): void {
  const come = async (size: { readonly width: number; readonly height: number }) =>
    Visitor.come(on().browser, on().server.url, size, { state: await on().signIn("alice") });

  describe.each(sizesOr(PHONE))("the repositories on $name", (size) => {
    test("with state; each leads to a search in it; removal asks for the name", async () => {
      const visitor = await come(size);
      const { id } = on().tools;
      await visitor.open("/");
      await visitor.page.getByRole("navigation").getByRole("link", { name: "Repositories" }).click();
      await visitor.heading("Repositories").waitFor();
      await visitor.page.getByText(/main · .* · 4 files/).waitFor();
      if (size === PHONE) await visitor.expectAccessible();
      await visitor.button(new RegExp(`^Remove … ${id}`)).click();
      const remove = visitor.button(`Remove ${id}`);
      expect(await remove.isDisabled()).toBe(true);
      await visitor.page.getByLabel(/To remove it/).fill(id);
      expect(await remove.isDisabled()).toBe(false);
      await visitor.button("Cancel").click();
      await visitor.link("tools").click();
      await visitor.until(() => visitor.address, `/?repo=${id}`);
      await visitor.leave();
    });
  });

  test("every view fits on a screen of 320 pixels", async () => {
    const visitor = await come(NARROW);
    const { id, commits } = on().web;
    const [from, to] = commits;
    const views = [
      ["/?q=retry", /src\/retry\.ts/],
      [`/?at=${id}@${to}:src/session.ts`, /session\.ts/],
      [`/?history=${id}:src/session.ts`, "History over"],
      [`/?diff=${id}&from=${from}&to=${to}`, new RegExp(`^${id}: `)],
      [`/?diff=${id}&from=${from}&to=${to}&path=src/session.ts`, /session\.ts/],
      ["/?view=repos", "Repositories"],
      ["/?view=you", "Alice"],
      ["/?view=ask", "Ask"],
      ["/?view=notifications", "Notifications"],
    ] as const;
    for (const [address, heading] of views) {
      await visitor.open(address);
      await visitor.heading(heading).first().waitFor();
      await visitor.expectNoSidewaysScrolling();
    }
    await visitor.leave();
  });
}
