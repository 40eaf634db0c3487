/** A device whose index is a real Lance table in a folder of its own. */
import { afterAll } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRef } from "../../src/plumbing/read-ref.ts";
import type { Ref } from "../../src/protocol/ref.ts";
import { DirectoryStore } from "../../src/store/directory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { Device } from "./device.ts";
import { type Files, filesAt, indexFiles } from "./lance-index.ts";
import { REPO } from "./sync-fixtures.ts";

export class LanceDevice extends Device {
  /** Do its tables have a full-text index? */
  readonly textIndex: boolean = false;

  constructor(
    name: string,
    readonly home: DirectoryStore,
    remote: ObjectStore,
    /** What it works on: the home itself, or one that fails. */
    local: ObjectStore = home,
  ) {
    super(name, local, remote);
  }

  override input() {
    return { ...super.input(), localDir: this.home.dir };
  }

  /** @returns the commit */
  indexFiles(files: Files, branch = "main", commit?: string, chunker?: string): Promise<string> {
    const { home: store, name: device, textIndex } = this;
    const named = { ...(commit && { commit }), ...(chunker !== undefined && { chunker }) };
    return indexFiles({ store, device, files, branch, textIndex, ...named });
  }

  filesAt(commit: string): Promise<Files> {
    return filesAt(this.home, commit);
  }
}

/** Makes folders that are gone after the tests of the file that asks. */
export function temporaryStores(name: string): () => Promise<DirectoryStore> {
  const dirs: string[] = [];
  afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))));
  return async () => {
    const dir = await mkdtemp(join(tmpdir(), `repobase-${name}-`));
    dirs.push(dir);
    return new DirectoryStore(dir);
  };
}

/**
 * Stores in a state that many tests begin with: made once, into stores of its own, then copied. What a device knows lies in its
 * home.
 * @param make fills the stores it is given, and says what it made
 */
export function preparedStores<T>(
  newStore: () => Promise<DirectoryStore>,
  make: (stores: readonly DirectoryStore[]) => Promise<T>,
): (into: readonly DirectoryStore[]) => Promise<T> {
  let made: Promise<{ readonly stores: readonly DirectoryStore[]; readonly result: T }> | undefined;
  return async (into) => {
    made ??= Promise.all(into.map(newStore)).then(async (stores) => ({ stores, result: await make(stores) }));
    const { stores, result } = await made;
    for (const [i, { dir }] of into.entries())
      await cp((stores[i] as DirectoryStore).dir, dir, { recursive: true, preserveTimestamps: true });
    return result;
  };
}

export const refIn = async (store: ObjectStore): Promise<Ref | undefined> =>
  (await readRef({ from: store, repo: REPO }))?.ref;
