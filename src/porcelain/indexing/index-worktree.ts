/**
 * Indexes uncommitted files into the local-only table. What the main table already holds is only named, through a
 * snapshot of it that no manifest lists, so uncommitted work costs what it changed.
 */
import { FileVersions } from "../../table/file-versions.ts";
import type { IndexTreeResult } from "../../ingest/index-tree-contract.ts";
import { skipByName } from "../../source/select-file.ts";
import type { SourceFile, SourceTree } from "../../source/source-tree.ts";
import { openTableAt } from "../../table/open-table.ts";
import { writeNamed } from "../../plumbing/write-named.ts";
import { writeSnapshot } from "../../plumbing/write-snapshot.ts";
import { canonicalJson } from "../../protocol/canonical-json.ts";
import { SHARED_TABLE, WORKTREE, WORKTREE_TABLE } from "../../protocol/ids.ts";
import { manifestKey } from "../../protocol/keys.ts";
import { nameOfManifest, sealManifest } from "../../protocol/history.ts";
import type { Manifest } from "../../protocol/manifest.ts";
import { makeSnapshot } from "../../protocol/snapshot.ts";
import { type IndexContext, runIndexTree } from "./index-context.ts";
import { previousManifest } from "./previous-manifest.ts";
import { noteReplaced } from "./sweep-worktrees.ts";
import { readWorktreeRef, type WorktreeRef, writeWorktreeRef } from "../folder/worktree-ref.ts";

/** @param of.main the index of the commit the files differ from; null: there is none */
export async function indexWorktree(
  context: IndexContext,
  of: { readonly tree: SourceTree; readonly main: Pick<IndexTreeResult, "manifest" | "exposed"> | null },
): Promise<{ readonly result: IndexTreeResult }> {
  const { home, repo } = context;
  const { store } = home;
  const before = await readWorktreeRef(store, repo);
  const previous = await previousManifest({ store, repo: repo.id, sha256: before?.overlay.manifest });
  const held = await heldBy(context, of.main);
  // the rules come before the table here, too
  const isShownByMain = (file: SourceFile) =>
    held(file) !== undefined && skipByName(file.path, file.size, context.limits) === null;
  const overlay = await runIndexTree(context, {
    tree: of.tree,
    tableName: WORKTREE_TABLE,
    previous,
    purges: of.main?.manifest.purges,
    elsewhere: isShownByMain,
  });
  const base = of.main
    ? await writeBase(context, { main: of.main.manifest, files: of.tree.files.filter(isShownByMain), held })
    : null;
  const manifest = await writeLocalManifest(context, overlay.manifest);
  const snapshot = await writeSnapshot({ to: store, snapshot: overlay.snapshot });
  const next: WorktreeRef = { format: 1, overlay: { manifest, snapshot, files: overlay.snapshot.files }, base };
  const changed = before === undefined || canonicalJson(before) !== canonicalJson(next);
  if (changed) {
    if (before) noteReplaced({ home, repo, ref: before, now: Date.now() });
    await writeWorktreeRef(store, repo, next);
  }
  return { result: { ...overlay, changed } };
}

/** fileId in the main table; undefined: it is not there, or not in a state to be shown. */
type Held = (file: { readonly path: string; readonly blob: string }) => number | undefined;

async function heldBy(
  { home, memory }: IndexContext,
  main: Pick<IndexTreeResult, "manifest" | "exposed"> | null,
): Promise<Held> {
  if (main === null) return () => undefined;
  const versions = await FileVersions.of(openTableAt(main.manifest, home.dir), {
    known: memory?.fragments[SHARED_TABLE],
  });
  const exposed = new Set(main.exposed.map(({ fileId }) => fileId));
  return (file) => {
    const fileId = versions.idOf(file);
    return fileId === undefined || exposed.has(fileId) ? undefined : fileId;
  };
}

/** The tree's files that the main table holds. */
async function writeBase(
  { home }: IndexContext,
  { main, files, held }: { main: Manifest; files: readonly SourceFile[]; held: Held },
): Promise<NonNullable<WorktreeRef["base"]>> {
  const fileIds = files.map(held).filter((id) => id !== undefined);
  const snapshot = makeSnapshot({ repo: main.repo, tableId: main.tableId, commit: WORKTREE, fileIds });
  return {
    manifest: await nameOfManifest(main),
    tableId: main.tableId,
    snapshot: await writeSnapshot({ to: home.store, snapshot }),
    files: snapshot.files,
  };
}

/** Not through plumbing's writeManifest: that one refuses this table, so that it can never be sent. */
async function writeLocalManifest({ home }: IndexContext, manifest: Manifest): Promise<string> {
  const { bytes, sha256 } = await sealManifest(manifest);
  await writeNamed({ to: home.store, key: manifestKey(manifest.repo, sha256), bytes, sha256 });
  return sha256;
}
