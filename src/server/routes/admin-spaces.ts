/** `/v1/admin`: the operator makes shared spaces, invites to them, names their organisations, and removes people. */
import { Hono } from "hono";
import type { ListedSpaces } from "../../protocol/identity-api.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { BY_ADMIN } from "../identity/invitations.ts";
import { listSpaces, makeSpace, removePerson } from "../identity/members.ts";
import { checkPersonId } from "../identity/records.ts";
import { checkOwner } from "../key-store.ts";
import { readQuestion } from "../limits.ts";
import { forgetOrg, inviteTo, nameOrg } from "./space.ts";
import { MAKE_SPACE } from "./spaces.ts";

export function adminSpaceRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const { registry } = services.identity;

  app.get("/spaces", async (c) => {
    const spaces = (await listSpaces(registry)).map(({ id, name, kind, members, orgs, created }) => ({
      id,
      name,
      kind,
      members: Object.keys(members).length,
      orgs: Object.keys(orgs),
      created,
    }));
    return c.json({ spaces } satisfies ListedSpaces);
  });

  app.post("/spaces", async (c) => {
    const { id, name } = await readQuestion(c.req.raw, services.limits.smallBody, MAKE_SPACE);
    const made = await makeSpace(registry, { id, name, by: null, adopt: true });
    return c.json({ id: made.id, name: made.name, kind: made.kind, created: made.created }, 201);
  });

  app.post("/spaces/:id/invitations", async (c) =>
    c.json(await inviteTo(services, c.req.raw, { space: checkOwner(c.req.param("id")), by: BY_ADMIN }), 201),
  );

  app.put("/spaces/:id/orgs/:org", async (c) => {
    const of = { space: checkOwner(c.req.param("id")), org: c.req.param("org") };
    return c.json(await nameOrg(services, c.req.raw, of));
  });

  app.delete("/spaces/:id/orgs/:org", async (c) =>
    c.json(await forgetOrg(services, { space: checkOwner(c.req.param("id")), org: c.req.param("org") })),
  );

  app.delete("/people/:id", async (c) => {
    const id = checkPersonId(c.req.param("id"));
    const spaces = await removePerson(registry, id);
    services.knownKeys.doubtAll();
    return c.json({ id, spaces });
  });
  return app;
}
