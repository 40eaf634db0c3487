/** Journeys: a search as one types, its filters, its keys, and what it says when nothing is found or the server fails. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Stage } from "../stage.ts";
import { DESK, PHONE, SIZES, Visitor } from "../visitor.ts";

export function searchJourneys(on: () => Stage): void {
  describe.each(SIZES)("searching on $name", (size) => {
    let visitor: Visitor;
    beforeAll(async () => {
      const state = await on().signIn("alice");
      visitor = await Visitor.come(on().browser, on().server.url, size, { state });
    });
    afterEach(() => visitor.expectNoFault());
    afterAll(() => visitor.leave());
    const box = () => visitor.page.getByRole("searchbox", { name: "Search code" });
    const first = () => visitor.page.locator(".result h2").first();
    const filter = async (name: string) => {
      if (size === PHONE && !(await visitor.page.getByLabel(name).isVisible()))
        await visitor.button(/^Filters/).click();
      return visitor.page.getByLabel(name);
    };

    test("as one types: what is typed last is answered, and not every letter is asked", async () => {
      await visitor.open("/");
      const asked: string[] = [];
      const note = (request: { url(): string }) => {
        const url = new URL(request.url());
        if (url.pathname === "/v1/search") asked.push(url.searchParams.get("q") ?? "");
      };
      visitor.page.on("request", note);
      await box().pressSequentially("parse the configuration");
      await visitor.until(() => first().textContent(), "tools tools/parser.py");
      visitor.page.off("request", note);
      expect(asked.at(-1)).toBe("parse the configuration");
      expect(asked.length).toBeLessThan("parse the configuration".length);
      expect(visitor.address).toBe("/?q=parse+the+configuration");
    });

    test("results can be read by all, and say why they rank", async () => {
      await visitor.open("/?q=retry");
      await visitor.link(/src\/retry\.ts$/).waitFor();
      await visitor.expectAccessible();
      await visitor.page.getByText("Why it ranks").first().click();
      await visitor.page.locator(".facts details[open] li").first().waitFor();
    });

    test("filters are in the address; Back and a reload keep what was chosen", async () => {
      await visitor.open("/?q=retry");
      await (await filter("Repository")).selectOption({ label: "tools" });
      await visitor.until(() => first().textContent(), "tools tools/main.go");
      await (await filter("Language")).fill("python");
      await (await filter("Language")).press("Enter");
      await visitor.until(async () => (await first().textContent())?.endsWith(".py"), true);
      expect(visitor.address).toBe(`/?q=retry&repo=${on().tools.id}&lang=python`);
      await visitor.page.goBack();
      await visitor.until(() => first().textContent(), "tools tools/main.go");
      await visitor.page.reload();
      await visitor.until(() => first().textContent(), "tools tools/main.go");
      expect(await box().inputValue()).toBe("retry");
      await visitor.page.goBack();
      await visitor.until(() => visitor.address, "/?q=retry");
    });

    test("path, commit and mode", async () => {
      const { id, commits } = on().web;
      await visitor.open(`/?q=time&repo=${id}`);
      await visitor.until(() => first().textContent(), "web src/clock.ts");
      // the first commit has no clock
      await (await filter("Branch or commit")).fill(commits[0]);
      await (await filter("Branch or commit")).press("Enter");
      await visitor.until(() => visitor.link(/src\/clock\.ts$/).count(), 0);
      await (await filter("Path")).fill("styles/**");
      await (await filter("Path")).press("Enter");
      await (await filter("Mode")).selectOption("semantic");
      await visitor.until(() => first().textContent(), "web styles/theme.css");
      expect(visitor.address).toBe(`/?q=time&repo=${id}&ref=${commits[0]}&path=styles/**&mode=semantic`);
      await visitor.button("Clear filters").click();
      await visitor.until(() => visitor.address, "/?q=time");
    });

    test("nothing found: which filter to drop", async () => {
      await visitor.open("/?q=retryWithBackoff&path=styles/*.nothing&mode=keyword");
      await visitor.heading(/Nothing found/).waitFor();
      if (size === PHONE) await visitor.expectAccessible();
      await visitor.page.locator("[aria-labelledby=nothing] a").first().click();
      await visitor.link(/src\/retry\.ts$/).waitFor();
    });

    test("the server fails: it says so, and can be asked again", async () => {
      await visitor.page.route("**/v1/search?*", (route) => route.fulfill({ status: 503, body: "no" }));
      await visitor.open("/?q=retry");
      await visitor.page.getByRole("alert").waitFor();
      if (size === PHONE) await visitor.expectAccessible();
      await visitor.page.unroute("**/v1/search?*");
      await visitor.button("Try again").click();
      await visitor.link(/src\/retry\.ts$/).waitFor();
    });

    test("a result opens at its line, and Back leads to the results", async () => {
      await visitor.open("/?q=refresh+the+token");
      await visitor.link(/src\/session\.ts$/).click();
      await visitor.heading(/session\.ts/).waitFor();
      await visitor.until(async () => (await visitor.linesPointedAt()).length > 0, true);
      await visitor.page.goBack();
      await visitor.until(() => first().textContent(), "web src/session.ts");
    });
  });

  test("with the keyboard alone", async () => {
    const state = await on().signIn("alice");
    const visitor = await Visitor.come(on().browser, on().server.url, DESK, { state });
    await visitor.open("/?q=retry");
    const links = visitor.page.locator(".result h2 a");
    await links.first().waitFor();
    const focused = () => visitor.page.evaluate<string>("document.activeElement.textContent");
    const press = (key: string) => visitor.page.keyboard.press(key);
    await visitor.page.locator("main").focus();
    await press("j");
    await visitor.until(focused, await links.nth(0).textContent());
    await press("j");
    await visitor.until(focused, await links.nth(1).textContent());
    await visitor.page.getByRole("complementary", { name: /^Preview of/ }).waitFor();
    await press("k");
    await visitor.until(focused, await links.nth(0).textContent());
    await press("?");
    await visitor.page.getByRole("dialog").waitFor();
    await visitor.expectAccessible();
    await press("Escape");
    await visitor.until(() => visitor.page.getByRole("dialog").count(), 0);
    await press("/");
    await visitor.until(() => visitor.page.evaluate("document.activeElement.id"), "q");
    await press("Tab");
    await visitor.page.locator("main").focus();
    await press("j");
    await press("Enter");
    await visitor.heading(/retry\.ts/).waitFor();
    await visitor.leave();
  });
}
