/**
 * The process's streams, opened lightly: Bun's own `process.stdout` takes 10 ms to make, a third of what a search takes.
 * Output to a pipe, a file or nowhere is written with plain system calls; a terminal gets Bun's own streams.
 */
import { write } from "node:fs";
import { Readable, Writable } from "node:stream";
import { isTerminalAt, writeAll } from "./direct/file-descriptors.ts";

/**
 * A pipe of Linux has 16 slots of a page. A write that does not fit into the last page begins a new one, so what a pipe
 * holds while nobody reads depends on how it was written. Up to there a write returns at once; beyond it one may wait
 * for the reader, and does so off the main thread, where a signal is still heard.
 */
const PIPE_SLOTS = 16;
const PAGE_BYTES = 4096;

/** Standard input. What is no terminal is opened when it is first read. */
export function standardInput(): Readable {
  return mayBeTerminal(0) ? process.stdin : Readable.from(readInput());
}

async function* readInput(): AsyncGenerator<unknown> {
  yield* process.stdin;
}

/** @param fd 1 or 2. Writes are done when `write` returns; a closed pipe is the stream's `error` event, EPIPE. */
export function standardOutput(fd: 1 | 2): Writable {
  if (mayBeTerminal(fd)) return fd === 1 ? process.stdout : process.stderr;
  let slots = 0;
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      slots += Math.ceil(chunk.length / PAGE_BYTES);
      if (slots > PIPE_SLOTS) return writeLater(fd, chunk, done);
      try {
        writeAll(fd, chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/** What is closed too: the runtime knows what to do. */
const mayBeTerminal = (fd: 0 | 1 | 2): boolean => isTerminalAt(fd) !== false;

function writeLater(fd: 1 | 2, bytes: Uint8Array, done: (error?: Error | null) => void): void {
  if (bytes.length === 0) return done();
  write(fd, bytes, (error, length) => {
    if (error?.code === "EAGAIN") setTimeout(() => writeLater(fd, bytes, done), 2);
    else if (error) done(error);
    else writeLater(fd, bytes.subarray(length), done);
  });
}
