/** Signing in, in a browser: with GitHub, with a key, and out. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Stage, startStage } from "./stage.ts";
import { DESK, SIZES, Visitor } from "./visitor.ts";

let stage: Stage;
beforeAll(async () => void (stage = await startStage()));
afterAll(() => stage.stop());

describe.each(SIZES)("on $name", (size) => {
  const come = () => Visitor.come(stage.browser, stage.server.url, size);

  test("with GitHub: back to where one wanted to go", async () => {
    const visitor = await come();
    stage.github.browser = "alice";
    await visitor.open("/?q=retry");
    await visitor.page.getByRole("link", { name: "Sign in with GitHub" }).click();
    await visitor.page.getByRole("link", { name: /^\S+ src\/retry\.ts$/ }).waitFor();
    expect(visitor.address).toBe("/?q=retry");
    await visitor.leave();
  });

  test("with GitHub, denied: it says so, and can be tried again", async () => {
    const visitor = await come();
    stage.github.browser = null;
    await visitor.open("/");
    await visitor.page.getByRole("link", { name: "Sign in with GitHub" }).click();
    await visitor.until(() => visitor.address, "/?signin=denied");
    await visitor.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await visitor.expectAccessible();
    await visitor.leave();
  });
});

test("a key is sent once and kept nowhere", async () => {
  const visitor = await Visitor.come(stage.browser, stage.server.url, DESK);
  await visitor.open("/?q=parse+configuration");
  await visitor.page.getByLabel("API key").fill(stage.apiKey);
  await visitor.page.getByRole("button", { name: "Sign in with the key" }).click();
  await visitor.page.getByRole("link", { name: /^\S+ tools\/parser\.py$/ }).waitFor();
  await visitor.expectAccessible();
  await visitor.leave();
});
