/**
 * What a faulty, slow or hostile server does to the one HTTP client, seen through both of its faces: a JSON call and the
 * store. Each row is a server; each ends in an answer or in an error of ours that says the true cause.
 */
import { afterEach, describe, expect, test } from "bun:test";
import { isRepobaseError, type RepobaseError } from "../../src/protocol/errors.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { checkEndpoint } from "../../src/remote/endpoint.ts";
import { callApi, openRemoteStore, whoAmI } from "../../src/remote/remote-client.ts";
import { SEARCH_RESPONSE } from "../../src/protocol/search-api.ts";
import type { RetryOptions } from "../../src/store/repeat.ts";
import { SELF_SIGNED } from "../helpers/self-signed.ts";
import { withRetry } from "../../src/store/with-retry.ts";
import { WHO_AM_I } from "../../src/protocol/cloud-api.ts";

const KEY = "index/demo/files.lance/data/x.lance";
const STALL_MS = 150;
const WHO = { userId: "u", plan: "free", scopes: ["read"], quotaUsed: null, quotaLimit: null };
const IS_THIS = "is this the address of a Repobase server?";
const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) void close();
});

type Reply = (request: Request) => Response | Promise<Response>;

/** Answers the n-th request with the n-th reply, the last one again and again. */
function serve(...replies: Reply[]) {
  const requests: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      requests.push(`${request.method} ${new URL(request.url).pathname}`);
      return (replies[Math.min(requests.length, replies.length) - 1] as Reply)(request);
    },
  });
  closers.push(() => server.stop(true));
  return { endpoint: `http://127.0.0.1:${server.port}`, requests };
}

const json = (value: unknown, init: ResponseInit = {}) => Response.json(value, init);
const whoIsThere: Reply = () => json(WHO);
const object =
  (bytes: string, headers: Record<string, string> = {}): Reply =>
  () =>
    new Response(bytes, { headers: { etag: '"e"', "content-type": "application/octet-stream", ...headers } });
const webPage: Reply = () =>
  new Response("<html>hello</html>", { headers: { "content-type": "text/html", etag: '"e"' } });

/** A clock that only waiting moves. */
function clock() {
  const waits: number[] = [];
  let time = 0;
  const sleep = async (ms: number) => {
    waits.push(ms);
    time += ms;
  };
  const retry: RetryOptions = { sleep, now: () => time, random: () => 1, totalMs: 60_000 };
  return { retry, waits };
}

function client(endpoint: string) {
  const { retry, waits } = clock();
  const cloud = { endpoint, apiKey: "secret", userId: "u", stallMs: STALL_MS };
  return {
    waits,
    who: () => callApi({ cloud, path: "/v1/whoami", answer: WHO_AM_I, retry }),
    get: (range?: { offset: number; length: number }) => withRetry(openRemoteStore(cloud), retry).get(KEY, { range }),
    search: () =>
      callApi({ cloud, path: "/v1/search", method: "POST", body: { q: "x" }, answer: SEARCH_RESPONSE, retry }),
  };
}

async function errorOf(work: Promise<unknown>): Promise<RepobaseError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isRepobaseError(error)) return error;
  throw new Error(`no error of ours: ${String(error)}`);
}

describe("silence", () => {
  const HALF = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
  /** Waits as long as the program does. */
  async function endsInTime(text: string): Promise<void> {
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: (socket) => void (text !== "" && socket.write(text)) },
    });
    closers.push(() => server.stop(true));
    const cloud = { endpoint: `http://127.0.0.1:${server.port}`, apiKey: "k", stallMs: STALL_MS };
    const started = performance.now();
    const error = await errorOf(whoAmI(cloud));
    expect(error).toMatchObject({ code: "transient", message: expect.stringContaining("sent nothing for 0.15 s") });
    expect(performance.now() - started).toBeLessThan(10_000);
  }

  // all at once: each is seconds of waiting
  test(
    "before the answer, in the middle of its headers or its body ends by the time limit, and says how long it was",
    () => Promise.all(["", "HTTP/1.1 200 OK\r\ncontent-ty", HALF].map(endsInTime)),
    30_000,
  );

  test("a drop now and then is no answer either", async () => {
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket) {
          socket.write(HALF);
          const timer = setInterval(() => socket.write(" "), STALL_MS / 5);
          closers.push(() => clearInterval(timer));
        },
      },
    });
    closers.push(() => server.stop(true));
    const { who } = client(`http://127.0.0.1:${server.port}`);
    expect((await errorOf(who())).code).toBe("transient");
  });
});

describe("waiting and trying again", () => {
  const tooMany =
    (after: string): Reply =>
    () =>
      json(
        { code: "rate_limited", detail: "slow down" },
        {
          status: 429,
          headers: { "retry-after": after, "content-type": "application/problem+json" },
        },
      );

  test("503, then well", async () => {
    const { endpoint, requests } = serve(() => new Response("busy", { status: 503 }), whoIsThere);
    expect(await client(endpoint).who()).toEqual(WHO);
    expect(requests).toHaveLength(2);
  });

  test("Retry-After in seconds is waited for; one beyond the limit is told at once", async () => {
    const soon = client(serve(tooMany("0"), whoIsThere).endpoint);
    expect(await soon.who()).toEqual(WHO);
    const late = client(serve(tooMany("3600"), whoIsThere).endpoint);
    const error = await errorOf(late.who());
    expect(error).toMatchObject({ code: "rate_limited", message: "slow down", fields: { retryAfterMs: 3_600_000 } });
    expect(late.waits).toEqual([]);
  });
});

describe("redirects", () => {
  const to =
    (location: string, status = 307): Reply =>
    () =>
      new Response(null, { status, headers: { location } });

  test("within the server they are followed, with the same request", async () => {
    const { endpoint, requests } = serve(to("/v1/elsewhere"), async (request) =>
      json({ mode: "keyword", results: [], warnings: [await request.text()] }),
    );
    expect(await client(endpoint).search()).toMatchObject({ warnings: ['{"q":"x"}'] });
    expect(requests).toEqual(["POST /v1/search", "POST /v1/elsewhere"]);
  });

  test.each(["302", "307"])("to another server (%s): refused, and the key does not go there", async (status) => {
    const other = serve(whoIsThere);
    const { endpoint } = serve(to(`${other.endpoint}/v1/whoami`, Number(status)));
    const error = await errorOf(client(endpoint).who());
    expect(error).toMatchObject({
      code: "usage",
      message: `"${endpoint}" sends us to another server, "${other.endpoint}"`,
    });
    expect(other.requests).toEqual([]);
  });

  test("without end, or such as would make a GET of a POST: an error", async () => {
    expect((await errorOf(client(serve(to("/v1/again")).endpoint).who())).code).toBe("not_a_server");
    const { endpoint, requests } = serve(to("/v1/see-other", 303));
    expect((await errorOf(client(endpoint).search())).code).toBe("not_a_server");
    expect(requests).toHaveLength(1);
  });
});

test("a certificate that nobody vouches for is said at once, not tried again", async () => {
  let connections = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: SELF_SIGNED,
    fetch: () => {
      connections++;
      return json(WHO);
    },
  });
  closers.push(() => server.stop(true));
  const { who, waits } = client(`https://127.0.0.1:${server.port}`);
  expect(await errorOf(who())).toMatchObject({
    code: "untrusted_certificate",
    hint: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect([connections, waits]).toEqual([0, []]);
});

describe("answers that are none", () => {
  test.each<[string, Reply]>([
    ["a web page", webPage],
    [
      "JSON that is cut off, with no length",
      () => new Response('{"userId":"u",', { headers: { "content-type": "application/json" } }),
    ],
    ["JSON of another shape", () => json({ hello: "world" })],
    ["JSON that is no object", () => json(null)],
  ])("%s for JSON: tried three times, then the address is doubted", async (_, reply) => {
    const { endpoint, requests } = serve(reply);
    expect(await errorOf(client(endpoint).who())).toMatchObject({ code: "transient", hint: IS_THIS });
    expect(requests).toHaveLength(3);
    expect(await client(serve(reply, whoIsThere).endpoint).who()).toEqual(WHO);
  });

  test("a web page for an object: tried three times, then the address is doubted", async () => {
    const { endpoint, requests } = serve(webPage);
    expect(await errorOf(client(endpoint).get())).toMatchObject({ code: "transient", hint: IS_THIS });
    expect(requests).toHaveLength(3);
  });

  test("an ETag that was taken off, once or always", async () => {
    const bare: Reply = () => new Response("hi", { headers: { "content-type": "application/octet-stream" } });
    expect((await client(serve(bare, object("hi")).endpoint).get())?.etag).toBe("e");
    const error = await errorOf(client(serve(bare).endpoint).get());
    expect(error).toMatchObject({ code: "transient", message: expect.stringContaining("without its ETag") });
  });

  test("bytes damaged on the way are read again; damaged where they lie they are told apart", async () => {
    const sha256 = await sha256Hex(new TextEncoder().encode("right"));
    const right = object("right", { "x-repobase-sha256": sha256 });
    const wrong = object("wrong", { "x-repobase-sha256": sha256 });
    expect(new TextDecoder().decode((await client(serve(wrong, right).endpoint).get())?.bytes)).toBe("right");
    const error = await errorOf(client(serve(wrong).endpoint).get());
    expect(error).toMatchObject({ code: "hash_mismatch", message: expect.stringContaining("do not have the sha256") });
  });

  test.each([
    ["another range", "bytes 1-2/10", "bc"],
    ["a shorter one", "bytes 0-1/10", "a"],
    ["none said", "", "ab"],
  ])("a part that is not the one asked for: %s", async (_, range, body) => {
    const part: Reply = () =>
      new Response(body, { status: 206, headers: { etag: '"e"', ...(range && { "content-range": range }) } });
    expect((await errorOf(client(serve(part).endpoint).get({ offset: 0, length: 2 }))).code).toBe("transient");
  });

  test("a length that is more than what comes", async () => {
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: (socket) => void socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}") },
    });
    closers.push(() => server.stop(true));
    expect((await errorOf(client(`http://127.0.0.1:${server.port}`).who())).code).toBe("transient");
  });
});

test("endpoints: https, or http to this machine, or http when the user says so", () => {
  for (const good of [
    "https://a.example/base/",
    "http://localhost:1",
    "http://127.0.0.1",
    "http://127.1:2",
    "http://[::1]:3",
  ])
    expect(checkEndpoint(good)).not.toEndWith("/");
  for (const bad of [
    "http://a.example",
    "http://10.0.0.1",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
  ]) {
    expect(() => checkEndpoint(bad)).toThrow("in the clear");
    expect(checkEndpoint(bad, { allowHttp: true })).toBe(bad);
  }
  for (const odd of [
    "",
    "a.example",
    "ftp://a",
    "file:///etc/passwd",
    "https://u:p@a.example",
    "https://a.example/?x=1",
  ])
    expect(() => checkEndpoint(odd, { allowHttp: true })).toThrow();
  expect(() => openRemoteStore({ endpoint: "http://a.example", apiKey: "k" })).toThrow("in the clear");
});
