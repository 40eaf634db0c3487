/** What `wrangler deploy` would upload is what the tests run on workerd, and it is small enough. */
import { expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildWorker } from "../../scripts/build-worker.ts";

const root = join(import.meta.dir, "../..");
/** Cloudflare's limit on the free plan. */
const MAX_GZIP = 3 * 1024 * 1024;
const MAX_ASSET = 25 * 1024 * 1024;

test("wrangler takes our configuration and uploads the very bundle the tests run", async () => {
  const dir = await mkdtemp(join(tmpdir(), "repobase-deploy-"));
  try {
    const wrangler = Bun.spawn(
      [
        join(root, "node_modules/.bin/node"),
        join(root, "node_modules/wrangler/bin/wrangler.js"),
        "deploy",
        "--dry-run",
        "--outdir",
        join(dir, "out"),
        "-c",
        join(root, "worker/wrangler.jsonc"),
      ],
      {
        cwd: root,
        env: {
          PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
          HOME: dir,
          CI: "1",
          WRANGLER_SEND_METRICS: "false",
          WRANGLER_LOG_PATH: join(dir, "logs"),
        },
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [out, problems, code] = await Promise.all([wrangler.stdout.text(), wrangler.stderr.text(), wrangler.exited]);
    expect([code, problems]).toEqual([0, ""]);
    for (const binding of ["env.BUCKET", "env.RATE_LIMITER", "env.ASSETS", "env.CORS_ORIGINS"])
      expect(out).toContain(binding);
    const tested = await buildWorker(join(dir, "tested"));
    expect(await Bun.file(join(dir, "out/index.js")).bytes()).toEqual(await Bun.file(tested.script).bytes());
    expect(tested.gzipSize).toBeLessThan(MAX_GZIP);
    expect((await readdir(tested.assets)).toSorted()).toEqual(["model", "page"]);
    const assets = await readdir(join(tested.assets, "model"), { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      assets
        .filter((entry) => entry.isFile())
        .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
    );
    expect([sizes.length, sizes.reduce((a, b) => a + b), Math.max(...sizes) < MAX_ASSET]).toEqual([
      63,
      16_000 * 384,
      true,
    ]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 60_000);
