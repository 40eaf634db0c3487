/**
 * One repository, two CI runners and a laptop, from empty homes, over one server: the program's own commands, real tables, the
 * built-in model. The order in which their commands run comes from a seed.
 */
import { expect } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeManifest, type Manifest } from "../../src/protocol/manifest.ts";
import { manifestKey, refKey } from "../../src/protocol/keys.ts";
import { decodeRef, type Ref } from "../../src/protocol/ref.ts";
import { Terminal } from "../commands/terminal.ts";
import { commitFiles, git, makeRepository } from "./git-server.ts";
import { Random } from "./random.ts";
import type { WorkerServer } from "./worker-server.ts";

const source = (name: string, words: string) =>
  `/** Handles ${words}. */\nexport function ${name}(input: string): string {\n  return input.trim() + "${words}";\n}\n`;

/** Something that each commit below has, and other commits do not. */
const QUESTIONS = ["parse the header", "retry after a failure", "lock the ledger", "topicword"];

export interface Upstream {
  readonly dir: string;
  /** On `main`, oldest first. */
  readonly main: readonly string[];
  /** The head of `release`, which follows the first commit. */
  readonly release: string;
}

/** With a remote that nobody asks: it names the repository. @param dir made here; a clone of it is a copy of it */
export async function makeUpstream(dir: string): Promise<Upstream> {
  const main = [
    await makeRepository(dir, {
      "README.md": "# Shared\n",
      "src/parse.ts": source("parseHeader", "parse the header"),
      "src/old.ts": source("goneLater", "an old thing"),
    }),
  ];
  main.push(await commitFiles(dir, { "src/retry.ts": source("retryLater", "retry after a failure") }));
  main.push(
    await commitFiles(dir, { "src/parse.ts": source("parseHeader", "parse the header twice"), "src/old.ts": null }),
  );
  await git(dir, "checkout", "--quiet", "-b", "release", main[0] ?? "");
  const release = await commitFiles(dir, { "src/ledger.ts": source("lockLedger", "lock the ledger") });
  await git(dir, "checkout", "--quiet", "main");
  await git(dir, "remote", "add", "origin", "https://example.com/team/shared");
  return { dir, main, release };
}

interface Step {
  readonly who: string;
  run(): Promise<unknown>;
}

export class SharedRepository {
  readonly #dir: string;
  readonly #server: WorkerServer;
  readonly #env: Record<string, string>;
  readonly #upstream: Upstream;
  #id = "";
  /** Commits that were pushed. */
  readonly #pushed = new Set<string>();
  /** Of the cloud's table; empty: nothing was pushed yet. */
  #tableId = "";
  readonly #user: string;
  #homes = 0;

  private constructor(dir: string, server: WorkerServer, upstream: Upstream, user: { id: string; key: string }) {
    this.#dir = dir;
    this.#server = server;
    this.#upstream = upstream;
    this.#env = { REPOBASE_ENDPOINT: server.url, REPOBASE_API_KEY: user.key, REPOBASE_USER_ID: user.id };
    this.#user = user.id;
  }

  /** Runs one order from the beginning to its end. @throws when anything was lost, replaced or answered differently */
  static async runOrder(seed: number, of: { server: WorkerServer; upstream: Upstream }): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), "repobase-order-"));
    try {
      const id = `order-${seed}-${crypto.randomUUID().slice(0, 8)}`;
      const user = { id, key: await of.server.issueKey(id) };
      return await new SharedRepository(dir, of.server, of.upstream, user).#run(new Random(seed));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  async #run(random: Random): Promise<string> {
    const { main, release } = this.#upstream;
    const [m1 = "", m2 = "", m3 = ""] = main;
    const laptop = await this.#machine("main", m2);
    let topic = "";
    const queues: Step[][] = [
      [...this.#job("ci-1", random, "main", m1), ...this.#job("ci-1", random, "main", m3)],
      [...this.#job("ci-2", random, "release", release), ...this.#job("ci-2", random, "main", m2)],
      [
        { who: "laptop", run: () => this.#add(laptop) },
        { who: "laptop", run: () => this.#push(laptop, m2) },
        {
          who: "laptop",
          run: async () => {
            await git(laptop.code, "checkout", "--quiet", "-b", "topic");
            topic = await commitFiles(laptop.code, { "src/topic.ts": source("topicWord", "topicword") });
            await laptop.say(`index ${this.#id}`);
          },
        },
        ...(random.below(2) === 0 ? [{ who: "laptop", run: () => laptop.say(`pull ${this.#id}`) }] : []),
        { who: "laptop", run: () => this.#push(laptop, topic) },
      ],
    ];
    const order: string[] = [];
    for (let left = queues; left.length > 0; left = left.filter((queue) => queue.length > 0)) {
      const step = random.pick(left).shift();
      if (step === undefined) continue;
      order.push(step.who);
      await step.run();
    }
    const heads = { main: m3, release, topic };
    expect((await this.#inCloud()).ref.heads).toEqual(heads);
    await this.#expectSameAnswers(random, laptop, heads);
    return order.join(" ");
  }

  /** One run of CI: an empty home, a clone of its own; it may or may not pull before it indexes. */
  #job(who: string, random: Random, branch: string, commit: string): Step[] {
    const pulls = random.below(2) === 0;
    let runner: Machine | undefined;
    const on = async () => (runner ??= await this.#machine(branch, commit));
    return [
      ...(pulls
        ? [
            {
              who,
              run: async () => {
                const machine = await on();
                // before the first push of all there is nothing to pull
                if (this.#tableId !== "") await machine.say(`pull ${this.#id}`);
              },
            },
          ]
        : []),
      { who, run: async () => this.#add(await on()) },
      { who, run: async () => this.#push(await on(), commit) },
    ];
  }

  async #machine(branch: string, commit: string): Promise<Machine> {
    const dir = join(this.#dir, `${this.#homes++}`);
    const code = join(dir, "code");
    await cp(this.#upstream.dir, code, { recursive: true });
    await git(code, "checkout", "--quiet", "-B", branch, commit);
    const terminal = new Terminal(dir, { ...this.#env, REPOBASE_HOME: join(dir, "home") });
    return new Machine(terminal);
  }

  async #add(machine: Machine): Promise<void> {
    this.#id = ((await machine.say("add code")) as { repoId: string }).repoId;
  }

  async #push(machine: Machine, commit: string): Promise<void> {
    await machine.say(`cloud enable ${this.#id}`);
    await machine.say(`push ${this.#id}`);
    this.#pushed.add(commit);
    const { manifest } = await this.#inCloud();
    this.#tableId ||= manifest.tableId;
    expect(manifest.tableId).toBe(this.#tableId);
    // whatever happened before is still there
    for (const each of this.#pushed) expect(Object.keys(manifest.snapshots)).toContain(each);
  }

  async #inCloud(): Promise<{ ref: Ref; manifest: Manifest }> {
    const read = async (key: string) => (await this.#server.bucket.get(`${this.#user}/${key}`)) ?? new Uint8Array();
    const ref = decodeRef(await read(refKey(this.#id)));
    return { ref, manifest: decodeManifest(await read(manifestKey(this.#id, ref.manifest))) };
  }

  /** The laptop, a device that pulls, and the server answer alike, and see what an index made anew of the same commit sees. */
  async #expectSameAnswers(random: Random, laptop: Machine, commits: Readonly<Record<string, string>>): Promise<void> {
    const reader = await this.#machine("main", this.#upstream.release);
    await reader.say(`pull ${this.#id}`);
    await laptop.say(`pull ${this.#id}`);
    const [branch = "", commit = ""] = random.pick(Object.entries(commits));
    await git(reader.code, "fetch", "--quiet", laptop.code, "topic");
    await git(reader.code, "checkout", "--quiet", "-B", branch, commit);
    const fresh = new Machine(new Terminal(join(reader.code, ".."), { REPOBASE_HOME: join(this.#dir, "fresh") }));
    await fresh.say("add code");
    for (const question of [QUESTIONS[3] ?? "", random.pick(QUESTIONS)]) {
      for (const ref of Object.keys(commits)) {
        const wanted = await reader.find(question, ref);
        expect(await laptop.find(question, ref)).toEqual(wanted);
        expect(await reader.find(question, ref, ["--remote"])).toEqual(wanted);
      }
      // scores still depend on what else a table holds
      expect(placesOf(await reader.find(question, branch))).toEqual(placesOf(await fresh.find(question, branch)));
    }
  }
}

const placesOf = (found: readonly Found[]): string[] =>
  found.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`).sort();

interface Found {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly score: number;
  readonly commit: string;
}

class Machine {
  constructor(readonly terminal: Terminal) {}

  get code(): string {
    return join(this.terminal.cwd, "code");
  }

  /** @returns the answer */
  async say(line: string): Promise<unknown> {
    const { code, stdout, stderr } = await this.terminal.run([...line.split(" "), "--json"]);
    if (code !== 0) throw new Error(`${line}: exit ${code}: ${stderr}${stdout}`);
    return JSON.parse(stdout);
  }

  async find(question: string, ref: string, more: readonly string[] = []): Promise<Found[]> {
    const { code, stdout, stderr } = await this.terminal.run(["search", question, "--ref", ref, "--json", ...more]);
    if (code !== 0) throw new Error(`search ${question} --ref ${ref} ${more.join(" ")}: exit ${code}: ${stderr}`);
    const { results } = JSON.parse(stdout) as { results: Found[] };
    return results.map(({ path, startLine, endLine, score, commit }) => ({ path, startLine, endLine, score, commit }));
  }
}
