/** `/v1/manifest` and `/v1/snapshots`: immutable documents named by their own hash, taken only when they are what their name says. */
import { Hono } from "hono";
import { RepobaseError, isRepobaseError } from "../../protocol/errors.ts";
import { sha256Hex } from "../../protocol/hash.ts";
import { checkRepoId, manifestKey, REF_PREFIX, repoOfRefKey, snapshotKey } from "../../protocol/keys.ts";
import { decodeManifest } from "../../protocol/manifest.ts";
import { decodeRef } from "../../protocol/ref.ts";
import type { Ref } from "../../protocol/ref.ts";
import { decodeSnapshot, visibleFileIds } from "../../protocol/snapshot.ts";
import type { AppEnv, Services } from "../app-env.ts";
import type { Bucket } from "../bucket.ts";
import { checkManifest } from "../check-manifest.ts";
import { readBody } from "../limits.ts";
import { readRef, repoNotFound } from "../read-index.ts";
import { describeStored, sendObject } from "../stored-answer.ts";
import { storeOnce } from "../store-once.ts";

export function manifestRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/manifest", async (c) => c.json({ repos: await listRefs(c.var.home) }));

  app.get("/manifest/:repo", async (c) => {
    const repo = checkRepoId(c.req.param("repo"));
    const current = await readRef(c.var.home, repo);
    if (!current) throw repoNotFound(repo);
    return sendObject({ request: c.req.raw, home: c.var.home, key: manifestKey(repo, current.ref.manifest) });
  });

  app.get("/manifest/:repo/:sha256", (c) =>
    sendObject({ request: c.req.raw, home: c.var.home, key: manifestKey(c.req.param("repo"), c.req.param("sha256")) }),
  );

  app.put("/manifest/:repo/:sha256", async (c) => {
    const { repo, sha256 } = c.req.param();
    const key = manifestKey(repo, sha256);
    const bytes = await namedBytes(c.req.raw, sha256, services.limits.jsonBody);
    checkManifest(
      fromClient(() => decodeManifest(bytes)),
      repo,
    );
    return storeDocument({ home: c.var.home, key, bytes, sha256 });
  });

  app.get("/snapshots/:repo/:tableId/:sha256", (c) => {
    const { repo, tableId, sha256 } = c.req.param();
    return sendObject({ request: c.req.raw, home: c.var.home, key: snapshotKey(repo, tableId, sha256) });
  });

  app.put("/snapshots/:repo/:tableId/:sha256", async (c) => {
    const { repo, tableId, sha256 } = c.req.param();
    const key = snapshotKey(repo, tableId, sha256);
    const bytes = await namedBytes(c.req.raw, sha256, services.limits.jsonBody);
    const snapshot = fromClient(() => decodeSnapshot(bytes));
    if (snapshot.repo !== repo || snapshot.tableId !== tableId)
      throw new RepobaseError(
        "usage",
        `the snapshot is of ${snapshot.repo}/${snapshot.tableId}, not of ${repo}/${tableId}`,
      );
    const visible = fromClient(() => visibleFileIds(snapshot));
    if (visible.length !== snapshot.files)
      throw new RepobaseError("usage", `the snapshot says ${snapshot.files} files and lists ${visible.length}`);
    return storeDocument({ home: c.var.home, key, bytes, sha256 });
  });
  return app;
}

/** Every ref of a user, with the etag that moves it. */
async function listRefs(home: Bucket): Promise<{ id: string; etag: string; ref: Ref }[]> {
  const refs: { id: string; etag: string; ref: Ref }[] = [];
  for await (const info of home.list(REF_PREFIX)) {
    const stored = await home.get(info.key);
    if (stored)
      refs.push({
        id: repoOfRefKey(info.key),
        etag: stored.etag,
        ref: decodeRef(stored.bytes),
      });
  }
  return refs;
}

/** @throws RepobaseError `hash_mismatch` */
async function namedBytes(request: Request, sha256: string, limit: number): Promise<Uint8Array> {
  const bytes = await readBody(request, limit);
  const actual = await sha256Hex(bytes);
  if (actual !== sha256)
    throw new RepobaseError("hash_mismatch", `the body has the sha256 ${actual}, its name says ${sha256}`, {
      fields: { actual },
    });
  return bytes;
}

/** A broken document is the index's fault when we read it, but the client's when it sends it. */
function fromClient<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (isRepobaseError(cause, "unsupported_format")) throw cause;
    throw new RepobaseError("usage", cause instanceof Error ? cause.message : "the body cannot be read", { cause });
  }
}

async function storeDocument(put: { home: Bucket; key: string; bytes: Uint8Array; sha256: string }): Promise<Response> {
  const { info, created } = await storeOnce({ ...put, body: put.bytes });
  return Response.json(
    { sha256: put.sha256, size: info.size, created },
    { status: created ? 201 : 200, headers: describeStored(info) },
  );
}
