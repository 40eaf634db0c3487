/**
 * Where the browser keeps answers: one IndexedDB database, entries by space and request. Storage may be forbidden or full; then
 * every call does nothing, as if nothing had been kept.
 */
export type KeptKind = "search" | "file";

export interface KeptEntry {
  /** Chosen on this device; "": the person's own, else their first. */
  readonly space: string;
  /** Of the request. */
  readonly path: string;
  readonly kind: KeptKind;
  /** ms since the epoch. */
  readonly at: number;
  /** As it was answered. */
  readonly body: unknown;
}

const NAME = "repobase";
const STORE = "answers";
const BY_AGE = "by-age";

/** @param most of its kind in its space; the oldest go */
export function putKept(entry: KeptEntry, most: number): Promise<void> {
  return inStore("readwrite", undefined, (store, finish) => {
    store.put(entry);
    const keys = store.index(BY_AGE).getAllKeys(rangeOf(entry.space, entry.kind));
    keys.onsuccess = () => {
      for (const key of keys.result.slice(0, Math.max(0, keys.result.length - most))) store.delete(key);
      finish(undefined);
    };
  });
}

export function getKept(space: string, path: string): Promise<KeptEntry | undefined> {
  return inStore<KeptEntry | undefined>("readonly", undefined, (store, finish) => {
    const request: IDBRequest<KeptEntry | undefined> = store.get([space, path]);
    request.onsuccess = () => finish(request.result);
  });
}

/** Newest first. */
export function listKept(space: string, kind: KeptKind): Promise<readonly KeptEntry[]> {
  return inStore<readonly KeptEntry[]>("readonly", [], (store, finish) => {
    const request: IDBRequest<KeptEntry[]> = store.index(BY_AGE).getAll(rangeOf(space, kind));
    request.onsuccess = () => finish(request.result.toReversed());
  });
}

/** Of all spaces. */
export function clearKept(): Promise<void> {
  return inStore("readwrite", undefined, (store, finish) => {
    store.clear();
    finish(undefined);
  });
}

const rangeOf = (space: string, kind: KeptKind) => IDBKeyRange.bound([space, kind, 0], [space, kind, Infinity]);

type Work<T> = (store: IDBObjectStore, finish: (value: T) => void) => void;

/** @returns what `work` finished with, once it is written; `otherwise` where it could not be */
async function inStore<T>(mode: IDBTransactionMode, otherwise: T, work: Work<T>): Promise<T> {
  try {
    const database = await openDatabase();
    try {
      return await new Promise<T>((resolve, reject) => {
        let value = otherwise;
        const transaction = database.transaction(STORE, mode);
        transaction.oncomplete = () => resolve(value);
        transaction.onabort = () => reject(transaction.error ?? new Error("ended"));
        work(transaction.objectStore(STORE), (found) => (value = found));
      });
    } finally {
      database.close();
    }
  } catch {
    return otherwise; // as said above
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore(STORE, { keyPath: ["space", "path"] });
      store.createIndex(BY_AGE, ["space", "kind", "at"]);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("cannot be opened"));
    request.onblocked = () => reject(new Error("another tab holds it"));
  });
}
