/** The page as `repobase serve` gives it: read when it is first asked for, compressed once, kept. */
import type { PageFiles } from "../../server/page.ts";
import { readPage } from "./read-page.ts";

/** Smaller files gain nothing. */
const MIN_GZIP = 1024;
const COMPRESSES = /\.(html|js|css|svg|webmanifest)$/;

export function pageFiles(): PageFiles {
  let reading: ReturnType<typeof readPage> | undefined;
  const compressed = new Map<string, Uint8Array<ArrayBuffer>>();
  return async (path, { gzip }) => {
    const bytes = (await (reading ??= readPage())).get(path);
    if (!bytes) return undefined;
    if (bytes.length < MIN_GZIP || !COMPRESSES.test(path)) return new Response(bytes);
    const headers = { vary: "accept-encoding" };
    if (!gzip) return new Response(bytes, { headers });
    const small = compressed.get(path) ?? Bun.gzipSync(bytes);
    compressed.set(path, small);
    return new Response(small, { headers: { ...headers, "content-encoding": "gzip" } });
  };
}
