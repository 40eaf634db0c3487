/** zlib's inflate, loaded at its first use: a run that reads no object saves the 4 ms. */
import type { inflateSync } from "node:zlib";
import { takeTurn } from "../../files/take-turn.ts";

/** Of a stream of which only the beginning is at hand: what that much of it stands for. */
export const inflatePrefix = (bytes: Uint8Array): Buffer => {
  const { inflateSync: run, constants } = process.getBuiltinModule("node:zlib");
  return run(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
};

/** @throws zlib's error for bytes that are damaged, or longer than `maxOutputLength` once inflated */
export const inflate: typeof inflateSync = (...args) => process.getBuiltinModule("node:zlib").inflateSync(...args);

/**
 * A stream that may be followed by other bytes.
 * @param size bytes that it stands for
 * @returns what it stands for, and how many bytes it took; undefined when it does not end within `bytes`, or stands for another size
 */
export function inflateMeasured(bytes: Buffer, size: number): { bytes: Buffer; used: number } | undefined {
  try {
    // the types do not know `info`, which Node documents
    const options: object = { info: true, maxOutputLength: Math.max(size, 1) };
    const result: unknown = process.getBuiltinModule("node:zlib").inflateSync(bytes, options);
    const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
    return buffer.length === size ? { bytes: buffer, used: engine.bytesWritten } : undefined;
  } catch {
    return undefined; // cut off, damaged or too long: the caller knows whether more bytes would help
  }
}

const PIECE = 256 << 10;

/**
 * The same for a stream of any size, of which nothing is held.
 * @param of.read bytes from a place of the stream; fewer at the end
 * @returns how many bytes it took; undefined when it is damaged or stands for another size
 * @throws RepobaseError `interrupted`
 */
export async function inflatePieces(of: {
  read: (at: number, length: number) => Buffer;
  size: number;
  onPiece: (piece: Buffer) => void;
  signal: AbortSignal | undefined;
}): Promise<number | undefined> {
  const stream = process.getBuiltinModule("node:zlib").createInflate({ chunkSize: PIECE });
  const seen = { made: 0, failed: false };
  stream.on("error", () => (seen.failed = true));
  stream.on("data", (piece: Buffer) => {
    seen.made += piece.length;
    if (seen.made <= of.size) of.onPiece(piece);
  });
  // the end of the stream's own check may lie in the piece after the one that made the last byte
  let at = 0;
  for (let after = 0; after < 2 && !seen.failed && seen.made <= of.size;) {
    const piece = of.read(at, PIECE >> 2);
    if (piece.length === 0) break;
    at += piece.length;
    await new Promise<void>((done) => stream.write(piece, () => done()));
    if (seen.made === of.size) after++;
    await takeTurn(of.signal);
  }
  await new Promise<void>((done) => {
    for (const event of ["close", "end", "error"]) stream.once(event, () => done());
    stream.end();
    if (seen.failed) done();
  });
  const used = stream.bytesWritten;
  stream.destroy();
  return seen.failed || seen.made !== of.size ? undefined : used;
}
