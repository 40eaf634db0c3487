/** Are bytes text? They are unless they say otherwise: an encoding that is not known makes no file binary. */

/** git looks no further for a NUL. */
const HEAD_BYTES = 8000;
/** More NULs than this in all the rest, and it is no text with a stray one. */
const MAX_NUL_SHARE = 1 / 1000;
/** Of bytes drawn at random every ninth is a control character; texts of all encodings have next to none. */
const MAX_CONTROL_SHARE = 1 / 50;

export function looksBinary(bytes: Uint8Array, isUtf8: boolean): boolean {
  if (hasUtf16Mark(bytes)) return isBinaryUtf16(bytes);
  const head = bytes.subarray(0, HEAD_BYTES);
  if (head.includes(0)) return true;
  if (bytes.includes(0, HEAD_BYTES) && bytes.filter((byte) => byte === 0).length > bytes.length * MAX_NUL_SHARE)
    return true;
  return !isUtf8 && head.filter(isControl).length > head.length * MAX_CONTROL_SHARE;
}

export const hasUtf16Mark = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

/** Its characters are as binary as bytes would be (and UTF-32 has a NUL in each). */
function isBinaryUtf16(bytes: Uint8Array): boolean {
  const little = bytes[0] === 0xff;
  let odd = 0;
  const end = Math.min(bytes.length - (bytes.length % 2), HEAD_BYTES);
  for (let at = 2; at < end; at += 2) {
    const [high = 0, low = 0] = little ? [bytes[at + 1], bytes[at]] : [bytes[at], bytes[at + 1]];
    if (high === 0 && low === 0) return true;
    // control characters, private use and what Unicode leaves out
    if ((high === 0 && isControl(low)) || (high >= 0xe0 && high < 0xf9) || (high === 0xff && low >= 0xf0)) odd++;
  }
  return odd > (end / 2) * MAX_CONTROL_SHARE;
}

/** But tab, line and page ends, backspace (over-struck pages) and escape (colours, ISO 2022). */
const isControl = (byte: number): boolean =>
  byte === 0x7f || (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b);
