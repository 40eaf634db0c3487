/**
 * Replays a repository's history as a device lives through it: `bun scripts/replay-history.ts <git folder> [commits]` indexes the
 * newest commits of its main line one after the other (default 1,000) and says what each push would have sent. Every 50th state is
 * opened by native LanceDB, and the rows that the commit sees are compared with those of an index made anew. Ends with 1 where any differ.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect } from "@lancedb/lancedb";
import type { RepoConfig } from "../src/home/config.ts";
import { Home } from "../src/home/home.ts";
import { BUILT_IN_MODEL } from "../src/models/models.ts";
import { catManifest } from "../src/plumbing/cat-manifest.ts";
import { diffManifest } from "../src/plumbing/diff-manifest.ts";
import { readRef } from "../src/plumbing/read-ref.ts";
import { indexRepository } from "../src/porcelain/indexing/index-repo.ts";
import { encodeManifest, type Manifest } from "../src/protocol/manifest.ts";
import { visibleRows } from "../tests/helpers/visible-rows.ts";

const EVERY = 50;
const REPO = "replayed-00000000";

/** What one push would send, bytes; `rows`: written, of which `fresh` are new. */
interface Push {
  readonly data: number;
  readonly textIndex: number;
  readonly rest: number;
  readonly rows: number;
  readonly fresh: number;
}

class Device {
  private constructor(
    readonly home: Home,
    private readonly repo: RepoConfig,
  ) {}

  static async make(dir: string, source: string): Promise<Device> {
    const home = Home.open({ ...process.env, REPOBASE_HOME: dir });
    const repo: RepoConfig = {
      id: REPO,
      name: "replayed",
      source: { kind: "folder", path: source, url: null },
      branch: null,
      model: BUILT_IN_MODEL,
      lastIndexedCommit: null,
      cloudEnabled: false,
      lastPushedAt: null,
      lastPushedCommit: null,
    };
    await home.updateConfig((config) => ({ ...config, repos: [repo] }));
    return new Device(home, repo);
  }

  async index(): Promise<number> {
    const { home, repo } = this;
    return (await indexRepository({ home, repo, model: null, maxFileBytes: null, ref: "main" })).newChunks;
  }

  async manifest(): Promise<Manifest> {
    const ref = await readRef({ from: this.home.store, repo: REPO });
    const manifest = ref && (await catManifest({ from: this.home.store, repo: REPO, sha256: ref.ref.manifest }));
    if (!manifest) throw new Error("no index");
    return manifest;
  }

  /** @throws when native LanceDB sees another number of rows */
  async openNatively({ stats }: Manifest): Promise<void> {
    const connection = await connect(this.home.path("index", REPO));
    const table = await connection.openTable("files");
    const rows = await table.countRows();
    table.close();
    connection.close();
    if (rows !== stats.rows) throw new Error(`native LanceDB counts ${rows} rows instead of ${stats.rows}`);
  }

  dataFiles = async () => (await readdir(this.home.path("index", REPO, "files.lance", "data"))).length;
}

async function git(dir: string, ...args: readonly string[]): Promise<string> {
  const child = Bun.spawn(["git", "-C", dir, ...args], { stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`git ${args.join(" ")} failed`);
  return text.trim();
}

async function pushOf(
  device: Device,
  of: { before: Manifest | undefined; after: Manifest; fresh: number },
): Promise<Push> {
  const { before, after, fresh } = of;
  const missing = diffManifest({ repo: REPO, ours: after, theirs: before }).missing;
  const sum = async (part: string) => {
    const sizes = missing
      .filter(({ key }) => key.includes(part))
      .map(async ({ key, size }) => size ?? (await device.home.store.head(key))?.size ?? 0);
    return (await Promise.all(sizes)).reduce((a, b) => a + b, 0);
  };
  const known = new Set(before?.segments?.flatMap(({ files }) => files));
  const written = after.segments?.filter(({ files }) => files.some((file) => !known.has(file))) ?? [];
  return {
    data: await sum("/data/"),
    textIndex: await sum("/_indices/"),
    rest: (await sum("snapshots/")) + encodeManifest(after).length,
    rows: written.reduce((rows, segment) => rows + segment.rows, 0),
    fresh,
  };
}

/** The commit sees the same rows in an index that is made anew. */
async function compareWithFresh(device: Device, of: { dir: string; source: string; commit: string }): Promise<number> {
  const fresh = await Device.make(of.dir, of.source);
  await fresh.index();
  const rowsIn = async (each: Device) =>
    visibleRows(each.home.store, { manifest: await each.manifest(), commit: of.commit });
  const [ours, theirs] = [await rowsIn(device), await rowsIn(fresh)];
  await rm(of.dir, { recursive: true });
  const differing = [...theirs].filter(([row, hash]) => ours.get(row) !== hash).map(([row]) => row);
  differing.push(...[...ours.keys()].filter((row) => !theirs.has(row)));
  if (differing.length > 0) console.error(`${of.commit}: ${differing.length} rows differ, as ${differing[0]}`);
  return differing.length;
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

function summary(
  pushes: readonly Push[],
  of: { segmentsMax: number; last: Manifest; dataFiles: number; states: number },
) {
  // the first is the whole index
  const later = pushes.slice(1).filter(({ fresh }) => fresh > 0);
  const sorted = (size: (push: Push) => number) => later.map(size).sort((a, b) => a - b);
  const spread = (size: (push: Push) => number) => {
    const sizes = sorted(size);
    return {
      median: at(sizes, 0.5),
      p90: at(sizes, 0.9),
      max: sizes.at(-1) ?? 0,
      sum: sizes.reduce((a, b) => a + b, 0),
    };
  };
  const sum = (size: (push: Push) => number) => later.reduce((total, push) => total + size(push), 0);
  return {
    pushes: pushes.length,
    withRows: later.length,
    firstBytes: pushes[0]?.data ?? 0,
    data: spread(({ data }) => data),
    textIndex: {
      builds: later.filter(({ textIndex }) => textIndex > 0).length,
      sum: sum(({ textIndex }) => textIndex),
    },
    manifestAndSnapshot: spread(({ rest }) => rest),
    rowsWrittenForOneNew: {
      median: at(
        sorted(({ rows, fresh }) => rows / fresh),
        0.5,
      ),
      all: Number((sum(({ rows }) => rows) / sum(({ fresh }) => fresh)).toFixed(2)),
    },
    segments: of.last.segments?.map(({ rows }) => rows),
    segmentsMax: of.segmentsMax,
    dataFiles: of.last.segments?.flatMap(({ files }) => files).length,
    dataFilesOnDisk: of.dataFiles,
    liveBytes: of.last.stats.bytes,
    statesCompared: of.states,
  };
}

const [folder, count = "1000"] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: bun scripts/replay-history.ts <git folder> [commits]");
  process.exit(2);
}
const dir = await mkdtemp(join(tmpdir(), "repobase-replay-"));
let wrong = 0;
try {
  const source = join(dir, "code");
  await git(".", "clone", "--quiet", "--no-checkout", "--shared", resolve(folder), source);
  const commits = (await git(source, "rev-list", "--first-parent", `--max-count=${count}`, "HEAD"))
    .split("\n")
    .toReversed();
  await git(source, "checkout", "--quiet", "--orphan", "nothing");
  const device = await Device.make(join(dir, "home"), source);
  const pushes: Push[] = [];
  let before: Manifest | undefined;
  let [segmentsMax, states] = [0, 0];
  for (const [i, commit] of commits.entries()) {
    await git(source, "update-ref", "refs/heads/main", commit);
    const fresh = await device.index();
    const after = await device.manifest();
    pushes.push(await pushOf(device, { before, after, fresh }));
    segmentsMax = Math.max(segmentsMax, after.segments?.length ?? 0);
    before = after;
    if ((i + 1) % EVERY !== 0 && i !== commits.length - 1) continue;
    await device.openNatively(after);
    wrong += await compareWithFresh(device, { dir: join(dir, "fresh"), source, commit });
    states++;
    console.error(`${i + 1} of ${commits.length}: segments ${after.segments?.map(({ rows }) => rows).join(" + ")}`);
  }
  if (before) {
    const of = { segmentsMax, last: before, dataFiles: await device.dataFiles(), states };
    console.log(JSON.stringify({ repository: folder, rowsThatDiffer: wrong, ...summary(pushes, of) }, null, 2));
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
process.exit(wrong > 0 ? 1 : 0);
