/** What a bad network and a bad server do to the remote store, and what withRetry makes of it. Bytes come from a scripted TCP server. */
import { afterEach, describe, expect, test } from "bun:test";
import { isRepobaseError, type RepobaseError } from "../../src/protocol/errors.ts";
import { parseRetryAfter } from "../../src/remote/http-error.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { ObjectStore } from "../../src/store/object-store.ts";
import { RemoteStore } from "../../src/remote/remote-store.ts";
import type { RetryOptions } from "../../src/store/repeat.ts";
import { withRetry } from "../../src/store/with-retry.ts";
import { codeOf, randomBytes } from "../helpers/sync-fixtures.ts";
import { FaultPlan, withFaults } from "../helpers/with-faults.ts";
import { RepobaseError as Err } from "../../src/protocol/errors.ts";

const key = "index/demo/files.lance/data/x.lance";
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Answers the n-th connection with the n-th text (the last one again and again); null: never says a word. */
function tcp(...answers: (string | null)[]): { endpoint: string; connections: () => number } {
  let n = 0;
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        const answer = answers[Math.min(n++, answers.length - 1)];
        if (answer === null || answer === undefined) return;
        socket.write(answer);
        if (!answer.includes("stay-open")) socket.end();
      },
    },
  });
  closers.push(() => server.stop(true));
  return { endpoint: `http://127.0.0.1:${server.port}`, connections: () => n };
}

const http = (status: number, headers: Record<string, string>, body = "") =>
  `HTTP/1.1 ${status} X\r\nconnection: close\r\n${Object.entries(headers)
    .map(([k, v]) => `${k}: ${v}\r\n`)
    .join("")}\r\n${body}`;
const ok = http(200, { "content-length": "2", etag: '"e1"', "content-type": "application/octet-stream" }, "hi");
const problem = (status: number, code: string, extra: Record<string, string> = {}) => {
  const body = JSON.stringify({ type: "x", title: "x", status, code, detail: `said ${code}` });
  return http(
    status,
    { "content-type": "application/problem+json", "content-length": String(body.length), ...extra },
    body,
  );
};

const open = (endpoint: string, stallMs = 5000) => new RemoteStore({ endpoint, apiKey: "k", userId: "u", stallMs });
async function errorOf(work: Promise<unknown>): Promise<RepobaseError> {
  try {
    await work;
  } catch (error) {
    if (isRepobaseError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("one request", () => {
  test.each([
    ["no answer at all", null],
    ["headers, then silence", http(200, { "content-length": "10", etag: '"e"', "x-stay-open": "stay-open" }, "abc")],
  ])("stalls: %s is given up", async (_, answer) => {
    const started = performance.now();
    expect(await codeOf(open(tcp(answer).endpoint, 200).get(key))).toBe("transient");
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("an upload that nobody takes is given up too", async () => {
    expect(await codeOf(open(tcp(null).endpoint, 200).put(key, randomBytes(100), { onlyIf: { absent: true } }))).toBe(
      "transient",
    );
  });

  test("an answer that is cut off is no answer", async () => {
    const cut = http(200, { "content-length": "10", etag: '"e"' }, "abc");
    expect(await codeOf(open(tcp(cut).endpoint).get(key))).toBe("transient");
  });

  test.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [413, "too_large"],
    [429, "rate_limited"],
    [500, "transient"],
    [502, "transient"],
    [503, "transient"],
    [404, "not_a_server"],
    [302, "not_a_server"],
  ])("a page of a proxy, HTTP %i, is %s and never 'no such object'", async (status, code) => {
    const page = http(status, { "content-type": "text/html", "content-length": "6", location: "/login" }, "<html>");
    expect(await codeOf(open(tcp(page).endpoint).get(key))).toBe(code);
    expect(await codeOf(open(tcp(page).endpoint).put(key, randomBytes(3), { onlyIf: { absent: true } }))).toBe(code);
  });

  test("the server's own code counts more than the status, and its words are kept", async () => {
    const error = await errorOf(open(tcp(problem(409, "missing_objects")).endpoint).put(key, randomBytes(3)));
    expect(error).toMatchObject({ code: "missing_objects", message: "said missing_objects" });
    expect(await open(tcp(problem(404, "not_found")).endpoint).get(key)).toBeUndefined();
    expect(await open(tcp(problem(404, "repo_not_found")).endpoint).get("refs/demo.json")).toBeUndefined();
  });

  test("problem+json cut in the middle still says what its status says", async () => {
    const broken = http(503, { "content-type": "application/problem+json", "content-length": "9" }, '{"code":"');
    expect(await codeOf(open(tcp(broken).endpoint).get(key))).toBe("transient");
  });

  test("a code this version does not know falls back to the status", async () => {
    expect(await codeOf(open(tcp(problem(429, "some_new_code")).endpoint).get(key))).toBe("rate_limited");
  });

  test("a server that is not there is told apart from one that fails", async () => {
    const gone = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const { port } = gone;
    gone.stop(true);
    const error = await errorOf(open(`http://127.0.0.1:${port}`).get(key));
    expect(error).toMatchObject({ code: "transient", fields: { unreachable: true } });
  });

  test("the signal of one call ends that call alone, at once, even from a server that says nothing", async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const store = new RemoteStore({ endpoint: tcp(null).endpoint, apiKey: "k", signal: other.signal });
    const first = codeOf(store.get(key, { signal: one.signal }));
    const second = codeOf(store.head(key, { signal: new AbortController().signal }));
    one.abort();
    expect(await first).toBe("interrupted");
    expect(await codeOf(store.get(key, { signal: one.signal }))).toBe("interrupted");
    other.abort();
    expect(await second).toBe("interrupted");
  });

  test("an outer signal ends it as interrupted", async () => {
    const controller = new AbortController();
    const store = new RemoteStore({ endpoint: tcp(null).endpoint, apiKey: "k", signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    expect(await codeOf(store.get(key))).toBe("interrupted");
    expect(await codeOf(store.get(key))).toBe("interrupted");
  });
});

test("Retry-After: seconds, dates, the past, and nonsense", () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 0);
  expect(parseRetryAfter("7", now)).toBe(7000);
  expect(parseRetryAfter("0", now)).toBe(0);
  expect(parseRetryAfter(new Date(now + 90_000).toUTCString(), now)).toBe(90_000);
  expect(parseRetryAfter(new Date(now - 90_000).toUTCString(), now)).toBe(0);
  for (const nonsense of [null, "", "soon", "-5", "1e3", "12 seconds"])
    expect(parseRetryAfter(nonsense, now)).toBeUndefined();
});

describe("withRetry", () => {
  /** A clock that only sleeping moves. */
  function clock(more: RetryOptions = {}): { options: RetryOptions; waits: number[] } {
    const waits: number[] = [];
    let time = 0;
    const sleep = async (ms: number) => {
      waits.push(ms);
      time += ms;
    };
    return { waits, options: { sleep, now: () => time, random: () => 1, ...more } };
  }

  test("goes on after passing errors, with growing pauses", async () => {
    const { options, waits } = clock();
    const server = tcp(problem(503, "transient"), problem(503, "busy"), problem(500, "transient"), ok);
    const got = await withRetry(open(server.endpoint), options).get(key);
    expect(new TextDecoder().decode(got?.bytes)).toBe("hi");
    expect(waits).toEqual([250, 500, 1000]);
  });

  test("waits as long as it is told, by seconds or by date", async () => {
    const { options, waits } = clock({ random: () => 0 });
    const date = new Date(Date.now() + 20_000).toUTCString();
    const server = tcp(
      problem(429, "rate_limited", { "retry-after": "3" }),
      problem(503, "busy", { "retry-after": date }),
      ok,
    );
    await withRetry(open(server.endpoint), options).get(key);
    expect(waits[0]).toBe(3000);
    expect(waits[1]).toBeGreaterThan(18_000);
    expect(waits[1]).toBeLessThan(21_000);
  });

  test("does not wait past its time: the error comes at once, with what the server asked for", async () => {
    const { options, waits } = clock();
    const server = tcp(problem(429, "rate_limited", { "retry-after": "3600" }));
    const error = await errorOf(withRetry(open(server.endpoint), options).get(key));
    expect(error).toMatchObject({ code: "rate_limited", fields: { retryAfterMs: 3_600_000 } });
    expect(waits).toEqual([]);
  });

  test("ends in bounded time, whatever happens", async () => {
    const { options, waits } = clock();
    const error = await errorOf(withRetry(open(tcp(problem(503, "transient")).endpoint), options).get(key));
    expect(error.code).toBe("transient");
    const total = waits.reduce((a, b) => a + b, 0);
    expect(total).toBeLessThanOrEqual(60_000);
    expect(total).toBeGreaterThan(40_000);
  });

  test("a wrong address costs three tries, not a minute", async () => {
    const { options, waits } = clock();
    const gone = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    gone.stop(true);
    expect(await codeOf(withRetry(open(`http://127.0.0.1:${gone.port}`), options).get(key))).toBe("transient");
    expect(waits).toHaveLength(2);
  });

  test("never repeats what repeating cannot mend", async () => {
    for (const code of ["unauthorized", "hash_mismatch", "too_large", "no_space", "missing_objects"]) {
      const server = tcp(problem(400, code));
      expect(await codeOf(withRetry(open(server.endpoint), clock().options).get(key))).toBe(code);
      expect(server.connections()).toBe(1);
    }
  });

  const flaky = (store: ObjectStore, at: number, when: "before" | "after" = "after") =>
    withRetry(withFaults(store, new FaultPlan(at, when, () => new Err("transient", "lost"), true)), clock().options);

  test("a create whose answer was lost is known as ours, another's is not", async () => {
    const memory = new MemoryStore();
    const bytes = randomBytes(10);
    expect(await flaky(memory, 1).put("a", bytes, { onlyIf: { absent: true } })).toMatchObject({ key: "a", size: 10 });
    expect(await flaky(memory, 1, "before").put("a", randomBytes(10), { onlyIf: { absent: true } })).toBeUndefined();
    expect((await memory.get("a"))?.bytes).toEqual(bytes);
  });

  test("a swap whose answer was lost is known as ours; one that was truly lost is not", async () => {
    const memory = new MemoryStore();
    const first = await memory.put("ref", randomBytes(10));
    const etag = first?.etag ?? "";
    const ours = randomBytes(12);
    const info = await flaky(memory, 1).put("ref", ours, { onlyIf: { etag } });
    expect(info?.etag).toBe((await memory.head("ref"))?.etag ?? "");
    const rival: ObjectStore = Object.assign(Object.create(memory) as ObjectStore, {
      get: memory.get.bind(memory),
      put: async () => {
        await memory.put("ref", randomBytes(12));
        throw new Err("transient", "lost");
      },
    });
    let tries = 0;
    const racing: ObjectStore = Object.assign(Object.create(memory) as ObjectStore, {
      get: memory.get.bind(memory),
      put: (...args: Parameters<ObjectStore["put"]>) => (tries++ === 0 ? rival.put(...args) : memory.put(...args)),
    });
    expect(
      await withRetry(racing, clock().options).put("ref", randomBytes(12), { onlyIf: { etag: info?.etag ?? "" } }),
    ).toBeUndefined();
  });

  test("a list that breaks goes on where it was", async () => {
    const memory = new MemoryStore();
    for (const k of ["a", "b", "c", "d"]) await memory.put(`l/${k}`, randomBytes(1));
    let broken = false;
    const breaking: ObjectStore = Object.assign(Object.create(memory) as ObjectStore, {
      async *list(prefix: string) {
        for await (const info of memory.list(prefix)) {
          if (info.key === "l/c" && !broken) {
            broken = true;
            throw new Err("transient", "page lost");
          }
          yield info;
        }
      },
    });
    const keys: string[] = [];
    for await (const { key: k } of withRetry(breaking, clock().options).list("l/")) keys.push(k);
    expect(keys).toEqual(["l/a", "l/b", "l/c", "l/d"]);
  });

  test("the signal of one call ends its waiting, and nothing is tried again", async () => {
    const server = tcp(problem(503, "transient"));
    const store = withRetry(open(server.endpoint), { baseMs: 20_000, capMs: 20_000, onRetry: () => caller.abort() });
    const caller = new AbortController();
    const started = Date.now();
    expect(await codeOf(store.get(key, { signal: caller.signal }))).toBe("interrupted");
    expect(Date.now() - started).toBeLessThan(5000);
  });

  test("an interrupt ends the waiting", async () => {
    const controller = new AbortController();
    const store = withRetry(open(tcp(problem(503, "transient")).endpoint), {
      baseMs: 20_000,
      capMs: 20_000,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 50);
    expect(await codeOf(store.get(key))).toBe("interrupted");
  });
});
