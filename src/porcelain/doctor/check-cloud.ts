/** The server: is one set, is it safe to speak to, does it answer, does the key work there, and do both clocks agree? */
import type { CloudAccess, Home } from "../../home/home.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { WHO_AM_I } from "../../protocol/cloud-api.ts";
import { decodeDocument } from "../../protocol/decode.ts";
import { checkEndpoint } from "../../remote/endpoint.ts";
import { HttpClient } from "../../remote/http-client.ts";
import { version } from "../../version.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, warning, failed, error } = findingsOf("cloud");

const LOGIN = "repobase cloud login";
/** Ends of keys and sessions are told by the server's clock. */
const MAX_CLOCK_MS = 60_000;

export async function* checkCloud(of: {
  readonly home: Home;
  readonly signal?: AbortSignal | undefined;
  /** ms since the epoch. */
  readonly now?: () => number;
}): AsyncGenerator<Finding> {
  const { home, signal, now = Date.now } = of;
  const cloud = home.cloud();
  if (!cloud?.endpoint || !cloud.apiKey) {
    const enabled = home.config().repos.filter(({ cloudEnabled }) => cloudEnabled);
    yield enabled.length === 0
      ? ok("endpoint", "not signed in: everything stays on this machine")
      : failed("endpoint", `${enabled.map(({ id }) => id).join(", ")} may be pushed, but nobody is signed in`, LOGIN);
    return;
  }
  const found = checkAddress(cloud);
  yield found;
  if (found.state === "failed") return;
  if (!cloud.enabled) yield warning("switch", "cloud sync is switched off", "repobase cloud enable --global");
  yield* checkServer(new HttpClient({ ...cloud }), { signal, now });
}

function checkAddress(cloud: CloudAccess): Finding {
  try {
    const endpoint = checkEndpoint(cloud.endpoint, cloud);
    if (isSafe(endpoint)) return ok("endpoint", endpoint);
    const found = `${endpoint}: the key travels in the clear, as REPOBASE_ALLOW_HTTP allows`;
    return warning("endpoint", found, `${LOGIN} --endpoint https://...`);
  } catch (cause) {
    return error("endpoint", cause, LOGIN);
  }
}

/** https, or this very machine. */
function isSafe(endpoint: string): boolean {
  try {
    checkEndpoint(endpoint);
    return true;
  } catch {
    return false;
  }
}

async function* checkServer(
  http: HttpClient,
  { signal, now }: { readonly signal: AbortSignal | undefined; readonly now: () => number },
): AsyncGenerator<Finding> {
  const began = performance.now();
  const reached = () => ok("reachable", `it answers in ${Math.round(performance.now() - began)} ms`);
  let answer;
  try {
    answer = await http.send({ method: "GET", path: "/v1/whoami", signal });
  } catch (cause) {
    if (!isRepobaseError(cause, "unauthorized", "forbidden")) {
      yield error("reachable", cause, "check the address and the network, then: repobase doctor");
      return;
    }
    yield reached();
    yield failed("key", `the server refuses the key: ${cause.message}`, LOGIN);
    return;
  }
  yield reached();
  yield checkClock(answer.headers.get("date"), now());
  try {
    const who = decodeDocument(WHO_AM_I, answer.bytes, `${http.endpoint}/v1/whoami`);
    yield ok("key", `it is ${who.userId}'s, and may: ${who.scopes.join(", ")}`);
  } catch (cause) {
    yield error("key", cause, LOGIN);
  }
  yield await checkVersion(http, signal);
}

function checkClock(date: string | null, now: number): Finding {
  const there = Date.parse(date ?? "");
  if (Number.isNaN(there)) return ok("clock", "the server does not say its time");
  const apart = there - now;
  const said = `the clock here is ${Math.round(Math.abs(apart) / 1000)} s ${apart > 0 ? "behind" : "ahead of"} the server's`;
  // the header has whole seconds
  if (Math.abs(apart) < 2000) return ok("clock", "both clocks agree");
  if (Math.abs(apart) < MAX_CLOCK_MS) return ok("clock", said);
  return warning(
    "clock",
    `${said}: keys and sessions may end too early or too late`,
    "set the clock: timedatectl set-ntp true",
  );
}

async function checkVersion(http: HttpClient, signal: AbortSignal | undefined): Promise<Finding> {
  try {
    const { bytes } = await http.send({ method: "GET", path: "/v1/openapi.json", signal });
    const said: unknown = (JSON.parse(new TextDecoder().decode(bytes)) as { info?: { version?: unknown } }).info
      ?.version;
    if (typeof said !== "string") return ok("version", "the server does not say its version");
    if (said === version) return ok("version", `the server runs ${said}, as this machine`);
    return warning(
      "version",
      `the server runs ${said}, this machine ${version}`,
      "bring the older one up to date: docs/WORKER.md",
    );
  } catch (cause) {
    if (isRepobaseError(cause) || cause instanceof SyntaxError)
      return ok("version", "the server does not say its version");
    throw cause;
  }
}
