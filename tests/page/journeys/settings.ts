/** Journeys: what an admin sets under You for the whole space: the model that answers, and webhooks. */
import { describe, expect, test } from "bun:test";
import { says, startScriptedModel } from "../../helpers/scripted-model.ts";
import { PushDevice } from "../../server/notices/push-device.ts";
import type { Stage } from "../stage.ts";
import { DESK, PHONE, type Size, sizesOr, Visitor } from "../visitor.ts";

/** What the browser of the tests lacks: its maker's push service, which is not on this machine, and a person who allows it. */
const pushServiceOf = (device: PushDevice): string => `
  let subscription = null;
  Object.defineProperty(Notification, "permission", { get: () => "granted" });
  Notification.requestPermission = async () => "granted";
  PushManager.prototype.getSubscription = async () => subscription;
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    const raw = atob(applicationServerKey.replaceAll("-", "+").replaceAll("_", "/"));
    if (!userVisibleOnly || raw.length !== 65) throw new DOMException("no such key", "InvalidAccessError");
    const json = ${JSON.stringify(device.subscription)};
    const key = Uint8Array.from(raw, (char) => char.charCodeAt(0)).buffer;
    return (subscription = { endpoint: json.endpoint, options: { applicationServerKey: key }, toJSON: () => json });
  };`;

export function settingsJourneys(on: () => Stage): void {
  const come = async (size: Size, serviceWorkers = false) =>
    Visitor.come(on().browser, on().server.url, size, { state: await on().signIn("alice"), serviceWorkers });
  const confirm = async (visitor: Visitor, button: string) => {
    await visitor.button(button).click();
    await visitor.page.getByRole("dialog").getByRole("button", { name: "Remove it" }).click();
  };

  describe.each(sizesOr(DESK))("the model for Ask on $name", (size) => {
    test("is set, its key never shown again; tried; and removed", async () => {
      const model = await startScriptedModel();
      const visitor = await come(size);
      await visitor.open("/?view=you");
      await visitor.page.getByText("No model is set: Ask shows the places").waitFor();
      await visitor.page.getByText("Set a model of your own").click();
      const form = visitor.page.getByRole("form", { name: "Model for Ask" });
      await form.getByLabel("Address of an OpenAI").fill(model.url);
      await form.getByLabel("Name of the model").fill("scripted");
      await form.getByLabel("Key").fill("sk-of-a-test");
      await form.getByLabel("Price of a million tokens read").fill("1.5");
      await form.getByRole("button").click();
      await visitor.page.getByRole("alert").getByText("One price is missing").waitFor();
      await form.getByLabel("Price of a million tokens written").fill("2");
      await form.getByRole("button").click();
      await visitor.page.getByText("set, and never shown").waitFor();
      await visitor.page.getByText("1.5 in, 2 out, USD per million tokens").waitFor();
      if (size === PHONE) await visitor.expectAccessible();

      model.script(says("Two small repositories [1]."));
      await visitor.button("Test it with a question").click();
      await visitor.page.getByText("scripted answers: Two small repositories [1].").waitFor();
      expect(model.asked[0]?.authorization).toBe("Bearer sk-of-a-test");
      await visitor.page.reload();
      await visitor.page.getByText("set, and never shown").waitFor();
      expect(await visitor.page.content()).not.toContain("sk-of-a-test");
      await confirm(visitor, "Remove the model");
      await visitor.page.getByText("No model is set: Ask shows the places").waitFor();
      await visitor.leave();
      await model.stop();
    });
  });

  test("this device is notified, of what one chooses, and no more once it is removed", async () => {
    const visitor = await come(PHONE, true);
    await visitor.context.addInitScript(pushServiceOf(new PushDevice("https://push.example/a-phone")));
    await visitor.open("/?view=you");
    await visitor.page.getByText("None of your devices is notified.").waitFor();
    const form = visitor.page.getByRole("form", { name: "Notify this device" });
    await form.getByRole("button").click();
    const device = visitor.page.getByRole("listitem").filter({ hasText: "this one" });
    await device.getByText("a push was refused").waitFor();
    expect(await device.textContent()).not.toContain("an index was updated");
    await form.getByLabel("an index was updated").check();
    await form.getByRole("button", { name: "Change what it is notified of" }).click();
    await device.getByText("an index was updated").waitFor();
    expect(await device.count()).toBe(1);
    await visitor.expectAccessible();
    await device.getByRole("button", { name: /^Remove/ }).click();
    await visitor.page.getByRole("dialog").getByRole("button", { name: "Remove it" }).click();
    await visitor.page.getByText("None of your devices is notified.").waitFor();
    await visitor.leave();
  });

  test("a webhook is added, its secret seen once; tried, and removed", async () => {
    const received: string[] = [];
    const receiver = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        received.push(request.headers.get("webhook-signature") ?? "");
        return new Response(null, { status: received.length === 1 ? 204 : 500 });
      },
    });
    const url = new URL("/hook", receiver.url).href;
    const visitor = await come(DESK);
    await visitor.open("/?view=you");
    await visitor.page.getByLabel("Address of a new webhook").fill(url);
    await visitor.button("Add the webhook").click();
    const secret = visitor.page.getByRole("textbox", { name: "The webhook’s secret" });
    expect(await secret.inputValue()).toStartWith("whsec_");
    await visitor.expectAccessible();
    await visitor.page.reload();
    await visitor.button(`Test ${url}`).click();
    await visitor.page.getByText("It was taken (204).").waitFor();
    expect(received).toEqual([expect.stringMatching(/^v1,/)]);
    expect(await secret.count()).toBe(0);
    await visitor.button(`Test ${url}`).click();
    await visitor.page.getByText("It was not taken:").waitFor();
    await confirm(visitor, `Remove ${url}`);
    await visitor.page.getByText("There is none.").waitFor();
    await visitor.leave();
    await receiver.stop(true);
  });
}
