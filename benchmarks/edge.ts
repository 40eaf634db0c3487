/**
 * What a search costs at the edge: `bun benchmarks/edge.ts <home> [--repo <id>]...`. The server as it is deployed, on workerd with R2
 * simulated, routes and keys included. Each of several users has the same index in the bucket, so that a user's first search finds code that
 * has run and nothing in memory ("cold"). Reads, waves and bytes are what the server says of itself; processor time is that of all
 * threads of workerd, R2's simulator among them, which a Worker does not pay for.
 */
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Home } from "../src/home/home.ts";
import type { SearchMode, SearchResponse, SearchStats } from "../src/protocol/search-api.ts";
import { startWorker, type WorkerServer } from "../tests/helpers/worker-server.ts";
import { median, SEARCH_QUERIES, share } from "./search-queries.ts";

const USERS = 6;
const WARM_FROM = 15;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { repo: { type: "string", multiple: true } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("usage: bun benchmarks/edge.ts <home> [--repo <id>]...");
const home = Home.open({ REPOBASE_HOME: folder });
const repos = values.repo ?? home.config().repos.map(({ id }) => id);

console.log("| mode | | reads | waves | kB | CPU, ms |\n|---|---|---|---|---|---|");
for (const mode of ["keyword", "hybrid"] as const) await measure(mode);
process.exit(0);

interface Asked {
  readonly stats: SearchStats;
  readonly cpu: number;
}

async function measure(mode: SearchMode): Promise<void> {
  const server = await startWorker();
  try {
    const workerd = pidOfWorkerd();
    const users: User[] = [];
    for (let at = 0; at < USERS; at++) users.push(await makeUser(server, `user${at}`));
    const [first, ...others] = users as [User, ...User[]];
    const ask = async ({ key }: User, at: number): Promise<Asked> => {
      const began = cpuOf(workerd);
      const body = JSON.stringify({ q: SEARCH_QUERIES[at % SEARCH_QUERIES.length], mode, stats: true, repos });
      const headers = { authorization: `Bearer ${key}` };
      const answer = await fetch(`${server.url}/v1/search`, { method: "POST", headers, body });
      const { stats } = (await answer.json()) as SearchResponse;
      if (stats === undefined) throw new Error(`no answer: ${answer.status}`);
      return { stats, cpu: cpuOf(workerd) - began };
    };
    print(mode, "first of an isolate", [await ask(first, 0)]);
    const warm: Asked[] = [];
    for (const at of SEARCH_QUERIES.keys()) if (at > 0) warm.push(await ask(first, at));
    const cold: Asked[] = [];
    const second: Asked[] = [];
    for (const [at, user] of others.entries()) {
      cold.push(await ask(user, 2 * at));
      second.push(await ask(user, 2 * at + 1));
    }
    print(mode, "cold", cold);
    print(mode, "second", second);
    print(mode, "warm, new", warm.slice(WARM_FROM));
    console.log(`\n${mode}: at most ${memoryOf(workerd)} MB resident, simulator included\n`);
  } finally {
    await server.stop();
  }
}

interface User {
  readonly key: string;
}

/** Their bucket has what a search reads of the home. */
async function makeUser(server: WorkerServer, userId: string): Promise<User> {
  const key = await server.issueKey(userId);
  for (const repo of repos)
    for (const prefix of [`index/${repo}/`, `manifests/${repo}/`, `snapshots/${repo}/`, `refs/${repo}.json`])
      for await (const object of home.store.list(prefix)) {
        if (prefix.startsWith("index/") && !object.key.endsWith(".pack")) continue;
        const found = await home.store.get(object.key);
        if (found) await server.bucket.put(`${userId}/${object.key}`, found.bytes);
      }
  return { key };
}

function print(mode: SearchMode, what: string, asked: readonly Asked[]): void {
  const figure = (of: (each: Asked) => number, digits = 0) => {
    const all = asked.map(of);
    return all.length === 1
      ? median(all).toFixed(digits)
      : `${median(all).toFixed(digits)} (${share(all, 0.95).toFixed(digits)})`;
  };
  const cells = [
    figure(({ stats }) => stats.reads),
    figure(({ stats }) => stats.waves),
    figure(({ stats }) => stats.bytes / 1000),
    figure(({ cpu }) => cpu, 1),
  ];
  console.log(`| ${mode} | ${what} | ${cells.join(" | ")} |`);
}

function pidOfWorkerd(): number {
  const found = childrenOf(process.pid).find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("workerd"));
  if (found === undefined) throw new Error("workerd does not run");
  return found;
}

function childrenOf(pid: number): number[] {
  const own = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  return own.concat(own.flatMap(childrenOf));
}

/** ms, of all threads. */
function cpuOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce(
    (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]) / 1e6,
    0,
  );
}

function memoryOf(pid: number): number {
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024);
}
