/**
 * `/v1/auth/github`: the page's sign-in, OAuth's code flow with PKCE. What belongs to one sign-in (state, verifier, where it
 * returns) waits in a sealed cookie of ten minutes; the browser that comes back must be the one that left. It always ends on the
 * page, with `/?signin=` and one word where it failed.
 */
import { type Context, Hono } from "hono";
import { exactOptional } from "valibot";
import { checkDocument, count, fields, text } from "../../protocol/decode.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";
import type { AppEnv, Services } from "../app-env.ts";
import { isServerFailure } from "../failure.ts";
import { REFUSED_INVITATION } from "../identity/invitations.ts";
import { checkReturn } from "../identity/return-path.ts";
import { cookie, cookieOf, issueSession, ownOrigin, sealsOf, setSession, stateCookie } from "../identity/sessions.ts";
import { noGitHub, scopeNeeded, signIn } from "../identity/sign-in.ts";
import { sameText } from "../same-text.ts";

const PURPOSE = "oauth 1";
const MINUTES = 10;
const MAX_INVITATION = 200;

const UNDER_WAY = {
  name: "sign-in",
  damaged: "unauthorized",
  schema: fields({ state: text, verifier: text, back: text, expires: count, invitation: exactOptional(text) }),
} as const;

/** How a sign-in fails; the page has the words. */
type Failed = "denied" | "expired" | "closed" | "invitation" | "failed";

export function githubPageRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const { identity } = services;
  const callback = (request: Request) => `${ownOrigin(identity, request)}/v1/auth/github/callback`;

  app.get("/start", async (c) => {
    const github = pageGitHub(services);
    const request = c.req.raw;
    const origin = ownOrigin(identity, request);
    const back = checkReturn(c.req.query("return"));
    const invitation = checkInvitation(request, c.req.query("invitation"));
    const [state, verifier] = [random(), random()];
    const expires = identity.now() + MINUTES * 60_000;
    const underWay = { state, verifier, back, expires, ...(invitation ? { invitation } : {}) };
    const value = await sealsOf(identity).seal(PURPOSE, underWay);
    c.header("set-cookie", cookie({ origin, name: stateCookie(origin), value, seconds: MINUTES * 60 }));
    const [challenge, scope] = [await challengeOf(verifier), await scopeNeeded(identity)];
    return c.redirect(github.authorizeUrl({ redirectUri: callback(request), state, challenge, scope }));
  });

  app.get("/callback", async (c) => {
    pageGitHub(services);
    const origin = ownOrigin(identity, c.req.raw);
    const name = stateCookie(origin);
    const opened = await sealsOf(identity).open(PURPOSE, cookieOf(c.req.raw, name) ?? "");
    c.header("set-cookie", cookie({ origin, name, value: "", seconds: 0 }));
    const underWay = opened === undefined ? undefined : checkDocument(UNDER_WAY, opened);
    if (!underWay || underWay.expires <= identity.now()) return c.redirect(failure("expired"));
    try {
      const { verifier, invitation, back } = underWay;
      const code = await codeOf(c, underWay.state);
      if (code === undefined)
        return c.redirect(failure(c.req.query("error") === "access_denied" ? "denied" : "failed"));
      const token = await pageGitHub(services).exchange({ code, verifier, redirectUri: callback(c.req.raw) });
      if (token === undefined) return c.redirect(failure("failed"));
      const person = await signIn(identity, token, invitation);
      const session = await issueSession(identity, { person: person.id, after: person.sessionsFrom });
      c.header("set-cookie", setSession(origin, session), { append: true });
      return c.redirect(back);
    } catch (error) {
      if (isServerFailure(error)) services.onFailure({ error, method: c.req.method, path: c.req.path });
      return c.redirect(failure(wordFor(error)));
    }
  });
  return app;
}

/** undefined: GitHub says no. @throws RepobaseError `unauthorized` for a state that is not this browser's */
async function codeOf(c: Context<AppEnv>, state: string): Promise<string | undefined> {
  if (c.req.queries("state")?.length !== 1 || !(await sameText(c.req.query("state") ?? "", state)))
    throw new RepobaseError("unauthorized", "this sign-in began in another browser");
  const code = c.req.query("code") ?? "";
  return /^[\x21-\x7e]{1,200}$/.test(code) ? code : undefined;
}

function wordFor(error: unknown): Failed {
  if (!isRepobaseError(error, "forbidden")) return "failed";
  return error.fields["reason"] === REFUSED_INVITATION ? "invitation" : "closed";
}

const failure = (word: Failed) => `/?signin=${word}`;

function pageGitHub({ identity: { github } }: Services) {
  if (github?.options.clientSecret === undefined) throw noGitHub();
  return github;
}

/** A link on another site must not make whoever follows it a member of a stranger's space. */
function checkInvitation(request: Request, token: string | undefined): string | undefined {
  if (token === undefined || token === "") return undefined;
  if (token.length > MAX_INVITATION) throw new RepobaseError("usage", "this is no invitation");
  if (["cross-site", "same-site"].includes(request.headers.get("sec-fetch-site") ?? ""))
    throw new RepobaseError("forbidden", "an invitation is accepted on this server's own page");
  return token;
}

const random = () => crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
