/**
 * Brings a table up to date with a tree: only file versions the table does not hold are read, chunked, embedded and
 * appended; then the manifest and the snapshot that describe the result are returned. The caller stores them (manifest
 * and snapshot first, the ref last); until it does, readers see the old index. Nothing new: nothing is written.
 * Killed at any point, the next run goes on from what was appended.
 */
import { join } from "node:path";
import { type Embedding, modelOf } from "./embedding.ts";
import { sha256Hex } from "../protocol/hash.ts";
import { indexPrefix } from "../protocol/keys.ts";
import { purgedPatterns, type Purges } from "../protocol/purges.ts";
import { compilePathGlobs } from "../search/path-glob.ts";
import type { LocalTable } from "../protocol/ids.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { encodeSnapshot, makeSnapshot, type Snapshot } from "../protocol/snapshot.ts";
import { CHUNKER } from "../chunk/chunk.ts";
import { describeTable } from "../table/describe-table.ts";
import { FileVersions } from "../table/file-versions.ts";
import { tableOnDisk } from "../table/lance-versions.ts";
import { setVersion, versionIn } from "../table/set-version.ts";
import { defaultThreads } from "./parse-pool.ts";
import { type ParseSeconds, parseTree } from "./parse-tree.ts";
import { type FilePlan, planFiles } from "./plan-files.ts";
import { RowAppender } from "../table/row-appender.ts";
import { SECRET_RULES_VERSION } from "../source/secrets/rules-version.ts";
import { type SelectLimits, RULES_VERSION, skipByName } from "../source/select-file.ts";
import type { ExposedFile } from "./find-exposed.ts";
import { SecretCache } from "./secret-cache.ts";
import { SkipCache } from "./skip-cache.ts";
import type { RedactedFile, SkippedFile, SourceFile, SourceTree } from "../source/source-tree.ts";
import { findBase, openWriter, type TableBase } from "../table/table-base.ts";
import { keepTextIndex } from "../table/keep-text-index.ts";
import { WriteSession } from "./write-session.ts";

export interface IndexProgress {
  readonly phase: "compare" | "index" | "text-index" | "finish";
  /** Of the new files alone. */
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly chunks: number;
}

export interface IndexTreeOptions {
  /** Absolute path of the home folder. */
  readonly home: string;
  readonly repo: string;
  readonly tableName: LocalTable;
  /** The table's newest manifest; null: there is none yet. */
  readonly previous: Manifest | null;
  readonly tree: SourceTree;
  /** File versions to leave out altogether, from table and snapshot: another table holds them. */
  readonly elsewhere?: ((file: SourceFile) => boolean) | undefined;
  /** Paths that have no rows, whatever the tree holds. */
  readonly purges?: Purges | undefined;
  readonly embedding: Embedding;
  readonly limits: SelectLimits;
  /** Absolute path of the file that remembers skipped file versions. */
  readonly skipCache: string;
  /** Absolute path of the file that remembers secrets found in the table. */
  readonly secretCache: string;
  /** Commits whose snapshots stay in the manifest; absent: all. The tree's own always does. */
  readonly keepCommits?: ReadonlySet<string>;
  /** Parse threads; 0: none. Absent: what suits the machine. */
  readonly threads?: number | undefined;
  /** Rows are appended at least this often, in seconds, so that a killed run loses little. Absent: FLUSH_SECONDS. */
  readonly flushSeconds?: number | undefined;
  readonly onProgress?: (progress: IndexProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface IndexTreeResult {
  readonly manifest: Manifest;
  readonly snapshot: Snapshot;
  /** Name of the snapshot, as the manifest lists it. */
  readonly snapshotSha256: string;
  readonly newRows: number;
  readonly newFiles: number;
  /** Bytes of the new files' texts, and of those that were looked at and skipped. */
  readonly newBytes: number;
  readonly embeddedChunks: number;
  /** All of the tree's files that have no rows, remembered ones too. */
  readonly skipped: readonly SkippedFile[];
  /** The tree's files whose rows have marks where secrets were, as far as this machine made them. */
  readonly redacted: readonly RedactedFile[];
  /** File versions of any commit whose rows hold secrets in the clear. */
  readonly exposed: readonly ExposedFile[];
  /** Paths that a rule keeps out of this tree although other commits' versions of them are in the table. */
  readonly stillIndexed: readonly string[];
  /** Seconds: `read`, `append`, `textIndex`, `describe` on the clock, `select`, `chunk`, `terms`, `embed` of all threads together. */
  readonly stages: Readonly<Record<string, number>>;
  /** false: manifest and snapshot are those of `previous`, byte for byte. */
  readonly changed: boolean;
}

/** What one run knows and has open. */
interface Run {
  readonly options: IndexTreeOptions;
  readonly indexDir: string;
  readonly tableDir: string;
  readonly stages: ParseSeconds & { compare: number; append: number; textIndex: number; describe: number };
  readonly base: TableBase | null;
  readonly versions: FileVersions;
  readonly skipCache: SkipCache;
  readonly secrets: SecretCache;
  readonly plan: FilePlan;
  readonly session: WriteSession;
}

/** What `addFiles` brought into the table. */
interface Added {
  readonly fileIds: readonly number[];
  readonly skipped: readonly SkippedFile[];
  readonly redacted: readonly RedactedFile[];
  readonly rows: number;
  readonly bytes: number;
}

/**
 * One process at a time for each table: the caller holds the repository's lock.
 * @throws RepobaseError `interrupted`, `no_space`, `home_unwritable`, `corrupt_index` (the table's own files)
 */
export async function indexTree(options: IndexTreeOptions): Promise<IndexTreeResult> {
  const run = await beginRun(options);
  try {
    const added = await addFiles(run);
    for (const file of added.skipped) run.skipCache.add(file);
    const skipped = [...run.plan.skipped, ...added.skipped, ...options.tree.passedOver].sort((a, b) =>
      a.path < b.path ? -1 : 1,
    );
    const table = unchanged(run, added) ?? (await finishTable(run, added));
    await run.skipCache.save(skipped);
    const through = run.versions.lastId;
    run.secrets.finish({ read: run.plan.fresh, redacted: added.redacted, tableId: table.tableId, through });
    await run.secrets.save();
    return {
      ...(await showTree(options, { table, fileIds: [...run.plan.visible, ...added.fileIds] })),
      newRows: added.rows,
      newFiles: added.fileIds.length,
      newBytes: added.bytes,
      embeddedChunks: added.rows,
      skipped,
      redacted: redactedIn(run),
      exposed: run.secrets.exposed,
      stillIndexed: stillIndexed(run, run.plan.skipped),
      stages: { ...run.stages },
    };
  } finally {
    run.session.close();
  }
}

/** What the table holds, and what the tree has that it does not. */
async function beginRun(options: IndexTreeOptions): Promise<Run> {
  const { home, repo, tableName, previous, tree, embedding, limits } = options;
  const indexDir = join(home, indexPrefix(repo));
  const tableDir = join(indexDir, tableName);
  const wanted = { ...modelOf(embedding), chunker: CHUNKER };
  const stages = { compare: 0, read: 0, select: 0, chunk: 0, terms: 0, embed: 0, append: 0, textIndex: 0, describe: 0 };
  const compared = await timed(stages, "compare", async () => {
    const base = await findBase({ tableDir, previous, wanted });
    const versions = base === null ? new FileVersions() : await FileVersions.of(base.table);
    return {
      base,
      versions,
      skipCache: await SkipCache.load(options.skipCache, JSON.stringify([RULES_VERSION, SECRET_RULES_VERSION, limits])),
      secrets: await lookForSecrets(options, { base, versions }),
    };
  });
  const plan = planFiles({
    versions: compared.versions,
    skipCache: compared.skipCache,
    secrets: compared.secrets,
    files: tree.files,
    limits,
    elsewhere: options.elsewhere,
    isPurged: compilePathGlobs(purgedPatterns(options.purges)),
  });
  const session = new WriteSession(() => openWriter({ tableDir, base: compared.base, wanted }));
  return { options, indexDir, tableDir, stages, ...compared, plan, session };
}

/** Looks at what the table holds, as far as today's rules have not. */
async function lookForSecrets(
  { limits, secretCache, signal }: IndexTreeOptions,
  { base, versions }: { base: TableBase | null; versions: FileVersions },
): Promise<SecretCache> {
  const rules = `${SECRET_RULES_VERSION} ${limits.secrets}`;
  const secrets = await SecretCache.load({ path: secretCache, rules, tableId: base?.tableId ?? null });
  const through = versions.lastId;
  const isBehind = base !== null && secrets.through < through;
  const found = isBehind
    ? await (
        await import("./find-exposed.ts")
      ).findExposed({
        table: base.table,
        after: secrets.through,
        policy: limits.secrets,
        signal,
      })
    : { exposed: [], redacted: [] };
  secrets.looked({ ...found, through, isThere: (fileId) => versions.holds(fileId) });
  return secrets;
}

function redactedIn({ options, secrets }: Run): RedactedFile[] {
  return options.tree.files.flatMap(({ path, blob }) => {
    const found = secrets.secretsOf({ path, blob });
    return found === undefined ? [] : [{ path, blob, secrets: found }];
  });
}

/** By name or ignore rule: a version that is skipped for its contents says nothing of the versions before it. */
function stillIndexed({ options, versions }: Run, skipped: readonly SkippedFile[]): string[] {
  const { tree, limits } = options;
  const byName = skipped.filter(({ path, reason }) => reason !== "purged" && skipByName(path, null, limits) !== null);
  const paths = [...(tree.ignored ?? []), ...byName.map(({ path }) => path)];
  return paths.filter((path) => versions.holdsPath(path)).sort();
}

/** The table as the previous manifest has it, when nothing was added; null: that one does not describe this table. */
function unchanged({ base, options: { previous } }: Run, added: Added): Manifest | null {
  if (base === null || base.ahead || added.rows > 0) return null;
  return previous !== null && previous.tableId === base.tableId ? previous : null;
}

/** The manifest of the table as it is now, without this run's snapshot. */
async function finishTable(run: Run, added: Added): Promise<Manifest> {
  const { options, indexDir, tableDir, stages, versions, plan } = run;
  const { repo, tableName, previous, onProgress } = options;
  const files = plan.fresh.length;
  const counted = { filesDone: files, filesTotal: files, bytesDone: added.bytes, chunks: added.rows };
  const writer = await run.session.writer();
  onProgress?.({ phase: "text-index", ...counted });
  await timed(stages, "textIndex", () => keepTextIndex({ tableDir, writer, known: previous?.objects ?? [] }));
  onProgress?.({ phase: "finish", ...counted });
  const table = await timed(stages, "describe", () =>
    describeTable({ indexDir, repo, tableName, identity: writer.identity, previous, files: versions.count }),
  );
  await setVersion(tableOnDisk(tableDir), versionIn(table));
  return table;
}

/** The snapshot of the tree, and the manifest with it. */
async function showTree(
  { repo, previous, tree, keepCommits }: IndexTreeOptions,
  { table, fileIds }: { readonly table: Manifest; readonly fileIds: readonly number[] },
): Promise<Pick<IndexTreeResult, "manifest" | "snapshot" | "snapshotSha256" | "changed">> {
  const snapshot = makeSnapshot({ repo, tableId: table.tableId, commit: tree.commit, fileIds });
  const snapshotSha256 = await sha256Hex(encodeSnapshot(snapshot));
  const changed = table !== previous || previous.snapshots[tree.commit] !== snapshotSha256;
  const before = previous !== null && previous.tableId === table.tableId ? previous.snapshots : {};
  const kept = Object.entries(before).filter(([commit]) => keepCommits?.has(commit) ?? true);
  const snapshots = { ...Object.fromEntries(kept), [tree.commit]: snapshotSha256 };
  return { manifest: changed ? { ...table, snapshots } : table, snapshot, snapshotSha256, changed };
}

async function timed<T>(
  stages: Record<"compare" | "textIndex" | "describe", number>,
  stage: "compare" | "textIndex" | "describe",
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    stages[stage] += (performance.now() - began) / 1000;
  }
}

/** Reads, parses and appends the fresh files, and numbers them in `versions`. */
async function addFiles({ options, plan, versions, session, stages }: Run): Promise<Added> {
  const files = plan.fresh;
  const fileIds: number[] = [];
  const skipped: SkippedFile[] = [];
  const redacted: RedactedFile[] = [];
  const added = { fileIds, skipped, redacted, rows: 0, bytes: 0 };
  let filesDone = 0;
  const report = () =>
    options.onProgress?.({
      phase: "index",
      filesDone,
      filesTotal: files.length,
      bytesDone: added.bytes,
      chunks: added.rows,
    });
  report();
  if (files.length === 0) return added;
  const appender = new RowAppender(() => session.writer(), versions.lastId + 1, options.flushSeconds);
  const parsed = parseTree({
    files,
    limits: options.limits,
    embedding: options.embedding,
    threads: options.threads ?? defaultThreads(),
    seconds: stages,
    onStarted: () => session.prepare(),
    ...(options.signal && { signal: options.signal }),
  });
  try {
    for await (const part of parsed) {
      const firstId = await appender.add(part.block);
      part.block.files.forEach((file, i) => {
        versions.add(file, firstId + i);
        added.fileIds.push(firstId + i);
      });
      added.skipped.push(...part.skipped);
      added.redacted.push(...part.redacted);
      added.rows += part.block.rows;
      added.bytes += part.bytes;
      filesDone += part.files;
      report();
    }
  } finally {
    // interrupted too: what is computed is kept, and the next run goes on from there
    await appender.finish();
  }
  stages.append = appender.seconds;
  return added;
}
