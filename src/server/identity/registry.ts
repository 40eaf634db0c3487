/** People and spaces as the bucket has them: read, remembered for a while, and changed by compare-and-swap. */
import { decodeDocument, type DocumentType } from "../../protocol/decode.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { ORG_MARKS, PERSON, personKey, type PersonRecord, SPACE, spaceKey, type SpaceRecord } from "./records.ts";
import { Remembered } from "./remembered.ts";

/** So often a record may change under us before we say that we cannot. */
const TRIES = 20;
/** Bytes of one record; its parts are bounded each, this is the second lock. */
const MAX_RECORD = 1024 * 1024;

/** Given what is there, says what shall be there; the same value: nothing is to be written; undefined: nothing can be. */
export type Change<T> = (now: T | undefined) => T | undefined;

export class Registry {
  readonly #people: Remembered<PersonRecord>;
  readonly #spaces: Remembered<SpaceRecord>;

  /** @param seconds how long a record is good without asking the bucket. @param now ms since the epoch */
  constructor(
    readonly bucket: ObjectStore,
    seconds: number,
    readonly now: () => number,
  ) {
    this.#people = new Remembered(seconds, now);
    this.#spaces = new Remembered(seconds, now);
  }

  /** As it was some seconds ago at most. */
  async person(id: string): Promise<PersonRecord | undefined> {
    return this.#people.get(id) ?? keep(this.#people, id, await read(this.bucket, PERSON, personKey(id)));
  }

  /** As `person`. */
  async space(id: string): Promise<SpaceRecord | undefined> {
    return this.#spaces.get(id) ?? keep(this.#spaces, id, await read(this.bucket, SPACE, spaceKey(id)));
  }

  /** As it is now. */
  async freshPerson(id: string): Promise<PersonRecord | undefined> {
    this.#people.forget(id);
    return this.person(id);
  }

  /** As it is now. */
  async freshSpace(id: string): Promise<SpaceRecord | undefined> {
    this.#spaces.forget(id);
    return this.space(id);
  }

  async changePerson(id: string, change: Change<PersonRecord>): Promise<PersonRecord | undefined> {
    this.#people.forget(id);
    return keep(this.#people, id, await changeDocument(this.bucket, { type: PERSON, key: personKey(id), change }));
  }

  async changeSpace(id: string, change: Change<SpaceRecord>): Promise<SpaceRecord | undefined> {
    this.#spaces.forget(id);
    return keep(this.#spaces, id, await changeDocument(this.bucket, { type: SPACE, key: spaceKey(id), change }));
  }

  /** As `changeSpace`, of one that is there. @throws RepobaseError `not_found` */
  async changeKnownSpace(id: string, change: (now: SpaceRecord) => SpaceRecord): Promise<SpaceRecord> {
    const changed = await this.changeSpace(id, (now) => now && change(now));
    if (!changed) throw noSpace(id);
    return changed;
  }

  /** Organisation -> spaces that may name it; the records decide. */
  async spacesByOrg(): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>();
    for await (const { key } of this.bucket.list(ORG_MARKS)) {
      const [org = "", space = ""] = key.slice(ORG_MARKS.length).split("/");
      found.set(org, [...(found.get(org) ?? []), space]);
    }
    return found;
  }
}

export const noSpace = (id: string) =>
  new RepobaseError("not_found", `"${id}" has no record as a space`, {
    hint: "the server's admin makes one with: POST /v1/admin/spaces",
  });

function keep<T>(remembered: Remembered<T>, id: string, value: T | undefined): T | undefined {
  if (value !== undefined) remembered.set(id, value);
  return value;
}

async function read<T>(bucket: ObjectStore, type: DocumentType<T>, key: string): Promise<T | undefined> {
  const stored = await bucket.get(key);
  return stored && decodeDocument(type, stored.bytes, key);
}

/** @returns what is there in the end. @throws RepobaseError `transient` when others change it all the time, what `change` throws */
export async function changeDocument<T>(
  bucket: ObjectStore,
  of: { readonly type: DocumentType<T>; readonly key: string; readonly change: Change<T> },
): Promise<T | undefined> {
  for (let left = TRIES; left > 0; left--) {
    const stored = await bucket.get(of.key);
    const now = stored && decodeDocument(of.type, stored.bytes, of.key);
    const next = of.change(now);
    if (next === undefined || next === now) return next;
    const bytes = new TextEncoder().encode(JSON.stringify(next));
    if (bytes.length > MAX_RECORD) throw new RepobaseError("too_large", `${of.type.name} has grown too large`);
    const onlyIf = stored ? { etag: stored.etag } : ({ absent: true } as const);
    if (await bucket.put(of.key, bytes, { onlyIf })) return next;
  }
  throw new RepobaseError("transient", `${of.type.name} is changed by others all the time`);
}
