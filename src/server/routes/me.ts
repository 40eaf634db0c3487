/** `/v1/me`: who the caller is, the spaces they may use, and what they may do in the one they name. */
import { Hono } from "hono";
import type { Me } from "../../protocol/identity-api.ts";
import { roleOf } from "../../protocol/roles.ts";
import type { AppEnv, Asker, Caller, Services } from "../app-env.ts";
import { requireScope } from "../auth.ts";
import { callerOf } from "../identity/asker.ts";
import { memberIn } from "../identity/records.ts";
import { mapBounded } from "../../store/map-bounded.ts";

export function meRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/me", async (c) => {
    const { asker } = c.var;
    const caller = await callerOf(services, asker, c.req.header("x-user-id"));
    if (caller) requireScope(caller, "read");
    return c.json(await describeMe(services, asker, caller));
  });
  return app;
}

/** A key tells of its own space alone. */
export async function describeMe(services: Services, asker: Asker, caller: Caller | undefined): Promise<Me> {
  const { registry } = services.identity;
  const of = asker.key?.record.person;
  const id = asker.person?.id ?? of;
  // as it is now: a space that was joined in another isolate is among them
  const person = id ? await registry.freshPerson(id) : undefined;
  const ids = asker.person ? (person ?? asker.person).spaces : caller ? [caller.userId] : [];
  const spaces = await mapBounded(ids, async (userId) => {
    const space = await registry.space(userId);
    const role = person ? memberIn(space, person.id, services.identity.now())?.role : caller && roleOf(caller.scopes);
    return role && { id: userId, name: space?.name ?? userId, kind: space?.kind ?? ("personal" as const), role };
  });
  return {
    person: person ? { id: person.id, login: person.login, name: person.name } : null,
    userId: caller?.userId ?? null,
    spaces: spaces.filter((space) => space !== undefined),
    scopes: caller?.scopes ?? [],
  };
}
