/** `/v1/manifest`: all refs of a user, and manifests: immutable, named by their own hash. */
import { Hono } from "hono";
import { isRepobaseError } from "../../protocol/errors.ts";
import { checkRepoId, manifestKey, REF_PREFIX, repoOfRefKey } from "../../protocol/keys.ts";
import { decodeManifest } from "../../protocol/manifest.ts";
import { decodeRef } from "../../protocol/ref.ts";
import type { Ref } from "../../protocol/ref.ts";
import { admitTo, type AppEnv, type Services } from "../app-env.ts";
import { untilGone } from "../bucket.ts";
import type { Bucket } from "../bucket.ts";
import { checkManifest } from "../check-manifest.ts";
import { fromClient, namedBytes, storeDocument } from "../client-document.ts";
import { mapBounded } from "../../store/map-bounded.ts";
import { readCurrentRef } from "../../search/current-ref.ts";
import { repoNotFound } from "../read-index.ts";
import { sendObject } from "../stored-answer.ts";

export function manifestRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/manifest", async (c) => c.json({ repos: await listRefs(untilGone(c.var.home, c.req.raw.signal)) }));

  app.get("/manifest/:repo", async (c) => {
    const repo = checkRepoId(c.req.param("repo"));
    const current = await readCurrentRef(c.var.home, repo, { signal: c.req.raw.signal });
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
    return storeDocument({ home: c.var.home, key, bytes, sha256, admit: admitTo(services, c, repo) });
  });
  return app;
}

interface ListedRef {
  readonly id: string;
  /** What moves the ref. */
  readonly etag: string;
  /** null: it cannot be read, and `error` says why. */
  readonly ref: Ref | null;
  readonly error?: { readonly code: string; readonly detail: string };
}

async function listRefs(home: Bucket): Promise<ListedRef[]> {
  const keys = (await Array.fromAsync(home.list(REF_PREFIX))).map(({ key }) => key);
  const found = await mapBounded(keys, async (key): Promise<ListedRef | undefined> => {
    const stored = await home.get(key);
    if (!stored) return undefined;
    const listed = { id: repoOfRefKey(key), etag: stored.etag };
    try {
      return { ...listed, ref: decodeRef(stored.bytes, key) };
    } catch (error) {
      if (!isRepobaseError(error, "corrupt_index", "unsupported_format")) throw error;
      return { ...listed, ref: null, error: { code: error.code, detail: error.message } };
    }
  });
  return found.filter((listed) => listed !== undefined);
}
