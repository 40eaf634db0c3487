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
}

/** @param lines from 1, both included */
export function shownFile(file: IndexedFile, lines: { readonly from: number; readonly to: number }): ShownFile {
  const encoding = encodingOf(file.contents);
  const part = selectLines(file.contents, lines);
  const contents = readableText(part);
  return encoding === "utf-8"
    ? { ...file, contents, encoding }
    : { ...file, contents, encoding, base64: toBase64(encodeFileText(part, encoding)) };
}

function toBase64(bytes: Uint8Array): string {
  let latin1 = "";
  for (const byte of bytes) latin1 += String.fromCharCode(byte);
  return btoa(latin1);
}
