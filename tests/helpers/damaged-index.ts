/**
 * One small repository, indexed here (uncommitted work too) and pushed to a server on a folder: two copies of an index whose files can be
 * damaged one by one, through the program as users have it.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { serve, type RunningServer } from "../../src/porcelain/cloud/serve.ts";
import { Home } from "../../src/home/home.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { decodeManifest, encodeManifest, type Manifest } from "../../src/protocol/manifest.ts";
import { filesOf } from "./fixture-repository.ts";
import { indexSources } from "./fixture-sources.ts";
import { makeRepository } from "./git-server.ts";
import { type Ran, runMain } from "./run-main.ts";

export type Side = "local" | "remote";

const QUERIES = ["decode a bitmap", "postings of a term"];

export class DamagedIndex {
  private repoId = "";
  private server: RunningServer | undefined;
  private apiKey = "";

  private constructor(private readonly dir: string) {}

  get repo(): string {
    return this.repoId;
  }

  /** @param uncommitted files changed after the commit, so that there is a worktree's table */
  static async make(options: { uncommitted: boolean; files?: number }): Promise<DamagedIndex> {
    const dir = await mkdtemp(join(tmpdir(), "repobase-damage-"));
    const code = join(dir, "code");
    await makeRepository(code, filesOf(indexSources().slice(0, options.files ?? 12)));
    if (options.uncommitted) await writeFile(join(code, "uncommitted.ts"), "export const decodeLater = 'not yet';\n");
    const index = new DamagedIndex(dir);
    await index.restartServer();
    const added = await index.must(["add", code, "--json"]);
    index.repoId = (JSON.parse(added.stdout) as { repoId: string }).repoId;
    await index.must(["cloud", "enable", index.repo]);
    await index.must(["push", index.repo]);
    return index;
  }

  /** One that remembers nothing of what it read before. */
  async restartServer(): Promise<void> {
    await this.server?.stop();
    this.server = await serve({
      home: Home.open({ REPOBASE_HOME: join(this.dir, "server-home") }),
      port: 0,
      host: "127.0.0.1",
      data: join(this.dir, "bucket"),
      corsOrigins: [],
      ratePerMinute: 0,
      quota: {},
      behindProxy: false,
      log: () => undefined,
      debug: false,
    });
    this.apiKey ||= this.server.firstKey?.apiKey ?? "";
  }

  /** The folder that holds one side's files. */
  root(side: Side): string {
    return side === "local" ? join(this.dir, "home") : join(this.dir, "bucket", "local");
  }

  run(argv: readonly string[]): Promise<Ran> {
    const env = {
      REPOBASE_HOME: this.root("local"),
      REPOBASE_ENDPOINT: this.server?.url ?? "",
      REPOBASE_API_KEY: this.apiKey,
      REPOBASE_USER_ID: "local",
      HOME: this.dir,
    };
    return runMain(argv, { env, cwd: this.dir });
  }

  private async must(argv: readonly string[]): Promise<Ran> {
    const ran = await this.run(argv);
    if (ran.code !== 0) throw new Error(`repobase ${argv.join(" ")}: ${ran.code} ${ran.stderr}`);
    return ran;
  }

  /** Paths below the side's folder that a search or a repair of the repository leads to. */
  async files(side: Side): Promise<string[]> {
    const glob = new Bun.Glob("{index,manifests,snapshots,refs,worktrees}/**/*");
    const paths = await Array.fromAsync(glob.scan({ cwd: this.root(side), absolute: true }));
    const skipped = /\/_versions\/|\/_transactions\/|\/\.tmp-/;
    return paths
      .filter((path) => !skipped.test(path))
      .map((path) => relative(this.root(side), path))
      .sort();
  }

  /** Of `files`, those that the ref leads to. */
  async named(side: Side): Promise<ReadonlySet<string>> {
    const read = async (path: string) => JSON.parse(await readFile(join(this.root(side), path), "utf8")) as unknown;
    const { manifest } = (await read(`refs/${this.repo}.json`)) as { manifest: string };
    const path = `manifests/${this.repo}/${manifest}.json`;
    const { tableId, objects, snapshots } = (await read(path)) as Manifest;
    return new Set([
      `refs/${this.repo}.json`,
      path,
      ...objects.map((object) => `index/${this.repo}/${object.path}`),
      ...Object.values(snapshots).map((sha256) => `snapshots/${this.repo}/${tableId}/${sha256}.json`),
    ]);
  }

  /** Puts another manifest in the place of the one that the local ref names. */
  async forgeManifest(change: (manifest: Manifest) => Manifest): Promise<void> {
    const path = join(this.root("local"), `refs/${this.repo}.json`);
    const text = await readFile(path, "utf8");
    const { manifest: named } = JSON.parse(text) as { manifest: string };
    const folder = join(this.root("local"), `manifests/${this.repo}`);
    const bytes = encodeManifest(change(decodeManifest(await readFile(join(folder, `${named}.json`)))));
    const forged = await sha256Hex(bytes);
    await writeFile(join(folder, `${forged}.json`), bytes);
    await writeFile(path, text.replaceAll(named, forged));
  }

  /** Flips one bit. @returns puts it back */
  async flip(side: Side, path: string, at: (size: number) => number): Promise<() => Promise<void>> {
    const full = join(this.root(side), path);
    const whole = await readFile(full);
    const damaged = Uint8Array.from(whole);
    const place = at(whole.length);
    damaged[place] = (damaged[place] as number) ^ (1 << (place % 8));
    await writeFile(full, damaged);
    return () => writeFile(full, whole);
  }

  async remove(side: Side, path: string): Promise<void> {
    await rm(join(this.root(side), path));
  }

  /** What every search of the side answers, as one text; or the error that names what is wrong. */
  async search(side: Side): Promise<{ readonly answers?: string; readonly error?: string; readonly code: number }> {
    if (side === "remote") await this.restartServer();
    const answers: string[] = [];
    for (const query of QUERIES)
      for (const mode of ["keyword", "hybrid"]) {
        // here, one query reads the uncommitted work, the other the ref and its commit
        const where = side === "remote" ? ["--remote"] : query === QUERIES[0] ? [] : ["--ref", "main"];
        const ran = await this.run(["search", query, "--mode", mode, "--repo", this.repo, "--json", ...where]);
        if (ran.code !== 0) return { error: ran.stderr, code: ran.code };
        answers.push(ran.stdout, ran.stderr);
      }
    return { answers: answers.join("\n"), code: 0 };
  }

  repair(side: Side): Promise<Ran> {
    return this.run(["repair", this.repo, "--json", ...(side === "remote" ? ["--remote"] : [])]);
  }

  verify(side: Side): Promise<Ran> {
    return this.run(["verify-manifest", this.repo, "--read-data", ...(side === "remote" ? ["--remote"] : [])]);
  }

  async close(): Promise<void> {
    await this.server?.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
