/**
 * What `/v1/repos` says of each repository, from its ref, its manifest and one snapshot; no table is opened. A repository that
 * cannot be read is listed with what is known of it and why not, so that nobody takes it for one that was never pushed.
 */
import type { RemoteRepo, RepoState } from "../protocol/cloud-api.ts";
import { isRepobaseError, type RepobaseError } from "../protocol/errors.ts";
import { REF_PREFIX, repoOfRefKey } from "../protocol/keys.ts";
import type { Ref } from "../protocol/ref.ts";
import type { ViewCache } from "./view-cache.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { mapBounded } from "../store/map-bounded.ts";
import { readManifest, readCurrentRef } from "./current-ref.ts";
import { countFiles, type FileCount, lacking } from "./count-files.ts";

interface Reader {
  readonly home: ObjectStore;
  readonly owner: string;
  /** File counts of commits seen before; apart from the open views, which they must not push out. */
  readonly counts: ViewCache;
  /** Told why a repository cannot be read. */
  readonly onDamage: (error: RepobaseError) => void;
}

/** Ids of everything this user has pushed, sorted. */
export async function listRepos(home: ObjectStore, signal?: AbortSignal): Promise<string[]> {
  const ids: string[] = [];
  for await (const { key } of home.list(REF_PREFIX, { signal })) ids.push(repoOfRefKey(key));
  return ids;
}

/** One entry for each ref, sorted by id. @throws RepobaseError when the bucket does not answer */
export async function describeRepos(reader: Reader): Promise<RemoteRepo[]> {
  const found = await mapBounded(await listRepos(reader.home), (repo) => describeRepo(reader, repo));
  return found.filter((repo) => repo !== undefined);
}

/** undefined: it was removed meanwhile. */
async function describeRepo(reader: Reader, repo: string): Promise<RemoteRepo | undefined> {
  let ref: Ref | undefined;
  try {
    const current = await readCurrentRef(reader.home, repo);
    if (!current) return undefined;
    ({ ref } = current);
    return entryOf(repo, ref, await rememberCount(reader, repo, ref));
  } catch (error) {
    if (!isRepobaseError(error, "corrupt_index", "unsupported_format", "ref_not_found")) throw error;
    // a push and a clean-up may have passed between the reads; a second look at the ref tells that from damage
    const again = ref && (await readCurrentRef(reader.home, repo));
    if (again && again.ref.generation !== ref?.generation) return describeRepo(reader, repo);
    reader.onDamage(error);
    const state = stateOf(error, ref);
    return { ...entryOf(repo, ref, undefined), state, error: { code: error.code, detail: error.message } };
  }
}

function entryOf(id: string, ref: Ref | undefined, counted: Counted | undefined): RemoteRepo {
  return {
    id,
    name: ref?.source.name ?? id,
    url: ref?.source.url ?? null,
    fileCount: counted?.fileCount ?? null,
    lastSyncedAt: ref?.pushedAt ?? null,
    commit: counted?.commit ?? null,
    refs: ref?.heads ?? {},
    tags: ref?.tags ?? {},
    default: ref?.default ?? null,
    bytes: counted?.bytes ?? null,
    generation: ref?.generation ?? null,
    device: ref?.device ?? null,
    state: "ready",
  };
}

function stateOf({ code }: RepobaseError, ref: Ref | undefined): RepoState {
  if (code === "unsupported_format") return "newer";
  return code === "ref_not_found" && Object.keys(ref?.heads ?? {}).length === 0 ? "empty" : "damaged";
}

interface Counted extends FileCount {
  readonly bytes: number;
}

/** Manifests and snapshots are immutable: what was counted once is remembered, and the next call reads the refs alone. */
function rememberCount(reader: Reader, repo: string, ref: Ref): Promise<Counted> {
  const { home, owner, counts } = reader;
  const head = ref.heads[ref.default] ?? "";
  const name = `${owner}\0${repo}\0${ref.manifest}\0${head}`;
  const count = async () => {
    const manifest = await readManifest(home, { repo, sha256: ref.manifest });
    if (!manifest) throw lacking(repo, "manifest", ref.manifest);
    return { ...(await countFiles(home, { repo, ref, manifest })), bytes: manifest.stats.bytes };
  };
  return counts.remember(name, count, () => 200);
}
