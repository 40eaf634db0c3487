/** Counts what reaches a source: tests assert read amplification with it, `--verbose` and benchmarks show it. */
import type { ByteDirectory, ByteSource } from "./byte-source.ts";

export class ReadStats {
  /** Ranges read; put the counter innermost and each is one request. */
  requests = 0;
  bytes = 0;
  /** Calls of `size()`, each of which may be a HEAD request. */
  sizeRequests = 0;

  reset(): void {
    this.requests = this.bytes = this.sizeRequests = 0;
  }
}

function counted(source: ByteSource, stats: ReadStats): ByteSource {
  return {
    key: source.key,
    size(signal) {
      stats.sizeRequests++;
      return source.size(signal);
    },
    read(ranges, signal) {
      stats.requests += ranges.length;
      stats.bytes += ranges.reduce((sum, range) => sum + range.length, 0);
      return source.read(ranges, signal);
    },
  };
}

export function countedDirectory(directory: ByteDirectory, stats: ReadStats): ByteDirectory {
  return { open: (path, size) => counted(directory.open(path, size), stats) };
}
