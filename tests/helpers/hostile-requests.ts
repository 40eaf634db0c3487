/**
 * Requests that somebody hostile would send: to every route of the app, with odd values in every place. What the parameters are called is read
 * from the server's own source, so routes and parameters of tomorrow are asked too.
 */
import { join } from "node:path";
import { Glob } from "bun";
import type { Random } from "./random.ts";

export interface Route {
  readonly method: string;
  readonly path: string;
}

/** Each once, without middleware. */
export function routesOf(app: { readonly routes: readonly Route[] }): Route[] {
  const all = new Map(app.routes.map(({ method, path }) => [`${method} ${path}`, { method, path }]));
  return [...all.values()].filter(({ method }) => method !== "ALL");
}

/** Names of all query parameters, headers and body fields that the server speaks of. */
export interface ParameterNames {
  readonly query: readonly string[];
  readonly headers: readonly string[];
  readonly body: readonly string[];
}

const root = join(import.meta.dir, "../..");

export async function parameterNames(): Promise<ParameterNames> {
  const [query, headers, body] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for await (const file of new Glob("src/{server,protocol}/**/*.ts").scan(root)) {
    const text = await Bun.file(join(root, file)).text();
    for (const [, name = ""] of text.matchAll(/\b(?:query|queries|required)\((?:c, )?"([\w-]+)"\)/g)) query.add(name);
    for (const [, names = ""] of text.matchAll(/\{([^{}]*)\} = c\.req\.query\(\)/g))
      for (const name of names.matchAll(/\w+/g)) query.add(name[0]);
    for (const [, name = ""] of text.matchAll(/(?:header|headers\.get|headers\.has)\("([\w-]+)"\)/g)) headers.add(name);
    for (const [, name = ""] of text.matchAll(/"(x-repobase-[\w-]+)"/g)) headers.add(name);
    for (const [, entries = ""] of text.matchAll(/\bfields\(\{([^}]*)\}/g))
      for (const [, name = ""] of entries.matchAll(/(?:^|,)\s*(\w+)(?=\s*(?:[:,]|$))/g)) body.add(name);
  }
  query.delete("");
  return { query: [...query].sort(), headers: [...headers].sort(), body: [...body].sort() };
}

export interface HostileValues {
  /** Of the attacker and of the attacked: repositories, commits, ids, paths, names. */
  readonly known: readonly string[];
  /** By the name of a parameter: what it is likely to be good for. By `METHOD path` of a route: likely bodies. */
  readonly likely: Readonly<Record<string, readonly string[]>>;
  /** Values of `Authorization` and `Cookie`. */
  readonly authorizations: readonly string[];
  readonly cookies: readonly string[];
  /** Ids of spaces, for `X-User-ID`. */
  readonly spaces: readonly string[];
  readonly origin: string;
}

const ODD = [
  "", " ", "0", "1", "-1", "1e9", "NaN", "null", "true", "[]", "{}", "*", "**", "**/*", "[", "[a-", "{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}{m,n}", "\\",
  "..", ".", "../..", "../../alice", "/", "//", "/alice/", "./x", "a/../b", "%2e%2e", "%00", "\0", "\n", "\r\nX: y", "\u202e", "\ud800", "é", "e\u0301", "漢字",
  "__proto__", "constructor", "toString", "hasOwnProperty", "'", "\"", "<script>", "${x}", "$(x)", "x".repeat(300), "x".repeat(5000), "9".repeat(400),
  "HEAD", "main", "refs/heads/main", "worktree", "keys", "users", "admin", "space.json", "config.json", "0000", "deadbeef", "a".repeat(40), "0".repeat(64), "0".repeat(32),
  "bytes=0-", "bytes=-1", "bytes=9-1", "*, \"x\"", "W/\"x\"", "2000-01-01", "read", "write", "text/plain", "https://evil.example", "//evil.example", "javascript:alert(1)",
  "eyJhIjoxfQ", "WyIwIiwiYSJd", "typescript", "keyword", "semantic", "files.lance/data/x.lance", "files.lance/_versions/1.manifest",
] as const; // prettier-ignore

/** One request. Most are nearly right, so that they come past the first wall. */
export function hostileRequest(
  random: Random,
  of: { readonly routes: readonly Route[]; readonly names: ParameterNames; readonly values: HostileValues },
): Request {
  const { names, values } = of;
  const value = (): string => (random.below(10) < 6 ? random.pick(values.known) : random.pick(ODD));
  const valueOf = (name: string): string => {
    const likely = Object.hasOwn(values.likely, name) ? values.likely[name] : undefined;
    return likely !== undefined && random.below(20) < 19 ? random.pick(likely) : value();
  };
  const route = random.pick(of.routes);
  const inPath = (place: string) => {
    const name = /^:(\w+)/.exec(place)?.[1] ?? "path";
    const text = valueOf(name === "id" ? idIn(route.path) : name);
    return /^[\w./-]*$/.test(text) || random.below(3) === 0 ? text : encodeURIComponent(wellFormed(text));
  };
  const path = route.path.replace(/:\w+(\{[^}]*\})?|\*/g, inPath);
  // half of the questions are whole, and but for one value or none as they should be
  const whole = random.below(2) === 0;
  const own = whole ? names.query.filter((name) => Object.hasOwn(values.likely, name)) : [];
  const query = [...own, ...some(random, names.query, whole ? 1 : 4)].map(
    (name) => `${name}=${encodeURIComponent(wellFormed(valueOf(name)))}`,
  );
  const headers = new Headers();
  const set = (name: string, text: string) => {
    // what no client can send is not asked
    if (/^[\t\x20-\x7e]*$/.test(text)) headers.set(name, text);
  };
  for (const name of some(random, names.headers, 2)) set(name, valueOf(name));
  if (random.below(12) > 0) set("authorization", random.pick(values.authorizations));
  else headers.delete("authorization");
  if (random.below(4) === 0) {
    headers.delete("authorization");
    set("cookie", random.pick(values.cookies));
    set("origin", random.below(4) === 0 ? "https://evil.example" : values.origin);
    set("x-repobase-page", "1");
  }
  if (random.below(5) === 0) set("x-user-id", random.pick(values.spaces));
  else headers.delete("x-user-id");
  const method =
    random.below(20) === 0 ? random.pick(["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"]) : route.method;
  const takesBody = method !== "GET" && method !== "HEAD";
  const line = `${route.method} ${route.path}`;
  const likelyBody = Object.hasOwn(values.likely, line) && random.below(3) === 0 ? valueOf(line) : undefined;
  const body = takesBody
    ? (likelyBody ?? hostileBody(random, { names: names.body, likely: values.likely, valueOf }))
    : undefined;
  if (body !== undefined) headers.set("content-length", String(new TextEncoder().encode(body).length));
  return new Request(`${values.origin}${printable(path)}${query.length > 0 ? `?${query.join("&")}` : ""}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

/** What an id is of: below `repos` and `subscriptions` it is theirs. */
const idIn = (path: string): string => /\/(repo|subscription)s\//.exec(path)?.[1] ?? "id";

function hostileBody(
  random: Random,
  of: {
    readonly names: readonly string[];
    readonly likely: HostileValues["likely"];
    readonly valueOf: (name: string) => string;
  },
): string {
  const { names, likely, valueOf } = of;
  if (random.below(6) === 0) return valueOf("document");
  const whole = random.below(2) === 0;
  const text = (name: string) => () => valueOf(name);
  const odd = (name: string) => [
    () => random.below(100),
    () => null,
    () => [valueOf(name)],
    () => ({ [valueOf("name")]: valueOf(name) }),
  ];
  const field = (name: string): unknown =>
    random.pick<() => unknown>([text(name), text(name), text(name), ...odd(name)])();
  const own = whole ? names.filter((name) => Object.hasOwn(likely, name)).map((name) => [name, valueOf(name)]) : [];
  const others = some(random, names, whole ? 1 : 5).map((name) => [name, field(name)]);
  return JSON.stringify(Object.fromEntries([...own, ...others]));
}

const some = (random: Random, names: readonly string[], most: number): string[] =>
  Array.from({ length: random.below(most + 1) }, () => random.pick(names));

const wellFormed = (text: string): string => text.toWellFormed();
/** A path as a client can write it, with what it means to leave as it is. */
const printable = (path: string): string =>
  // oxlint-disable-next-line no-control-regex
  wellFormed(path).replace(/[\u0000-\u0020\u007f-\uffff?#]/g, (character) => encodeURIComponent(wellFormed(character)));
