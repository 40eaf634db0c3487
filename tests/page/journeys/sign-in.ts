/** Journeys: signing in with GitHub, and with a key. */
import { describe, expect, test } from "bun:test";
import type { Stage } from "../stage.ts";
import { DESK, PHONE, sizesOr, Visitor } from "../visitor.ts";

export function signInJourneys(on: () => Stage): void {
  describe.each(sizesOr(DESK))("signing in on $name", (size) => {
    const come = () => Visitor.come(on().browser, on().server.url, size);

    test("with GitHub: back to where one wanted to go", async () => {
      const visitor = await come();
      on().github.browser = "alice";
      await visitor.open("/?q=retry");
      if (size === PHONE) await visitor.expectAccessible();
      await visitor.link("Sign in with GitHub").click();
      await visitor.link(/src\/retry\.ts$/).waitFor();
      expect(visitor.address).toBe("/?q=retry");
      await visitor.leave();
    });

    test("with GitHub, denied: it says so, and can be tried again", async () => {
      const visitor = await come();
      on().github.browser = null;
      await visitor.open("/");
      await visitor.link("Sign in with GitHub").click();
      await visitor.until(() => visitor.address, "/?signin=denied");
      await visitor.link("Sign in with GitHub").waitFor();
      await visitor.leave();
    });
  });

  test("a key is sent once and kept nowhere", async () => {
    const visitor = await Visitor.come(on().browser, on().server.url, DESK);
    await visitor.open("/?q=parse+configuration");
    await visitor.page.getByLabel("API key").fill(on().apiKey);
    await visitor.button("Sign in with the key").click();
    await visitor.link(/tools\/parser\.py$/).waitFor();
    await visitor.leave();
  });

  test("a wrong key is refused in words", async () => {
    const visitor = await Visitor.come(on().browser, on().server.url, DESK);
    await visitor.open("/");
    await visitor.page.getByLabel("API key").fill("rb_wrong");
    await visitor.button("Sign in with the key").click();
    await visitor.page.getByRole("alert").waitFor();
    await visitor.leave();
  });
}
