/** A client that goes away stops the work it asked for: what is being read ends, and nothing more is read. On workerd and on Bun. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startWorker } from "../helpers/worker-server.ts";
import type { WorkerServer } from "../helpers/worker-server.ts";
import { encodeRef } from "../../src/protocol/ref.ts";
import { FIRST, apiClient, outcome, pushIndex, refOf, uploadParts } from "./api-client.ts";
import type { Api } from "./api-client.ts";
import { startBunServer } from "./bun-server.ts";
import { makeRealIndex } from "./real-index.ts";
import type { RealIndex } from "./real-index.ts";

const FILES = [
  { path: "open.ts", language: "typescript", contents: "export function openStream() {\n  return 1;\n}\n" },
];

/** Lets reads through, until it is shut; then each waits. */
class Gate {
  readonly read: string[] = [];
  #held: { readonly key: RegExp; readonly open: Promise<void>; readonly first: () => void } | undefined;

  readonly pass = async (key: string): Promise<void> => {
    this.read.push(key);
    if (!this.#held?.key.test(key)) return;
    this.#held.first();
    await this.#held.open;
  };

  /** @returns `reached` when the first read of such a key waits, and what lets all go on */
  shut(key: RegExp): { reached: Promise<void>; open: () => void } {
    const [reached, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.#held = { key, open: open.promise, first: reached.resolve };
    return {
      reached: reached.promise,
      open: () => {
        this.#held = undefined;
        open.resolve();
      },
    };
  }
}

describe.each([
  ["workerd", (gate: Gate) => startWorker({ gate: gate.pass })],
  ["Bun", (gate: Gate) => startBunServer(gate.pass)],
] as const)("%s", (_, start) => {
  const gate = new Gate();
  let server: WorkerServer;
  let index: RealIndex;
  let other: RealIndex;
  beforeAll(async () => {
    server = await start(gate);
    index = await makeRealIndex({ repo: "demo", commits: [FILES] });
    other = await makeRealIndex({ repo: "other", commits: [FILES] });
  });
  afterAll(() => server.stop());

  /** A user of whom the server remembers nothing. */
  async function newUser(userId: string, repos: readonly RealIndex[]): Promise<{ key: string; api: Api }> {
    const key = await server.issueKey(userId);
    const api = apiClient(server.url, key);
    for (const repo of repos) await pushIndex(api, repo);
    return { key, api };
  }

  /** Asks, goes away while a read waits, lets the reads go on. @returns what was read after that */
  async function goAway(request: Request, held: RegExp): Promise<string[]> {
    const gone = new AbortController();
    const { reached, open } = gate.shut(held);
    const answer = fetch(request, { signal: gone.signal });
    const failed = answer.then(
      (response) => response.status,
      (error: Error) => error.name,
    );
    await Promise.race([reached, failed]);
    gone.abort();
    expect(await failed).toBe("AbortError");
    // the server hears of it no later than of a request that comes after
    await fetch(`${server.url}/healthz`);
    await Bun.sleep(50);
    const before = gate.read.length;
    open();
    await Bun.sleep(100);
    return gate.read.slice(before);
  }

  test.each([
    ["a search", "/v1/search?q=open+stream&repo=demo", /manifests\/demo/],
    ["a search that opens its table", "/v1/search?q=open+stream&repo=demo&mode=keyword", /index\/demo/],
    ["a search of all", "/v1/search?q=open+stream", /refs\/demo/],
    ["a file", "/v1/repos/demo/files/open.ts", /snapshots\/demo/],
    ["the list of repositories", "/v1/repos", /manifests\/demo/],
    ["the manifest of a ref", "/v1/manifest/demo", /refs\/demo/],
  ])("%s", async (what, path, held) => {
    const { key, api } = await newUser(what.replaceAll(" ", "-"), path.includes("demo") ? [index] : [index, other]);
    const headers = { authorization: `Bearer ${key}` };
    expect(await goAway(new Request(server.url + path, { headers }), held)).toEqual([]);
    // nothing is left behind that would harm the next one
    expect(await outcome(api(path))).toBe("200");
  });

  test("a move of the ref, while it is checked: the ref stays where it was, and moves when asked again", async () => {
    const { key, api } = await newUser("mover", []);
    await uploadParts(api, index);
    const [method, headers] = ["PUT", { authorization: `Bearer ${key}`, ...FIRST }] as const;
    const body = encodeRef(refOf(index)) as Uint8Array<ArrayBuffer>;
    const move = () => new Request(`${server.url}/v1/refs/demo`, { method, headers, body });
    expect(await goAway(move(), /manifests\/demo/)).toEqual([]);
    expect(await outcome(api("/v1/refs/demo"))).toBe("404 repo_not_found");
    expect(await outcome(fetch(move()))).toBe("200");
  });
});
