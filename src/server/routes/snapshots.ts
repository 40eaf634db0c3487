/** `/v1/snapshots`: which files a commit sees. Immutable, named by their own hash. */
import { Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import { snapshotKey } from "../../protocol/keys.ts";
import { decodeSnapshot, visibleFiles } from "../../protocol/snapshot.ts";
import { admitTo, type AppEnv, type Services } from "../app-env.ts";
import { fromClient, namedBytes, storeDocument } from "../client-document.ts";
import { sendObject } from "../stored-answer.ts";

export function snapshotRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

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
    fromClient(() => visibleFiles(snapshot));
    return storeDocument({ home: c.var.home, key, bytes, sha256, admit: admitTo(services, c, repo) });
  });
  return app;
}
