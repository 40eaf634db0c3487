/**
 * What the last index run of a folder came to, kept under a name for everything it depended on: what the folder held, the
 * model, the rules. While that name and the index itself are the same, a run has nothing to do, and says so again in the same
 * words. A cache: it may be deleted at any time, and one that is damaged counts as none.
 */
import { statSync } from "node:fs";
import { array, nullable, tuple } from "valibot";
import { errnoOf } from "../../files/file-errors.ts";
import { readRegularFile } from "../../files/read-regular-file.ts";
import type { RepoConfig } from "../../home/config.ts";
import { ciBranches } from "../../home/ci-branch.ts";
import type { Home } from "../../home/home.ts";
import { CHUNKER } from "../../chunk/chunk.ts";
import { type Fingerprint, fingerprintFolder, isAged, stoodStill } from "../../source/fingerprint-folder.ts";
import { SECRET_RULES_VERSION } from "../../source/secrets/rules-version.ts";
import { RULES_VERSION } from "../../source/select-file.ts";
import { STATIC_MODEL, STATIC_MODEL_ID } from "../../embed/static-embedder.ts";
import { count, decodeDocument, type DocumentType, fields, text } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { manifestKey, objectKey, refKey, snapshotKey, worktreeKey } from "../../protocol/keys.ts";
import { type Manifest, MANIFEST_FORMAT } from "../../protocol/manifest.ts";
import { REF, type Ref } from "../../protocol/ref.ts";
import { WORKTREE } from "../../protocol/ids.ts";
import { version } from "../../version.ts";
import { selectLimits } from "./select-limits.ts";
import type { IndexRepoOptions } from "./index-context.ts";
import { INDEX_RESULT, type IndexResult } from "./index-result.ts";
import { decodeWorktreeRef, type WorktreeRef } from "../folder/worktree-ref.ts";

/** The name of a run. Made before the source is read: what changes after that is the next run's. */
export interface RunName {
  readonly key: string;
  readonly fingerprint: Fingerprint;
}

type Naming = Pick<
  IndexRepoOptions,
  "home" | "repo" | "model" | "branch" | "maxFileBytes" | "include" | "secrets" | "nativeTextIndex" | "now"
>;

interface Remembered {
  readonly key: string;
  /** Texts of the two refs that show the index; null: there is none. */
  readonly refs: readonly (string | null)[];
  /** Path below the home folder and bytes of all that those refs lead to. */
  readonly files: readonly (readonly [path: string, size: number])[];
  readonly result: IndexResult;
}

const REMEMBERED: DocumentType<Remembered> = {
  name: "record of the last run",
  damaged: "damaged_config",
  schema: fields({
    key: text,
    refs: array(nullable(text)),
    files: array(tuple([text, count])),
    result: INDEX_RESULT,
  }),
};

/** undefined: the source is not one that can be named without reading it (a remote, an ONNX model that has to be opened). */
export async function nameRun(of: Naming): Promise<RunName | undefined> {
  const { source } = of.repo;
  const model = of.model ?? of.repo.model;
  if (source.kind !== "folder" || model !== STATIC_MODEL) return undefined;
  const fingerprint = await fingerprintFolder(source.path, of.home.env, { now: of.now, only: of.repo.only });
  if (fingerprint === undefined) return undefined;
  const select = [RULES_VERSION, SECRET_RULES_VERSION, JSON.stringify(selectLimits(of))];
  const rules = [version, MANIFEST_FORMAT, CHUNKER, ...select, STATIC_MODEL_ID];
  const given = [of.branch ?? null, of.nativeTextIndex ?? null, ciBranches(of.home.env)];
  return { key: JSON.stringify([...rules, fingerprint.id, ...given]), fingerprint };
}

/** What a run of this name would say, when there is nothing for it to do. The caller holds the repository's lock. */
export async function recallRun(of: {
  home: Home;
  repo: RepoConfig;
  model: string | null;
  runName: RunName;
}): Promise<IndexResult | undefined> {
  const started = performance.now();
  const { home, repo, runName } = of;
  const known = readRemembered(home.path(...pathOf(repo)));
  if (known?.key !== runName.key) return undefined;
  const { result, refs, files } = known;
  const isConfigured =
    repo.model === (of.model ?? repo.model) && (repo.lastIndexedCommit === result.commit || result.commit === WORKTREE);
  const isThere = ([path, size]: readonly [string, number]) =>
    statSync(home.path(path), { throwIfNoEntry: false })?.size === size;
  const shown = readShown(home, repo);
  const isSame = shown !== undefined && sameTexts(refs, shown.texts);
  if (!isConfigured || !isSame || !files.every(isThere)) return undefined;
  const durationMs = Math.round(performance.now() - started);
  return { ...result, changed: false, newFiles: 0, newChunks: 0, newBytes: 0, durationMs, stages: {} };
}

/** Remembers a run that has just ended well, unless its source changed meanwhile. The caller still holds the repository's lock. */
export async function rememberRun(
  options: Naming,
  of: { runName: RunName; result: IndexResult; manifests: readonly Manifest[] },
): Promise<void> {
  const { home, repo } = options;
  const { runName, result, manifests } = of;
  // a file that could not be read may be readable next time, and its folder tells nothing of that
  if (result.skipped.some(({ reason }) => reason === "unreadable")) return;
  // a file was saved a moment ago: a second look would cost as much as the first and could say nothing else
  if (!isAged(runName.fingerprint, runName.fingerprint.began)) return;
  const now = await nameRun(options);
  if (
    now === undefined ||
    !stoodStill(runName.fingerprint, now.fingerprint) ||
    (now.fingerprint.commit ?? WORKTREE) !== result.commit
  )
    return;
  const shown = readShown(home, repo);
  if (shown === undefined) return;
  const objects = manifests.flatMap((manifest) => manifest.objects.map(({ path }) => objectKey(repo.id, path)));
  const files = [...new Set([...namedBy(shown, manifests), ...objects])].map(
    (key) => [key, statSync(home.path(key)).size] as const,
  );
  const { writeFileAtomic } = await import("../../files/write-file-atomic.ts");
  await writeFileAtomic(
    home.path(...pathOf(repo)),
    JSON.stringify({ key: runName.key, refs: shown.texts, files, result } satisfies Remembered),
  );
}

/** Manifests and snapshots that the refs lead to. */
function namedBy({ ref, worktree }: Shown, manifests: readonly Manifest[]): string[] {
  const keys: string[] = [];
  for (const { repo, tableId, snapshots } of manifests) {
    if (ref) {
      keys.push(manifestKey(repo, ref.manifest));
      for (const commit of Object.values(ref.heads))
        if (snapshots[commit]) keys.push(snapshotKey(repo, tableId, snapshots[commit]));
    }
    for (const part of [worktree?.overlay, worktree?.base]) if (part) keys.push(manifestKey(repo, part.manifest));
    if (worktree?.base) keys.push(snapshotKey(repo, worktree.base.tableId, worktree.base.snapshot));
  }
  return keys;
}

/** The two refs that show the index, and texts of them to compare. */
interface Shown {
  readonly ref: Ref | null;
  readonly worktree: WorktreeRef | null;
  readonly texts: Remembered["refs"];
}

/** undefined: one of them is damaged, or newer than this program, which the run has to say. */
function readShown(home: Home, { id: repo, checkout }: RepoConfig): Shown | undefined {
  const refText = readTextOrNull(home.path(refKey(repo)));
  const worktreeText = readTextOrNull(home.path(worktreeKey(repo, checkout)));
  try {
    const ref = refText === null ? null : decodeDocument(REF, refText);
    const worktree = worktreeText === null ? null : decodeWorktreeRef(worktreeText, repo);
    // what was synced when, and that a push moved the local ref along, makes no difference to a run
    const { manifest, default: branch, heads, tags, source } = ref ?? {};
    const shown = ref && JSON.stringify({ manifest, default: branch, heads, tags, source });
    return { ref, worktree, texts: [shown, worktreeText] };
  } catch {
    return undefined;
  }
}

const sameTexts = (a: readonly (string | null)[], b: readonly (string | null)[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);

/** undefined: there is none, or a damaged one; the run is done once more, and remembered anew. */
function readRemembered(path: string): Remembered | undefined {
  const stored = readTextOrNull(path);
  if (stored === null) return undefined;
  try {
    return decodeDocument(REMEMBERED, stored);
  } catch {
    return undefined;
  }
}

function readTextOrNull(path: string): string | null {
  try {
    return readRegularFile(path).toString("utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw new RepobaseError("home_unwritable", `cannot read "${path}"`, { cause: error });
  }
}

const pathOf = ({ id, checkout }: RepoConfig): string[] => [
  "cache",
  id,
  checkout === undefined ? "last-run.json" : `last-run-${checkout}.json`,
];
