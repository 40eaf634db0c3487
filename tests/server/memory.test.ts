/** No index, however it was made, fills the server for good: a process of its own is attacked, and its memory looked at. */
import { expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SHA256_HEADER } from "../../src/protocol/cloud-api.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { encodeManifest } from "../../src/protocol/manifest.ts";
import { encodeSnapshot, SNAPSHOT_FORMAT } from "../../src/protocol/snapshot.ts";
import { apiClient, FIRST, outcome, putObject, putRef, refOf } from "./api-client.ts";
import { makeRealIndex } from "./real-index.ts";

const SEARCHES = 40;

/** 3.6 kB that say "all of 2^24 numbers": one run a container. */
function hugeBitmap(): Uint8Array {
  const n = 256;
  const header = 4 + n / 8;
  const bytes = new Uint8Array(header + 8 * n + 6 * n);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 12347 | ((n - 1) << 16), true);
  bytes.fill(0xff, 4, header);
  for (let i = 0; i < n; i++) {
    view.setUint16(header + 4 * i, i, true);
    view.setUint16(header + 4 * i + 2, 0xffff, true);
    const start = header + 8 * n + 6 * i;
    view.setUint32(header + 4 * n + 4 * i, start, true);
    view.setUint16(start, 1, true);
    view.setUint16(start + 4, 0xffff, true);
  }
  return bytes;
}

test("40 snapshots of 3.6 kB that claim 64 MiB each leave `serve` below 200 MB", async () => {
  const dir = await mkdtemp(join(tmpdir(), "repobase-memory-"));
  const served = Bun.spawn(
    [process.execPath, "src/main.ts", "serve", "--port", "0", "--quota-files", "none", "--json"],
    {
      cwd: join(import.meta.dir, "../.."),
      env: { ...process.env, REPOBASE_HOME: dir },
      stdout: "pipe",
      stderr: "ignore",
    },
  );
  try {
    const { url, apiKey } = JSON.parse(await firstLine(served.stdout)) as { url: string; apiKey: string };
    const api = apiClient(url, apiKey);
    const files = [{ path: "a.ts", language: "TypeScript", contents: "export function openVault() {}\n" }];
    const index = await makeRealIndex({ repo: "demo", commits: [files] });
    const { tableId } = index.manifest;
    const snapshots: Record<string, string> = {};
    for (let i = 0; i < SEARCHES; i++) {
      const commit = i.toString(16).padStart(40, "0");
      const visible = hugeBitmap().toBase64();
      const bytes = encodeSnapshot({ format: SNAPSHOT_FORMAT, repo: "demo", tableId, commit, visible, files: 2 ** 24 });
      const sha256 = await sha256Hex(bytes);
      snapshots[commit] = sha256;
      expect(await outcome(api(`/v1/snapshots/demo/${tableId}/${sha256}`, { method: "PUT", body: bytes }))).toBe("201");
    }
    const manifestBytes = encodeManifest({ ...index.manifest, snapshots });
    const manifestSha256 = await sha256Hex(manifestBytes);
    for (const [path, bytes] of index.objects) await putObject(api, `demo/${path}`, bytes);
    const headers = { [SHA256_HEADER]: manifestSha256 };
    await api(`/v1/manifest/demo/${manifestSha256}`, { method: "PUT", body: manifestBytes, headers });
    const heads = { main: Object.keys(snapshots)[0] ?? "" };
    const ref = { ...refOf(index), manifest: manifestSha256, heads };
    expect(await outcome(putRef(api, "demo", ref, FIRST))).toBe("200");
    for (const commit of Object.keys(snapshots)) await outcome(api(`/v1/search?q=vault&mode=keyword&ref=${commit}`));
    const status = await readFile(`/proc/${served.pid}/status`, "utf8");
    expect(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024).toBeLessThan(200);
  } finally {
    served.kill();
    await served.exited;
    await rm(dir, { recursive: true, force: true });
  }
}, 60_000);

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  return text.slice(0, text.indexOf("\n"));
}
