/** What a person does without naming a space: make one to share, and accept an invitation. */
import { Hono } from "hono";
import { fields, text } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { AppEnv, Asker, Services } from "../app-env.ts";
import { checkOffer, takeOffer } from "../identity/invitations.ts";
import { checkMayMake, makeSpace, rememberSpace } from "../identity/members.ts";
import type { PersonRecord } from "../identity/records.ts";
import { readQuestion } from "../limits.ts";

export const MAKE_SPACE = fields({ id: text, name: text });
export const ACCEPT = fields({ token: text });

export function spacesRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const { identity, limits } = services;
  const { registry } = identity;

  app.post("/spaces", async (c) => {
    const person = personOf(c.var.asker);
    // whom sign-up allows is whom it gave a space
    if (person.personal === null)
      throw new RepobaseError("forbidden", "this server's sign-up does not allow you a space", {
        hint: "ask the server's admin for one",
      });
    const { id, name } = await readQuestion(c.req.raw, limits.smallBody, MAKE_SPACE);
    await checkMayMake(registry, person);
    const space = await makeSpace(registry, { id, name, by: person, adopt: false });
    return c.json({ id: space.id, name: space.name, kind: space.kind, role: "admin" }, 201);
  });

  app.post("/invitations/accept", async (c) => {
    const person = personOf(c.var.asker);
    const { token } = await readQuestion(c.req.raw, limits.smallBody, ACCEPT);
    const { id, login } = person;
    const offer = await checkOffer(registry, token, { id, login, confirmed: c.var.asker.session?.issued ?? 0 });
    if (!offer) return c.json({ space: null });
    await registry.changePerson(id, (known) => known && rememberSpace(known, offer.space));
    await takeOffer(registry, offer, person);
    return c.json({ space: offer.space, role: offer.invitation.role });
  });
  return app;
}

/** @throws RepobaseError `forbidden` for a key, and the session of one */
function personOf({ person }: Asker): PersonRecord {
  if (person) return person;
  throw new RepobaseError("forbidden", "this takes a person's session, not a key", { hint: "sign in on the page" });
}
