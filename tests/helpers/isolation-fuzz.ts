/**
 * Promise S6 under fire: two spaces in one server, one of them full of planted marks, and hostile requests in the name of the other to every
 * route. No answer may hold a mark, nothing of the attacked space may change, and no answer may be a failure of the server.
 */
import { errorsOf } from "../../src/openapi/document.ts";
import { SUBJECTS } from "../../src/openapi/table.ts";
import { createApp } from "../../src/server/app.ts";
import { issueKey } from "../../src/server/key-store.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { type Api, apiClientOver, pushIndex, putRef, refOf, uploadParts } from "../server/api-client.ts";
import { PushDevice } from "../server/notices/push-device.ts";
import { Browser, ORIGIN } from "../server/identity/signed-in.ts";
import { makeRealIndex, type RealIndex } from "../server/real-index.ts";
import { startFakeGitHub } from "./fake-github.ts";
import { type HostileValues, hostileRequest, parameterNames, type Route, routesOf } from "./hostile-requests.ts";
import { Random } from "./random.ts";

/** In everything that the attacked space alone may see, and in nothing that a request says. */
const MARK = "zqplantedmark";
const ADMIN_TOKEN = "an-admin-token-of-some-length";
/** Requests after which the attacker's own things, which the requests destroy, are as they were. */
const ROUND = 100;

export interface FuzzTally {
  readonly requests: number;
  /** Status -> how often. */
  readonly statuses: ReadonlyMap<number, number>;
  /** `METHOD path` of each route -> answers of 2xx, and all. */
  readonly routes: ReadonlyMap<string, { readonly well: number; readonly all: number }>;
  /** What must not be. */
  readonly wrong: readonly string[];
}

interface Setup {
  readonly store: MemoryStore;
  readonly values: HostileValues;
  readonly aliceKey: string;
  readonly repo: string;
}

export async function fuzzIsolation(of: {
  readonly seed: number;
  readonly count: number;
  readonly onRound?: (done: number) => void;
}): Promise<FuzzTally> {
  const random = new Random(of.seed);
  const github = startFakeGitHub({ callback: `${ORIGIN}/v1/auth/github/callback` });
  const names = await parameterNames();
  const statuses = new Map<number, number>();
  const routes = new Map<string, { well: number; all: number }>();
  const wrong: string[] = [];
  const failures: string[] = [];
  try {
    const appOver = (store: MemoryStore) =>
      createApp({
        store,
        adminToken: ADMIN_TOKEN,
        embedQuery: async () => undefined,
        corsOrigins: ["*"],
        failureLimit: unlimited,
        noticeLimit: unlimited,
        // nothing leaves this process, and nobody but alice is sent what is hers
        outbound: {
          fetch: async (url, { body }) => {
            const said = `${url} ${String(body)}`;
            if (said.toLowerCase().includes(MARK)) wrong.push(`sent to somebody: ${said.slice(0, 200)}`);
            return new Response(null, { status: url.includes("gone") ? 410 : 200 });
          },
        },
        onFailure: ({ error }) =>
          failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
        identity: {
          github: { baseUrl: github.baseUrl, clientId: github.clientId, clientSecret: github.clientSecret },
          signUp: "open",
          publicUrl: ORIGIN,
          signInLimit: unlimited,
        },
      });
    const setup = await plant(
      (store) => ({ origin: ORIGIN, send: async (request) => appOver(store).fetch(request) }),
      github,
    );
    const before = await contentsOf(setup.store, () => true);
    for (let done = 0; done < of.count; done += ROUND) {
      const store = await storeOf(before);
      const app = appOver(store);
      const all = routesOf(app);
      const alice = async () => {
        const headers = { authorization: `Bearer ${setup.aliceKey}` };
        const answer = await app.request(`${ORIGIN}/v1/search?q=open&repo=${setup.repo}&mode=keyword`, { headers });
        return answer.text();
      };
      // the marks are there for who may see them, and from now on in the server's caches
      if (!(await alice()).includes(MARK)) wrong.push("alice does not find her own marks");
      for (let i = 0; i < Math.min(ROUND, of.count - done); i++) {
        const request = hostileRequest(random, { routes: all, names, values: setup.values });
        const what = `${request.method} ${request.url.slice(ORIGIN.length, ORIGIN.length + 300)}`;
        failures.length = 0;
        const answer = await app.fetch(request);
        const text = `${JSON.stringify([...answer.headers])}${Buffer.from(await answer.arrayBuffer()).toString("latin1")}`;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const asked = routesAsked(all, request);
        tally(routes, asked, answer.status);
        const code = codeOf(answer, text);
        if (code !== undefined && asked.length > 0 && !asked.some((route) => declares(route, code)))
          wrong.push(`${what}: ${code} is not among the errors of the route in src/openapi/`);
        if (text.toLowerCase().includes(MARK)) wrong.push(`${what}: ${answer.status} tells of the other space`);
        if (answer.status >= 500 && answer.status !== 503)
          wrong.push(`${what}: ${answer.status} ${text.slice(0, 300)} ${failures.join()}`);
      }
      const after = await contentsOf(store, isOfAlice);
      for (const [key, text] of before)
        if (isOfAlice(key) && after.get(key) !== text) wrong.push(`${key} was changed, before request ${done + ROUND}`);
      for (const key of after.keys())
        if (!before.has(key)) wrong.push(`${key} was written, before request ${done + ROUND}`);
      if (!(await alice()).includes(MARK)) wrong.push("alice no longer finds her marks");
      of.onRound?.(Math.min(of.count, done + ROUND));
    }
  } finally {
    await github.stop();
  }
  return { requests: of.count, statuses, routes, wrong };
}

const unlimited = async () => ({ ok: true, retryAfter: 0 });

/** Those that the address fits. */
const routesAsked = (all: readonly Route[], request: Request): readonly Route[] => {
  const path = new URL(request.url).pathname;
  return all.filter(({ method, path: pattern }) => {
    if (method !== request.method) return false;
    return new RegExp(`^${pattern.replace(/:\w+\{[^}]*\}|\*/g, ".+").replace(/:\w+/g, "[^/]+")}$`).test(path);
  });
};

function tally(routes: Map<string, { well: number; all: number }>, asked: readonly Route[], status: number): void {
  for (const { method, path } of asked) {
    const name = `${method} ${path}`;
    const { well, all: seen } = routes.get(name) ?? { well: 0, all: 0 };
    routes.set(name, { well: well + (status < 400 ? 1 : 0), all: seen + 1 });
  }
}

/** undefined: no problem. @param text that ends with the body */
function codeOf(answer: Response, text: string): string | undefined {
  if (answer.headers.get("content-type") !== "application/problem+json") return undefined;
  return [...text.matchAll(/"code":"(\w+)"/g)].at(-1)?.[1];
}

const TABLE = new Map(SUBJECTS.flatMap(({ routes }) => Object.entries(routes)));

function declares({ method, path }: Route, code: string): boolean {
  const route = TABLE.get(`${method} ${path}`);
  return route !== undefined && errorsOf(path, route).some((each) => each === code);
}

/** Keys, accounts and records name her; keys of both lie side by side by their hashes, so those are told apart by what they say. */
const isOfAlice = (key: string): boolean => /^(alice\/|users\/alice[./]|spaces\/alice\.json$)/.test(key);

async function contentsOf(store: MemoryStore, wanted: (key: string) => boolean): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { key } of store.list(""))
    if (wanted(key)) found.set(key, Buffer.from((await store.get(key))?.bytes ?? []).toString("latin1"));
  return found;
}

async function storeOf(contents: ReadonlyMap<string, string>): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const [key, text] of contents) await store.put(key, Buffer.from(text, "latin1"));
  return store;
}

type PlaceOver = (store: MemoryStore) => {
  readonly origin: string;
  readonly send: (request: Request) => Promise<Response>;
};

/** Two people, signed in, each with a space, keys and an index; those of alice full of marks. */
async function plant(placeOver: PlaceOver, github: ReturnType<typeof startFakeGitHub>): Promise<Setup> {
  const store = new MemoryStore();
  const place = placeOver(store);
  github.person({ id: 1, login: "alice", name: `Alice ${MARK}` });
  github.person({ id: 2, login: "mallory", name: "Mallory" });
  const [aliceAt, malloryAt] = [new Browser(place), new Browser(place)];
  await aliceAt.signIn(github, "alice");
  await malloryAt.signIn(github, "mallory");
  const aliceKey = (
    await issueKey(store, { userId: "alice", label: `label ${MARK}`, scopes: ["read", "write", "notify", "admin"] })
  ).apiKey;
  const keys = [];
  for (const scopes of [["read"], ["notify"], ["read", "write"], ["read", "write", "notify", "admin"]] as const)
    keys.push((await issueKey(store, { userId: "mallory", scopes: [...scopes] })).apiKey);
  const secret = { path: "known.ts", language: "typescript", contents: `export function open_${MARK}() {}\n` };
  const index = await makeRealIndex({
    repo: "demo",
    commits: [[secret], [secret, { ...secret, path: `src/${MARK}.ts` }]],
  });
  const own = await makeRealIndex({
    repo: "demo",
    commits: [[{ path: "known.ts", language: "typescript", contents: "export function openMine() {}\n" }]],
  });
  const alice = apiClientOver(place.send, ORIGIN, aliceKey);
  const mallory = apiClientOver(place.send, ORIGIN, keys.at(-1) ?? "");
  await uploadParts(alice, index);
  const [first = "", second = ""] = index.commits;
  const source = { name: `name ${MARK}`, url: `https://example.com/${MARK}` };
  const ref = refOf(index, { heads: { main: second, [`branch-${MARK}`]: first }, device: `device-${MARK}`, source });
  await mustBeWell(putRef(alice, "demo", ref, { "if-none-match": "*" }));
  await mustBeWell(
    alice("/v1/config", { method: "PUT", body: JSON.stringify({ note: MARK }), headers: { "if-none-match": "*" } }),
  );
  await pushIndex(mallory, own);
  const notices = await plantNotices(alice, mallory);
  return {
    store,
    aliceKey,
    repo: "demo",
    values: {
      known: knownTo(index, own),
      likely: { ...likelyOf(index, own), ...notices },
      authorizations: [...keys, ...keys, ...keys, ...keys, "wrong", ADMIN_TOKEN.slice(1)].map((key) => `Bearer ${key}`),
      cookies: [
        malloryAt.cookies,
        malloryAt.cookies,
        malloryAt.cookies,
        malloryAt.cookies,
        "repobase=x.y",
        `__Host-repobase=${btoa("{}")}.x`,
      ],
      spaces: ["mallory", "mallory", "alice", "ALICE", "../alice", "github-1", ""],
      origin: ORIGIN,
    },
  };
}

/**
 * Notices, webhooks and devices of both, and a key of alice that was used once. Hers want what never comes: what was told to her is
 * not sent while the requests of others are watched.
 */
async function plantNotices(alice: Api, mallory: Api): Promise<Record<string, string[]>> {
  const send = async (api: Api, path: string, body: object) => {
    const answer = await api(path, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  };
  const title = `title ${MARK}`;
  const told = await send(alice, "/v1/notifications", { title, body: title, idempotencyKey: "job 7" });
  const hook = { url: `https://hooks.example.com/${MARK}`, kinds: ["webhook.disabled"] };
  const hers = await send(alice, "/v1/space/webhooks", hook);
  const own = await send(mallory, "/v1/space/webhooks", { url: "https://hooks.example.com/mallory" });
  const second = await send(mallory, "/v1/space/webhooks", { url: "https://hooks.example.com/gone" });
  const { keys } = new PushDevice("").subscription;
  const device = (name: string) => ({ endpoint: `https://push.example.com/${name}`, keys, label: name });
  const herDevice = await send(alice, "/v1/push/subscriptions", { ...device(MARK), kinds: ["webhook.disabled"] });
  const ownDevice = await send(mallory, "/v1/push/subscriptions", device("mallory"));
  const ownNotice = await send(mallory, "/v1/notifications", { title: "mine", idempotencyKey: "job 8" });
  return {
    id: [own, own, second, hers],
    subscription: [ownDevice, ownDevice, herDevice],
    cursor: [told, ownNotice],
    title: ["done"],
    url: ["https://hooks.example.com/mallory", "https://hooks.example.com/gone"],
    idempotencyKey: ["job 7", "job 8"],
    status: ["ok", "failed"],
  };
}

/** What somebody may have overheard: names and hashes, the same as the attacked space uses. */
function knownTo(index: RealIndex, own: RealIndex): string[] {
  const objects = (of: RealIndex) => [...of.objects.keys()].slice(0, 3);
  const words = [
    "demo",
    "demo",
    "demo",
    "demo",
    "known.ts",
    "known.ts",
    "openMine",
    "main",
    "main",
    "alice",
    "mallory",
    "github-1",
    "github-2",
    "typescript",
  ];
  return [...words, ...ofIndex(own), ...ofIndex(own), ...ofIndex(index), ...objects(own), ...objects(index)];
}

/** By the name of a parameter: values of its kind, of either index. */
function likelyOf(index: RealIndex, own: RealIndex): Record<string, string[]> {
  const both = [own, own, own, index];
  const refs = ["main", "main", "HEAD", ...both.flatMap(({ commits }) => commits)];
  const theirs = { ...new PushDevice("https://push.example.com/theirs").subscription, kinds: ["task.result"] };
  return {
    repo: ["demo"],
    tableId: both.map(({ manifest }) => manifest.tableId),
    sha256: both.flatMap((of) => [of.manifestSha256, ...of.snapshots.map(({ sha256 }) => sha256)]),
    path: [
      ...Array.from({ length: 12 }, () => "known.ts"),
      ...both.flatMap(({ objects }) => [...objects.keys()].slice(0, 2)),
    ],
    name: ["openMine", "known"],
    q: ["open", "openMine known", '"openMine"'],
    mode: ["keyword"],
    limit: ["1", "5", "100"],
    dir: ["", "src"],
    ref: refs,
    from: refs,
    to: refs,
    "if-none-match": ["*"],
    "if-match": ["*"],
    person: ["github-1", "github-2"],
    org: ["acme"],
    bytes: ["100"],
    label: ["laptop"],
    role: ["read", "write", "admin"],
    "POST /v1/space/webhooks": [
      JSON.stringify({ url: "https://hooks.example.com/mallory", kinds: ["task.result", "index.updated"] }),
    ],
    "PUT /v1/space/webhooks/:id": [JSON.stringify({ enabled: true }), JSON.stringify({ enabled: false })],
    "POST /v1/push/subscriptions": [JSON.stringify(theirs)],
    document: [
      ...both.map((of) => JSON.stringify(refOf(of, { generation: 2 }))),
      ...["main", "HEAD", ...index.commits].flatMap((ref) => toolCalls(ref)),
      ...["main", ...index.commits].flatMap((ref) => questions(ref)),
      ...["https://models.example/v1", "http://127.0.0.1:9/v1"].map((baseUrl) =>
        JSON.stringify({ baseUrl, model: "m", key: "k", questionsPerDay: 3 }),
      ),
    ],
  };
}

/** What `POST /mcp` is asked: every tool, by names and commits that the other space has too. */
const toolCalls = (ref: string): string[] =>
  Object.entries({
    search: { query: "open", repo: "demo", ref },
    read: { repo: "demo", path: "known.ts", ref },
    list: { repo: "demo", path: "**", ref },
    status: { repo: "demo" },
  }).map(([name, args]) =>
    JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } }),
  );

/** What `POST /v1/chat` is asked, by names and commits that the other space has too, and of what it never answered. */
function questions(ref: string): string[] {
  const place = { n: 1, repoId: "demo", commit: ref, path: "known.ts", startLine: 1, endLine: 2 };
  const history = [{ question: "open", answer: "It is opened [1].", citations: [place] }];
  return [{ repo: "demo", ref }, { ref }, { repo: "alice" }, { history, repo: "demo" }].map((more) =>
    JSON.stringify({ question: "open", ...more }),
  );
}

const ofIndex = (of: RealIndex): string[] => [
  ...of.commits,
  of.manifestSha256,
  of.manifest.tableId,
  ...of.snapshots.map(({ sha256 }) => sha256),
  JSON.stringify(refOf(of)),
];

async function mustBeWell(answer: Promise<Response>): Promise<void> {
  const { ok, status, url } = await answer;
  if (!ok) throw new Error(`${url}: ${status}`);
}
