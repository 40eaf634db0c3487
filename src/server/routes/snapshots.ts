/** `/v1/snapshots`: which files a commit sees, and pages of older commits. Immutable, named by their own hash. */
import { Hono } from "hono";
import { RepobaseError } from "../../protocol/errors.ts";
import { snapshotKey } from "../../protocol/keys.ts";
import { decodeHistoryPage, type HistoryPage } from "../../protocol/history.ts";
import { decodeSnapshot, type Snapshot, visibleFiles } from "../../protocol/snapshot.ts";
import { admitTo, type AppEnv, type Services } from "../app-env.ts";
import { fromClient, namedBytes, storeDocument } from "../client-document.ts";
import { sendObject } from "../stored-answer.ts";

/** Both lie in one place. @throws RepobaseError `unsupported_format`, `corrupt_index` */
function decodeSnapshotOrPage(bytes: Uint8Array): Snapshot | HistoryPage {
  try {
    const snapshot = decodeSnapshot(bytes);
    visibleFiles(snapshot);
    return snapshot;
  } catch (error) {
    try {
      return decodeHistoryPage(bytes);
    } catch {
      throw error; // most are snapshots: what is wrong with one is what its sender must know
    }
  }
}

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
    const document = fromClient(() => decodeSnapshotOrPage(bytes));
    if (document.repo !== repo || document.tableId !== tableId)
      throw new RepobaseError(
        "usage",
        `the snapshot is of ${document.repo}/${document.tableId}, not of ${repo}/${tableId}`,
      );
    return storeDocument({ home: c.var.home, key, bytes, sha256, admit: admitTo(services, c, repo) });
  });
  return app;
}
