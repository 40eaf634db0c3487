/** UTF-8, byte by byte: for texts that are nearly UTF-8, of which every byte must be kept. */

/** Bytes of the character that starts at `at`; 0: there is none. */
export function utf8Length(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  // overlong forms, halves of surrogate pairs, beyond Unicode
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return 0;
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0;
  return length;
}

/** @param use.text gets every run of whole characters, `use.byte` every byte between them, in order */
export function splitUtf8(
  bytes: Uint8Array,
  use: { readonly text: (run: string) => void; readonly byte: (byte: number) => void },
): void {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let start = 0;
  for (let at = 0; at < bytes.length;) {
    const length = utf8Length(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    if (at > start) use.text(decoder.decode(bytes.subarray(start, at)));
    use.byte(bytes[at] ?? 0);
    start = ++at;
  }
  if (bytes.length > start) use.text(decoder.decode(bytes.subarray(start)));
}
