/** Journeys: questions with and without a model, its citations, a follow-up, and what is said when the model fails. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ScriptedModel, refuses, says, startScriptedModel, textPiece } from "../../helpers/scripted-model.ts";
import { jsonOf, withKey } from "../../server/identity/signed-in.ts";
import type { Stage } from "../stage.ts";
import { DESK, PHONE, type Size, sizesOr, Visitor } from "../visitor.ts";

const QUESTION = "How is the token of a session refreshed?";

export function askJourneys(on: () => Stage): void {
  let model: ScriptedModel;
  beforeAll(async () => void (model = await startScriptedModel()));
  afterAll(() => model.stop());

  const come = async (size: Size) =>
    Visitor.come(on().browser, on().server.url, size, { state: await on().signIn("alice") });
  const setModel = async (wanted: boolean): Promise<void> => {
    const api = withKey(on().place, await on().server.issueKey("alice", ["read", "admin"]));
    const body = { baseUrl: model.url, model: "scripted", key: "sk-of-a-test", prices: { input: 1, output: 2 } };
    const answer = await api("/v1/space/model", wanted ? { method: "PUT", body } : { method: "DELETE" });
    expect(await jsonOf<{ owner: unknown }>(answer)).toMatchObject({ owner: wanted ? "space" : null });
  };
  const box = (visitor: Visitor, name = "A question about the code") => visitor.page.getByLabel(name);
  const asks = async (visitor: Visitor, question = QUESTION) => {
    await visitor.open("/?view=ask");
    await box(visitor).fill(question);
    await visitor.button("Ask").click();
  };

  describe.each(sizesOr(PHONE))("asking on $name", (size) => {
    test("without a model: the places, with their lines", async () => {
      const visitor = await come(size);
      await visitor.open("/");
      await visitor.page.getByRole("navigation").getByRole("link", { name: "Ask" }).click();
      await box(visitor).fill(QUESTION);
      await box(visitor).press("Enter");
      await visitor.page.getByText("No model is set: here are the places.").waitFor();
      await visitor.link(/src\/session\.ts/).waitFor();
      await visitor.page.getByText("refreshSessionToken(store").first().waitFor();
      // a number stands beside its line
      const heights = await visitor.page
        .locator(".source-lines .line")
        .evaluateAll((all) => all.map((line) => line.clientHeight));
      expect(Math.max(...heights)).toBeLessThan(30);
      await visitor.until(() => visitor.address, `/?view=ask&q=${encodeURIComponent(QUESTION).replaceAll("%20", "+")}`);
      await visitor.expectAccessible();
      await visitor.expectNoSidewaysScrolling();
      // a reload asks nothing by itself, and loses no question
      await visitor.page.reload();
      await visitor.until(() => box(visitor).inputValue(), QUESTION);
      expect(await visitor.page.locator(".turn").count()).toBe(0);
      await visitor.leave();
    });

    test("with a model: text whose citations open their lines, one that it made up, a follow-up", async () => {
      await setModel(true);
      model.script(
        says(
          "It is **refreshed** in `refresh",
          "SessionToken` [1], not [77].\n\n",
          "```ts\nconst a = [1];\n```\n<img src=x>",
        ),
        says("In the tests."),
      );
      const visitor = await come(size);
      await asks(visitor);
      const turns = visitor.page.locator(".turn");
      await turns.getByText(/1050 tokens · 0\.0011 USD/).waitFor();
      expect(await turns.locator("strong", { hasText: "refreshed" }).count()).toBe(1);
      expect(await turns.locator("img").count()).toBe(0);
      await turns.getByText("no such source").waitFor();
      const chip = turns.locator(".answer-text").getByRole("button", { name: /^Source 1: / });
      await chip.click();
      const lines =
        size === PHONE ? turns.locator(".answer-text .source-lines") : visitor.page.locator("aside .source-lines");
      await lines.waitFor();
      await visitor.expectAccessible();
      await visitor.expectNoSidewaysScrolling();
      await lines.getByRole("link", { name: "Open the file" }).click();
      await visitor.page.locator(".file").waitFor();
      await visitor.until(async () => (await visitor.linesPointedAt()).length > 0, true);
      await visitor.page.goBack();
      await turns.getByText("1050 tokens").waitFor();

      await box(visitor, "A follow-up").fill("And where is it tested?");
      await box(visitor, "A follow-up").press("Enter");
      await turns.nth(1).getByText("In the tests.").waitFor();
      expect(JSON.stringify(model.asked.at(-1)?.body.messages)).toContain(QUESTION);
      await visitor.button("New question").click();
      await visitor.until(() => turns.count(), 0);
      await visitor.until(() => visitor.address, "/?view=ask");
      await visitor.leave();
      await setModel(false);
    });
  });

  test("what came stays when the model is stopped, cut off or refuses", async () => {
    await setModel(true);
    const visitor = await come(DESK);
    const turn = visitor.page.locator(".turn").last();

    model.script({ pieces: [textPiece("It begins ")], stalls: true });
    await asks(visitor);
    await turn.getByText("It begins").waitFor();
    await visitor.button("Stop").click();
    await turn.getByText("You stopped the answer here.").waitFor();
    await model.asked[0]?.ended;

    model.script({ pieces: [textPiece("Half of ")] });
    await box(visitor, "A follow-up").fill("And then?");
    await box(visitor, "A follow-up").press("Enter");
    await turn.getByText("The model broke off in the middle of the answer.").waitFor();
    await turn.getByText("Half of").waitFor();

    model.script(refuses(429, { error: { message: "slow down" } }, { "retry-after": "9" }), says("Now it works."));
    await visitor.button("New question").click();
    await box(visitor).fill(QUESTION);
    await box(visitor).press("Enter");
    await turn.getByRole("alert").waitFor();
    await visitor.button(/^Try again in \d s$/).waitFor();
    await visitor.expectAccessible();
    // the sources came all the same
    await visitor
      .link(/src\/session\.ts/)
      .first()
      .waitFor();
    await visitor.leave();
    await setModel(false);
  });

  test("offline it says so and keeps the question; the same question can be asked again", async () => {
    const visitor = await come(PHONE);
    await visitor.open("/?view=ask");
    await box(visitor).fill(QUESTION);
    await visitor.context.setOffline(true);
    await visitor.button("Ask").click();
    await visitor.page.getByRole("alert").getByText("You are offline").waitFor();
    await visitor.heading(QUESTION).waitFor();
    await visitor.context.setOffline(false);
    await visitor.button("Try again").click();
    await visitor
      .link(/src\/session\.ts/)
      .first()
      .waitFor();
    await visitor.leave();
  });
}
