/** Journeys: keys of one's own, a shared space with an invitation and a role, and the way out. */
import { describe, expect, test } from "bun:test";
import { withKey } from "../../server/identity/signed-in.ts";
import type { Stage } from "../stage.ts";
import { DESK, PHONE, type Size, sizesOr, Visitor } from "../visitor.ts";

export function accountJourneys(on: () => Stage): void {
  const come = async (login: string, size: Size) =>
    Visitor.come(on().browser, on().server.url, size, { state: await on().signIn(login) });
  const confirm = async (visitor: Visitor, button: string, yes: string) => {
    await visitor.button(button).click();
    await visitor.page.getByRole("dialog").getByRole("button", { name: yes }).click();
  };

  describe.each(sizesOr(PHONE))("the account on $name", (size) => {
    test("a key is made, seen once, works, and is revoked", async () => {
      const visitor = await come("alice", size);
      const label = `CI on ${size.name}`;
      await visitor.open("/?view=you");
      await visitor.heading("Alice Example").waitFor();
      await visitor.page.getByLabel("Label of a new key").fill(label);
      await visitor.button("Make the key").click();
      const shown = visitor.page.getByRole("textbox", { name: "The new key" });
      const api = withKey(on().place, await shown.inputValue());
      expect((await api("/v1/repos")).status).toBe(200);
      if (size === PHONE) await visitor.expectAccessible();
      await visitor.page.reload();
      await visitor.page.getByText(label, { exact: true }).waitFor();
      expect(await shown.count()).toBe(0);
      await confirm(visitor, `Revoke ${label}`, "Revoke it");
      await visitor.until(() => visitor.page.getByText(label, { exact: true }).count(), 0);
      expect((await api("/v1/repos")).status).toBe(401);
      await visitor.leave();
    });

    test("signing out leads to the sign-in, and the session is over", async () => {
      const visitor = await come("alice", size);
      await visitor.open("/?view=you");
      await visitor.button("Sign out here").click();
      await visitor.link("Sign in with GitHub").waitFor();
      await visitor.open("/?q=retry");
      await visitor.link("Sign in with GitHub").waitFor();
      expect(await visitor.context.cookies()).toEqual([]);
      await visitor.leave();
    });
  });

  test("an admin makes a space, invites by a link, changes a role, and takes the member out", async () => {
    const alice = await come("alice", DESK);
    await alice.open("/?view=you");
    await alice.page.getByText("A new space to share").click();
    await alice.page.getByLabel(/^Name: small letters/).fill("team");
    await alice.button("Make the space").click();
    await alice.until(() => alice.page.getByLabel("You work in").inputValue(), "team");
    await alice.page.getByLabel("Role of the invited").selectOption("read");
    await alice.button("Make an invitation").click();
    const link = await alice.page.getByRole("textbox", { name: "The invitation’s link" }).inputValue();
    await alice.expectAccessible();

    const bob = await Visitor.come(on().browser, on().server.url, PHONE);
    on().github.browser = "bob";
    await bob.open(link.slice(on().server.url.length));
    await bob.page.getByText("You are invited to a space on this server").waitFor();
    await bob.expectAccessible();
    await bob.link("Sign in with GitHub").click();
    await bob.page.getByRole("searchbox", { name: "Search code" }).waitFor();
    await bob.open("/?view=you");
    await bob.page.getByLabel("You work in").selectOption("team");
    await bob.page.getByRole("listitem").filter({ hasText: "bob" }).getByText("read", { exact: true }).waitFor();

    await alice.page.reload();
    await alice.page.getByLabel("Role of bob").selectOption("write");
    await alice.until(() => alice.page.getByLabel("Role of bob").inputValue(), "write");
    await confirm(alice, "Remove bob", "Remove it");
    await alice.until(() => alice.page.getByLabel("Role of bob").count(), 0);
    await bob.page.reload();
    await bob.heading("bob").waitFor();
    await bob.until(() => bob.page.getByLabel("You work in").inputValue(), "bob");
    await bob.leave();
    await alice.leave();
  });
}
