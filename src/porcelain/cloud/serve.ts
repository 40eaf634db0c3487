/** `repobase serve`: the Worker's own app on Bun, over a folder that has the bucket's layout. */
import { lookup } from "node:dns/promises";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Home } from "../../home/home.ts";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { ISSUED_KEY } from "../../protocol/cloud-api.ts";
import { checkDocument, decodeDocument, type DocumentType, fields, text } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { QuotaChange } from "../../protocol/quota.ts";
import { DirectoryStore } from "../../store/directory-store.ts";
import { createServer, type Server } from "../../server/app.ts";
import { describeFailure } from "../../server/failure.ts";
import type { IdentityOptions } from "../../server/identity/identity.ts";
import { isLoopbackHost } from "../../server/private-address.ts";
import { memoryRateLimit } from "../../server/rate-limit.ts";
import { parseChatLimits } from "../../chat/model-settings.ts";
import type { ServerChat } from "../../server/chat/server-chat.ts";
import { ownModel } from "../search/own-model.ts";
import { keepModelsOpen } from "../../models/models.ts";
import { pageFiles } from "./page-files.ts";

export interface RunningServer {
  readonly url: string;
  readonly data: string;
  /** Of the first start on this folder; nobody can see it again. */
  readonly firstKey: { readonly userId: string; readonly apiKey: string; readonly adminToken: string } | undefined;
  stop(): Promise<void>;
}

/** How often webhooks that are to be tried again are looked for. */
const DUE_MS = 60_000;
/** How often the next few indexes are cleaned up. */
const CLEAN_UP_MS = 5 * 60_000;

const FIRST_USER = "local";

const SERVER_FILE: DocumentType<{ readonly adminToken: string }> = {
  name: "server file",
  damaged: "damaged_config",
  hint: "restore it from a copy, or move it away to get a new admin token",
  schema: fields({ adminToken: text }),
};

export async function serve(of: {
  home: Home;
  port: number;
  host: string;
  data: string | null;
  corsOrigins: readonly string[];
  /** Requests of one user in a minute; 0: no limit. */
  ratePerMinute: number;
  /** What a user may keep until the admin says otherwise. */
  quota: QuotaChange;
  /** The address of a client is what the proxy in front says (the last of `X-Forwarded-For`), not whoever connects. */
  behindProxy: boolean;
  /** How people sign in; absent: with API keys alone. */
  identity?: IdentityOptions;
  /** Told of each request that failed for no fault of the caller: one line, with `debug` the stack of the error below it. */
  log: (text: string) => void;
  debug: boolean;
}): Promise<RunningServer> {
  const data = resolve(of.data ?? of.home.path("server"));
  const serverFile = join(data, "server.json");
  const { adminToken, first } = readServerFile(serverFile);
  const embedder = keepModelsOpen(of.home);
  const { app, settled, sendDue, collectDue } = createServer({
    store: new DirectoryStore(data),
    pageFiles: pageFiles(),
    adminToken,
    corsOrigins: of.corsOrigins,
    quota: of.quota,
    identity: of.identity ?? {},
    chat: serverChat(of.home),
    rateLimit: of.ratePerMinute > 0 ? memoryRateLimit({ limit: of.ratePerMinute, period: 60 }) : undefined,
    clientAddress: (c) => (of.behindProxy ? forwardedFor(c.req.header("x-forwarded-for")) : addressIn(c.env)),
    localOnly: isLoopbackHost(of.host),
    outbound: { allowLoopback: isLoopbackHost(of.host), resolve: addressesOf },
    onFailure: (failure) => of.log(describeFailure(failure, { stack: of.debug })),
    embedQuery: async (modelId, query) => (await embedder(modelId))?.embedQuery(query),
  });
  // a start that cannot listen is not the first one: its key would be made and never seen
  const server = listen(of, app.fetch);
  if (first) await writeFileAtomic(serverFile, `${JSON.stringify({ adminToken })}\n`, 0o600);
  const firstKey = first ? await issueFirstKey(app, adminToken) : undefined;
  const timers = [setInterval(() => void sendDue(), DUE_MS), setInterval(() => void collectDue(), CLEAN_UP_MS)];
  const stop = async () => {
    for (const timer of timers) clearInterval(timer);
    await server.stop();
    await settled();
  };
  return { url: server.url.origin, data, firstKey, stop };
}

/** Who answers questions for spaces that have no model of their own. @throws RepobaseError `usage` */
function serverChat(home: Home): ServerChat | undefined {
  const model = ownModel(home);
  return model && { model, limits: parseChatLimits(home.env.REPOBASE_CHAT_QUESTIONS_PER_DAY) };
}

/** What the app is told beside each request. */
interface Connection {
  readonly address: string | undefined;
}

const addressesOf = async (hostname: string): Promise<string[]> =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

const addressIn = (env: unknown): string | undefined => (env as Connection | undefined)?.address;

/** Whatever stands before the last was written by the client. */
const forwardedFor = (header: string | undefined): string | undefined => header?.split(",").at(-1)?.trim() || undefined;

type Fetch = (request: Request, connection: Connection) => Response | Promise<Response>;

function listen(of: { port: number; host: string }, fetch: Fetch) {
  try {
    return Bun.serve({
      port: of.port,
      hostname: of.host,
      fetch: (request, server) => fetch(request, { address: server.requestIP(request)?.address }),
      idleTimeout: 60,
      maxRequestBodySize: 128 * 1024 * 1024,
    });
  } catch (cause) {
    throw new RepobaseError("cannot_listen", `cannot listen on ${of.host}:${of.port}`, {
      hint: "is the port taken? give another with --port",
      cause,
    });
  }
}

/** The admin token: made at the first start, kept after it in a file that only its owner can read. */
function readServerFile(path: string): { adminToken: string; first: boolean } {
  if (existsSync(path)) {
    const { adminToken } = decodeDocument(SERVER_FILE, readFileSync(path, "utf8"), path);
    return { adminToken, first: false };
  }
  return { adminToken: crypto.getRandomValues(new Uint8Array(32)).toHex(), first: true };
}

/** Through the API itself: there is one way to make a key. */
async function issueFirstKey(app: Server["app"], adminToken: string) {
  const response = await app.request("/v1/admin/keys", {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    body: JSON.stringify({ userId: FIRST_USER, label: "made at the first start" }),
  });
  const { userId, apiKey } = checkDocument(ISSUED_KEY, await response.json());
  return { userId, apiKey, adminToken };
}
