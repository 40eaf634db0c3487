/** A file of the index, or some of its lines, as answers give it: text for people and programs, exact bytes where text cannot be. */
import { encodeFileText, encodingOf, type FileEncoding, readableText } from "../text/file-text.ts";
import { selectLines } from "../text/lines.ts";
import type { IndexedFile } from "./read-file.ts";

export interface ShownFile extends IndexedFile {
  /** Of the lines asked for; U+FFFD for bytes that are no characters. */
  readonly contents: string;
  readonly encoding: FileEncoding;
  /** The bytes of the lines asked for. Absent: the UTF-8 of `contents`. */
  readonly base64?: string;
  /** Marks (`*`) stand in the file where secrets were found when it was indexed (docs/SECRETS.md). */
  readonly redacted: boolean;
}

/** @param lines from 1, both included */
export async function shownFile(
  indexed: IndexedFile,
  lines: { readonly from: number; readonly to: number },
): Promise<ShownFile> {
  const encoding = encodingOf(indexed.contents);
  const file = { ...indexed, redacted: await isRedacted(indexed, encoding) };
  const part = selectLines(file.contents, lines);
  const contents = readableText(part);
  return encoding === "utf-8"
    ? { ...file, contents, encoding }
    : { ...file, contents, encoding, base64: toBase64(encodeFileText(part, encoding)) };
}

/** Only covered secrets make a text differ from the blob it was made of, and then it has marks. */
async function isRedacted({ contents, blob }: IndexedFile, encoding: FileEncoding): Promise<boolean> {
  if (!contents.includes("**")) return false;
  const bytes = encodeFileText(contents, encoding);
  const header = new TextEncoder().encode(`blob ${bytes.length}\0`);
  const named = new Uint8Array(header.length + bytes.length);
  named.set(header);
  named.set(bytes, header.length);
  return new Uint8Array(await crypto.subtle.digest("SHA-1", named)).toHex() !== blob;
}

function toBase64(bytes: Uint8Array): string {
  let latin1 = "";
  for (const byte of bytes) latin1 += String.fromCharCode(byte);
  return btoa(latin1);
}
