/** Names as git keeps them in its own bytes. */
import { pathOfBytes } from "../../text/path-bytes.ts";

/** The name or path at [start, end), as `pathOfBytes` writes it. */
export const pathIn = (bytes: Buffer, start: number, end: number): string =>
  pathOfBytes(bytes.toString("utf8", start, end), () => bytes.subarray(start, end));
