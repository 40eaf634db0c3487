/** The beginning of one run of `indexTree`: what the table holds, what the tree has that it does not, what is open. */
import { join } from "node:path";
import { CHUNKER } from "../chunk/chunk.ts";
import { indexPrefix } from "../protocol/keys.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { purgedPatterns } from "../protocol/purges.ts";
import { compilePathGlobs } from "../search/path-glob.ts";
import { SECRET_RULES_VERSION } from "../source/secrets/rules-version.ts";
import { RULES_VERSION } from "../source/select-file.ts";
import { FileVersions } from "../table/file-versions.ts";
import { findBase, openWriter, type TableBase } from "../table/table-base.ts";
import { modelOf } from "./embedding.ts";
import type { IndexTreeOptions } from "./index-tree-contract.ts";
import type { ParseSeconds } from "./parse-tree.ts";
import { type FilePlan, planFiles } from "./plan-files.ts";
import { SecretCache } from "./secret-cache.ts";
import { SkipCache } from "./skip-cache.ts";
import { WriteSession } from "./write-session.ts";

type TimedStage = "compare" | "merge" | "textIndex" | "describe";

/** What one run knows and has open. */
export interface Run {
  readonly options: IndexTreeOptions;
  readonly indexDir: string;
  readonly tableDir: string;
  readonly stages: ParseSeconds & Record<TimedStage | "append", number>;
  readonly base: TableBase | null;
  readonly versions: FileVersions;
  readonly skipCache: SkipCache;
  readonly secrets: SecretCache;
  readonly plan: FilePlan;
  readonly session: WriteSession;
}

/** What the table holds, and what the tree has that it does not. */
export async function beginRun(options: IndexTreeOptions): Promise<Run> {
  const { home, repo, tableName, previous, tree, embedding, limits } = options;
  const indexDir = join(home, indexPrefix(repo));
  const tableDir = join(indexDir, tableName);
  const wanted = { ...modelOf(embedding), chunker: CHUNKER };
  const parse = { read: 0, select: 0, chunk: 0, terms: 0, embed: 0 };
  const stages = { compare: 0, ...parse, append: 0, merge: 0, textIndex: 0, describe: 0 };
  const compared = await timed(stages, "compare", async () => {
    const base = await findBase({ tableDir, previous, wanted });
    const { nextFileId } = lineageOf(previous, base) ?? {};
    const versions =
      base === null ? new FileVersions() : await FileVersions.of(base.table, { known: options.known, nextFileId });
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

/** The last manifest, where it is of this very table. */
export const lineageOf = (previous: Manifest | null, base: Pick<TableBase, "tableId"> | null): Manifest | null =>
  previous !== null && previous.tableId === base?.tableId ? previous : null;

/** Looks at what the table holds, as far as today's rules have not. */
async function lookForSecrets(
  { limits, secretCache, signal }: IndexTreeOptions,
  { base, versions }: { base: TableBase | null; versions: FileVersions },
): Promise<SecretCache> {
  const rules = `${SECRET_RULES_VERSION} ${limits.secrets}`;
  const secrets = await SecretCache.load({ path: secretCache, rules, tableId: base?.tableId ?? null });
  const through = versions.nextFileId - 1;
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

/** Adds what the work takes to one of the stages, in seconds. */
export async function timed<T>(
  stages: Record<TimedStage, number>,
  stage: TimedStage,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    stages[stage] += (performance.now() - began) / 1000;
  }
}
