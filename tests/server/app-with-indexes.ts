/** The server's app in this process over one bucket, with indexes put into it as they are: nothing was pushed. */
import { manifestKey, refKey, snapshotKey } from "../../src/protocol/keys.ts";
import { encodeRef } from "../../src/protocol/ref.ts";
import { createApp } from "../../src/server/app.ts";
import { asBucket, type Bucket, scopeTo } from "../../src/server/bucket.ts";
import { issueKey } from "../../src/server/key-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { refOf } from "./api-client.ts";
import type { RealIndex } from "./real-index.ts";

/** @returns the app as one user asks it, that user's part of the bucket, and what the app was told of failures, as it grows */
export async function appWithIndexes(store: ObjectStore, indexes: Iterable<readonly [string, RealIndex]>) {
  const failures: unknown[] = [];
  const app = createApp({
    store,
    embedQuery: async () => undefined,
    adminToken: undefined,
    onFailure: ({ error }) => failures.push(error),
  });
  const { apiKey } = await issueKey(asBucket(store), { userId: "alice" });
  const home = scopeTo(asBucket(store), "alice/");
  for (const [repo, index] of indexes) await putIndex(home, repo, index);
  const ask = async (path: string, method = "GET") =>
    app.request(path, { method, headers: { authorization: `Bearer ${apiKey}` } });
  return { home, failures, ask };
}

/** Under any name: the server does not ask a manifest for its repository. */
async function putIndex(home: Bucket, repo: string, index: RealIndex): Promise<void> {
  await home.put(manifestKey(repo, index.manifestSha256), index.manifestBytes);
  for (const { sha256, bytes } of index.snapshots)
    await home.put(snapshotKey(repo, index.manifest.tableId, sha256), bytes);
  for (const [path, bytes] of index.objects) await home.put(`index/${repo}/${path}`, bytes);
  await home.put(refKey(repo), encodeRef(refOf(index, { source: { name: repo, url: null } })));
}

/** What one home holds, and nothing else. */
export async function copyHome(from: Bucket, to: Bucket): Promise<void> {
  for await (const { key } of to.list("")) if (!(await from.head(key))) await to.delete(key);
  for await (const { key } of from.list("")) {
    const found = await from.get(key);
    if (found) await to.put(key, found.bytes);
  }
}
