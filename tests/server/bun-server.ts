/** The same app on Bun over a folder, as `repobase serve` runs it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import { untilAborted } from "../../src/protocol/abort.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { createServer } from "../../src/server/app.ts";
import type { Scope } from "../../src/protocol/roles.ts";
import { checkScopes, issueKey } from "../../src/server/key-store.ts";
import type { ServerChat } from "../../src/server/chat/server-chat.ts";
import type { IdentityOptions } from "../../src/server/identity/identity.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";

/**
 * @param gate every read of the bucket by the server waits for this
 * @param identity how people sign in; default: by keys alone
 * @param chat who answers questions; default: nobody
 */
export async function startBunServer(
  gate?: (key: string) => Promise<void>,
  identity?: IdentityOptions,
  chat?: ServerChat,
): Promise<WorkerServer> {
  const dir = await mkdtemp(join(tmpdir(), "repobase-serve-"));
  const store = new DirectoryStore(dir);
  const embedder = await loadStaticEmbedder();
  const adminToken = crypto.randomUUID();
  const { app, settled, sendDue } = createServer({
    store: gate ? gated(store, gate) : store,
    embedQuery: async (modelId, text) => (modelId === embedder.id ? embedder.embedQuery(text) : undefined),
    adminToken,
    outbound: { allowLoopback: true },
    ...(identity && { identity }),
    ...(chat && { chat }),
  });
  const http = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
  return {
    url: http.url.origin,
    adminToken,
    issueKey: async (userId, scopes) =>
      (await issueKey(store, { userId, ...(scopes && { scopes: checkScopes(scopes as Scope[]) }) })).apiKey,
    bucket: {
      async list(prefix = "") {
        const found = await Array.fromAsync(store.list(prefix));
        return found.map(({ key, size, sha256 }) => ({ key, size, sha256 }));
      },
      get: async (key) => (await store.get(key))?.bytes,
      put: async (key, bytes) => void (await store.put(key, bytes)),
      delete: (key) => store.delete(key),
    },
    runCron: sendDue,
    async stop() {
      await http.stop(true);
      await settled();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function gated(store: ObjectStore, gate: (key: string) => Promise<void>): ObjectStore {
  const pass = (key: string, signal: AbortSignal | undefined) => untilAborted(signal, () => gate(key));
  return {
    async get(key, options) {
      await pass(key, options?.signal);
      return store.get(key, options);
    },
    async head(key, options) {
      await pass(key, options?.signal);
      return store.head(key, options);
    },
    put: (key, bytes, options) => store.put(key, bytes, options),
    list: (prefix, options) => store.list(prefix, options),
    delete: (key) => store.delete(key),
  };
}
