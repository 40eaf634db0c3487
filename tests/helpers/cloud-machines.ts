/** Machines with homes of their own that run the program's commands in this process, over one server. */
import { afterAll, beforeAll, expect } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Terminal } from "../commands/terminal.ts";
import { startBunServer } from "../server/bun-server.ts";
import type { WorkerServer } from "./worker-server.ts";

/** What the tests read of the commands' JSON. */
export interface Answer {
  readonly repoId: string;
  readonly commit: string;
  readonly state: string;
  readonly headsKept: readonly object[];
  readonly headsForced: readonly object[];
  readonly headsPruned: readonly { readonly branch: string; readonly commit: string }[];
  readonly results: readonly { readonly path: string }[];
}

/** Where the commands run, for all tests of the file that asks; a server that is made before them and stopped after them. */
export class CloudMachines {
  dir = "";
  server!: WorkerServer;
  #homes = 0;

  constructor(name: string) {
    beforeAll(async () => {
      this.dir = await mkdtemp(join(tmpdir(), `repobase-${name}-`));
      this.server = await startBunServer();
    });
    afterAll(async () => {
      await this.server?.stop();
      await rm(this.dir, { recursive: true, force: true });
    });
  }

  /** With an empty home. */
  machine(userId: string, key: string): CloudMachine {
    return new CloudMachine(
      { dir: this.dir, home: join(this.dir, `home-${this.#homes++}`), userId },
      key,
      this.server.url,
    );
  }
}

export class CloudMachine {
  constructor(
    readonly of: { readonly dir: string; readonly home: string; readonly userId: string },
    public key: string,
    public endpoint: string,
  ) {}

  run(line: string) {
    return new Terminal(this.of.dir, {
      REPOBASE_HOME: this.of.home,
      REPOBASE_ENDPOINT: this.endpoint,
      REPOBASE_API_KEY: this.key,
      REPOBASE_USER_ID: this.of.userId,
    }).run(line.split(" "));
  }

  /** The command's JSON, the first of several; it must end with `exit`. */
  async say(line: string, exit = 0): Promise<Answer> {
    const { code, stdout, stderr } = await this.run(`${line} --json`);
    expect({ line, code, stderr }).toEqual({ line, code: exit, stderr: expect.any(String) });
    const answer = JSON.parse(stdout || "{}") as Answer | readonly Answer[];
    return "length" in answer ? (answer[0] as Answer) : answer;
  }

  async paths(line: string): Promise<string[]> {
    return (await this.say(`${line} --mode keyword`)).results.map(({ path }) => path).toSorted();
  }

  async ref(id: string): Promise<{ default: string; heads: Record<string, string> }> {
    return Bun.file(join(this.of.home, "refs", `${id}.json`)).json();
  }
}
