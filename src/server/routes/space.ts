/** `/v1/space`: who is in the caller's space and who may come. Members see it, admins of the space change it. */
import { Hono, type MiddlewareHandler } from "hono";
import { exactOptional, nullable, picklist } from "valibot";
import { fields, text } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { ROLES } from "../../protocol/roles.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { requireScope } from "../auth.ts";
import { invite } from "../identity/invitations.ts";
import { describeSpace, removeMember, setRole } from "../identity/members.ts";
import { addOrg, removeOrg } from "../identity/org-members.ts";
import { checkOrg, checkPersonId } from "../identity/records.ts";
import { ownOrigin } from "../identity/sessions.ts";
import { checkExpires, revokeKeysOf } from "../key-store.ts";
import { readQuestion } from "../limits.ts";

const role = picklist(ROLES, `must be one of ${ROLES.join(", ")}`);
export const ROLE = fields({ role });
export const INVITE = fields({ role, login: exactOptional(nullable(text)), expires: exactOptional(nullable(text)) });

export function spaceRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const { registry, now } = services.identity;
  const admin: MiddlewareHandler<AppEnv> = async (c, next) => {
    requireScope(c.var.caller, "admin");
    await next();
  };

  app.get("/", async (c) => {
    const { userId, scopes } = c.var.caller;
    const space = describeSpace(await registry.freshSpace(userId), userId, now());
    return c.json(scopes.includes("admin") ? space : { ...space, invitations: [] });
  });

  app.put("/members/:person", admin, async (c) => {
    const person = checkPersonId(c.req.param("person"));
    const { role: wanted } = await readQuestion(c.req.raw, services.limits.smallBody, ROLE);
    await setRole(registry, { space: c.var.caller.userId, person, role: wanted });
    return c.json({ id: person, role: wanted });
  });

  app.delete("/members/:person", async (c) => {
    const person = checkPersonId(c.req.param("person"));
    // whoever wants to may leave
    if (c.var.asker.person?.id !== person) requireScope(c.var.caller, "admin");
    await removeMember(registry, { space: c.var.caller.userId, person });
    services.knownKeys.doubtAll();
    return c.json({ id: person });
  });

  app.post("/invitations", admin, async (c) => {
    const by = c.var.asker.person?.id ?? c.var.asker.key?.record.person ?? "key";
    return c.json(await inviteTo(services, c.req.raw, { space: c.var.caller.userId, by }), 201);
  });

  app.delete("/invitations/:id", admin, async (c) => {
    const id = c.req.param("id");
    await registry.changeKnownSpace(c.var.caller.userId, (space) => {
      const left = space.invitations.filter((one) => one.id !== id);
      if (left.length === space.invitations.length)
        throw new RepobaseError("not_found", `no invitation has the id ${JSON.stringify(id.slice(0, 40))}`);
      return { ...space, invitations: left };
    });
    return c.json({ id });
  });

  app.put("/orgs/:org", admin, async (c) =>
    c.json(await nameOrg(services, c.req.raw, { space: c.var.caller.userId, org: c.req.param("org") })),
  );

  app.delete("/orgs/:org", admin, async (c) =>
    c.json(await forgetOrg(services, { space: c.var.caller.userId, org: c.req.param("org") })),
  );
  return app;
}

/** From the body of a request. */
export async function inviteTo(services: Services, request: Request, of: { space: string; by: string }) {
  const { identity, limits } = services;
  const { role: wanted, login = null, expires = null } = await readQuestion(request, limits.smallBody, INVITE);
  const until = expires === null ? null : checkExpires(expires, identity.now());
  const origin = ownOrigin(identity, request);
  return invite(identity.registry, { ...of, role: wanted, login, expires: until, origin });
}

/** From the body of a request. */
export async function nameOrg(services: Services, request: Request, of: { space: string; org: string }) {
  const org = checkOrg(of.org);
  const { role: wanted } = await readQuestion(request, services.limits.smallBody, ROLE);
  const { registry } = services.identity;
  // the mark must not be written for a space that is none
  await registry.changeKnownSpace(of.space, (space) => space);
  await addOrg(registry, { space: of.space, org, role: wanted });
  return { login: org, role: wanted };
}

/** Keys of people who were in by that organisation alone open nothing any more; here they are taken away. */
export async function forgetOrg(services: Services, of: { space: string; org: string }) {
  const { bucket, identity, knownKeys } = services;
  const org = checkOrg(of.org);
  for (const person of await removeOrg(identity.registry, { space: of.space, org }))
    await revokeKeysOf(bucket, of.space, person);
  knownKeys.doubtAll();
  return { login: org };
}
