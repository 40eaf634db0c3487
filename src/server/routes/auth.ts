/** `/v1/auth`: how one signs in, the device flow of the command line, and sessions of the page: begun with a key, and ended. */
import { Hono, type MiddlewareHandler } from "hono";
import { boolean, exactOptional } from "valibot";
import { checkDocument, count, fields, text } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { AuthInfo, DeviceKey, DevicePending, DeviceStarted } from "../../protocol/identity-api.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { requireScope } from "../auth.ts";
import { addressGroup } from "../failed-attempts.ts";
import { askerOf, callerOf, requirePage } from "../identity/asker.ts";
import type { GitHub } from "../identity/github.ts";
import { describeSignUp } from "../identity/identity.ts";
import { issueOwnKey } from "../identity/own-key.ts";
import { endSession, issueSession, ownOrigin, readSession, sealsOf, setSession } from "../identity/sessions.ts";
import { noGitHub, scopeNeeded, signIn } from "../identity/sign-in.ts";
import { changeKey } from "../key-store.ts";
import { readQuestion } from "../limits.ts";
import { githubPageRoutes } from "./auth-github.ts";
import { KEY_BODY, wantedKey } from "./key-body.ts";
import { describeMe } from "./me.ts";

const DEVICE_PURPOSE = "device 1";
const SEALED_DEVICE = {
  name: "device token",
  damaged: "unauthorized",
  schema: fields({ code: text, interval: count, expires: count }),
} as const;

export const DEVICE = fields({});
export const DEVICE_TOKEN = fields({
  deviceToken: text,
  space: exactOptional(text),
  invitation: exactOptional(text),
  ...KEY_BODY,
});
export const SIGN_OUT = fields({ everywhere: exactOptional(boolean()) });

export function authRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const { github, signUp } = services.identity;

  app.get("/", async (c) => {
    const { baseUrl, clientSecret } = github?.options ?? {};
    const how = baseUrl === undefined ? null : { baseUrl, device: true, page: clientSecret !== undefined };
    const session = (await readSession(services.identity, c.req.raw)) !== undefined;
    return c.json({ github: how, signUp: describeSignUp(signUp), session } satisfies AuthInfo);
  });

  app.use("/device/*", limitSignIn(services));
  app.use("/github/*", limitSignIn(services));
  app.route("/github", githubPageRoutes(services));

  addDeviceFlow(app, services);
  addSessions(app, services);
  return app;
}

function addDeviceFlow(app: Hono<AppEnv>, services: Services): void {
  const { identity, limits } = services;
  const { github, now } = identity;

  app.post("/device", async (c) => {
    await readQuestion(c.req.raw, limits.smallBody, DEVICE);
    const { deviceCode, userCode, verificationUri, seconds, interval } = await gitHubOf(github).startDevice(
      await scopeNeeded(identity),
    );
    const sealed = { code: deviceCode, interval, expires: now() + seconds * 1000 };
    const deviceToken = await sealsOf(identity).seal(DEVICE_PURPOSE, sealed);
    return c.json({ deviceToken, userCode, verificationUri, expiresIn: seconds, interval } satisfies DeviceStarted);
  });

  app.post("/device/token", async (c) => {
    const { deviceToken, space, invitation, ...wanted } = await readQuestion(c.req.raw, limits.smallBody, DEVICE_TOKEN);
    const key = wantedKey(wanted, now());
    const { code, interval } = await openDevice(services, deviceToken, services.clientAddress(c));
    const answer = await gitHubOf(github).askDevice(code, interval);
    if (answer.kind === "pending")
      return c.json({ pending: true, interval: answer.interval ?? interval } satisfies DevicePending, 202);
    if (answer.kind === "expired") throw expired();
    if (answer.kind === "denied")
      throw new RepobaseError("forbidden", "the sign-in was declined at GitHub", { hint: "start again" });
    const person = await signIn(identity, answer.token, invitation);
    const caller = await callerOf(services, { person }, space);
    if (!caller)
      throw new RepobaseError("forbidden", `${person.login} has no space on this server`, {
        hint: "ask for an invitation to one",
      });
    const { userId, scopes } = caller;
    const issued = await issueOwnKey(services, { userId, person: person.id, allowed: scopes, key });
    const { apiKey, id, label, expires = null } = issued;
    return c.json({
      apiKey,
      id,
      userId,
      login: person.login,
      scopes: issued.scopes,
      label,
      expires,
    } satisfies DeviceKey);
  });
}

function addSessions(app: Hono<AppEnv>, services: Services): void {
  const { identity, limits } = services;

  app.post("/session", async (c) => {
    requirePage(services, c.req.raw);
    const asker = await askerOf(services, c);
    // a person's session begins at GitHub; this one ends with its key
    if (!asker.key || asker.session)
      throw new RepobaseError("unauthorized", "a session begins with an API key", {
        hint: "send Authorization: Bearer <key>",
      });
    const caller = await callerOf(services, asker, c.req.header("x-user-id"));
    if (caller) requireScope(caller, "read");
    const { hash, record } = asker.key;
    const value = await issueSession(identity, { key: hash, after: record.sessionsFrom });
    c.header("set-cookie", setSession(ownOrigin(identity, c.req.raw), value));
    return c.json(await describeMe(services, asker, caller));
  });

  app.post("/sign-out", async (c) => {
    requirePage(services, c.req.raw);
    const { everywhere = false } = await readQuestion(c.req.raw, limits.smallBody, SIGN_OUT);
    const session = await readSession(identity, c.req.raw);
    const end = <T extends object>(record: T) => endSession(record, everywhere ? undefined : session, identity.now());
    if (session?.person) await identity.registry.changePerson(session.person, (person) => person && end(person));
    if (session?.key) {
      await changeKey(services.bucket, session.key, end);
      services.knownKeys.doubtAll();
    }
    // one that is over already is taken away as well
    c.header("set-cookie", setSession(ownOrigin(identity, c.req.raw), ""));
    return c.json({ ended: session ? (everywhere ? "all" : "one") : "none" });
  });
}

/** By address, before anybody is known: each of these requests may cost one to GitHub. */
function limitSignIn({ identity, clientAddress }: Services): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { ok, retryAfter } = await identity.signInLimit(addressGroup(clientAddress(c)));
    if (!ok)
      throw new RepobaseError("rate_limited", "too many requests to sign in from this address", {
        fields: { retryAfter },
        hint: "wait, then try again",
      });
    await next();
  };
}

async function openDevice(services: Services, deviceToken: string, address: string | undefined) {
  const { identity, failedAttempts } = services;
  failedAttempts.refuse(address);
  const opened = await sealsOf(identity).open(DEVICE_PURPOSE, deviceToken);
  if (opened === undefined) {
    await failedAttempts.count(address);
    throw new RepobaseError("unauthorized", "this device token is not of this server", { hint: "start again" });
  }
  const device = checkDocument(SEALED_DEVICE, opened);
  if (device.expires <= identity.now()) throw expired();
  return device;
}

const expired = () => new RepobaseError("unauthorized", "the code has expired", { hint: "start again" });

function gitHubOf(github: GitHub | undefined): GitHub {
  if (github) return github;
  throw noGitHub();
}
