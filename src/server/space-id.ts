/**
 * The identity of a user's part of a bucket: a random id that lies in it, made when it is first asked for and never changed.
 * It is the same by every address, key and server that leads there, and another one once the bucket is another.
 */
import { decodeDocument, type DocumentType, fields, textThat } from "../protocol/decode.ts";
import { isSpaceId, SPACE_KEY } from "../protocol/keys.ts";
import type { ObjectStore } from "../store/object-store.ts";

const SPACE: DocumentType<{ readonly spaceId: string }> = {
  name: "space",
  damaged: "corrupt_index",
  schema: fields({ spaceId: textThat(isSpaceId, "a space id") }),
};

/** @throws RepobaseError `corrupt_index` when the stored one is damaged */
export async function spaceIdOf(home: ObjectStore): Promise<string> {
  const known = await readSpaceId(home);
  if (known !== undefined) return known;
  const spaceId = crypto.getRandomValues(new Uint8Array(16)).toHex();
  const bytes = new TextEncoder().encode(JSON.stringify({ spaceId }));
  // of two that ask first at once, one writes it
  if ((await home.put(SPACE_KEY, bytes, { onlyIf: { absent: true } })) !== undefined) return spaceId;
  return (await readSpaceId(home)) ?? spaceIdOf(home);
}

async function readSpaceId(home: ObjectStore): Promise<string | undefined> {
  const stored = await home.get(SPACE_KEY);
  return stored && decodeDocument(SPACE, stored.bytes, SPACE_KEY).spaceId;
}
