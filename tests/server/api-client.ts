/** The HTTP API as a test speaks it: plain fetch with a key, and a push made of single requests. */
import { connect } from "node:net";
import { SHA256_HEADER } from "../../src/protocol/cloud-api.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { REF_FORMAT, encodeRef } from "../../src/protocol/ref.ts";
import type { ListedNotice, NoticeList } from "../../src/protocol/notice-api.ts";
import type { Ref } from "../../src/protocol/ref.ts";
import type { RealIndex } from "./real-index.ts";

export interface ApiCall {
  readonly method?: string;
  readonly body?: Uint8Array | string | ReadableStream;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Api = (path: string, call?: ApiCall) => Promise<Response>;

export function apiClient(url: string, key: string | undefined): Api {
  return (path, { method = "GET", body, headers } = {}) =>
    fetch(url + path, {
      // workerd closes a connection that was idle for 5 s; a busy machine may learn it only when it has sent
      keepalive: false,
      method,
      headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> | string | ReadableStream }),
    });
}

/** The same to an app in this process, which no client gives a Content-Length. */
export function apiClientOver(send: (request: Request) => Promise<Response>, origin: string, key: string): Api {
  return (path, { method = "GET", body, headers } = {}) => {
    const length = typeof body === "string" ? new TextEncoder().encode(body).length : (body as Uint8Array)?.length;
    const sized = body === undefined || body instanceof ReadableStream ? {} : { "content-length": String(length) };
    return send(
      new Request(origin + path, {
        method,
        headers: { authorization: `Bearer ${key}`, ...sized, ...headers },
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> | string | ReadableStream }),
      }),
    );
  };
}

/** `status code` of a problem, `status` of anything else: what most tests want to know. */
export async function outcome(response: Response | Promise<Response>): Promise<string> {
  const answer = await response;
  if (!(answer.headers.get("content-type") ?? "").startsWith("application/problem+json")) {
    await answer.arrayBuffer();
    return String(answer.status);
  }
  const text = await answer.text();
  return text === "" ? String(answer.status) : `${answer.status} ${(JSON.parse(text) as { code: string }).code}`;
}

export const bytesOf = async (response: Response | Promise<Response>): Promise<Uint8Array> =>
  new Uint8Array(await (await response).arrayBuffer());

/** A body that goes out in chunks: no client can know its length. */
export function chunked(text: string): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

export async function putObject(api: Api, path: string, bytes: Uint8Array, sha256?: string): Promise<Response> {
  return api(`/v1/index/${path}`, {
    method: "PUT",
    body: bytes,
    headers: { [SHA256_HEADER]: sha256 ?? (await sha256Hex(bytes)) },
  });
}

export function refOf(index: RealIndex, change: Partial<Ref> = {}): Ref {
  return {
    format: REF_FORMAT,
    manifest: index.manifestSha256,
    default: "main",
    heads: { main: index.commits.at(-1) ?? "" },
    generation: 1,
    device: "device-a",
    pushedAt: "2026-01-01T00:00:00.000Z",
    source: { name: index.repo, url: "https://example.com/demo.git" },
    ...change,
  };
}

/** Everything but the ref. */
export async function uploadParts(api: Api, index: RealIndex): Promise<void> {
  const { repo, manifest } = index;
  for (const [path, bytes] of index.objects) await mustSucceed(putObject(api, `${repo}/${path}`, bytes));
  for (const { sha256, bytes } of index.snapshots)
    await mustSucceed(api(`/v1/snapshots/${repo}/${manifest.tableId}/${sha256}`, { method: "PUT", body: bytes }));
  await mustSucceed(api(`/v1/manifest/${repo}/${index.manifestSha256}`, { method: "PUT", body: index.manifestBytes }));
}

export function putRef(
  api: Api,
  repo: string,
  ref: Ref,
  condition: Readonly<Record<string, string>>,
): Promise<Response> {
  return api(`/v1/refs/${repo}`, { method: "PUT", body: encodeRef(ref), headers: condition });
}

export const FIRST = { "if-none-match": "*" } as const;

/** @returns the ref's etag, as the header has it */
export async function pushIndex(api: Api, index: RealIndex): Promise<string> {
  await uploadParts(api, index);
  const answer = await mustSucceed(putRef(api, index.repo, refOf(index), FIRST));
  return answer.headers.get("etag") ?? "";
}

/** The notice of a push is written after its answer. @returns what the space was told, once it was told anything */
export async function untilTold(api: Api): Promise<readonly ListedNotice[]> {
  for (;;) {
    const { notifications } = (await (await mustSucceed(api("/v1/notifications"))).json()) as NoticeList;
    if (notifications.length > 0) return notifications;
  }
}

async function mustSucceed(response: Promise<Response>): Promise<Response> {
  const answer = await response;
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/**
 * One request exactly as written, past every URL parser of a client.
 * @param hangUp the client breaks off as soon as all is sent
 * @returns the whole answer
 */
export function rawRequest(url: string, request: string, hangUp = false): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(request, "latin1", () => hangUp && setTimeout(() => socket.resetAndDestroy(), 50)),
    );
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      // workerd keeps the connection open, whatever the request said
      if (isWhole(answer)) socket.destroy();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
    socket.setTimeout(5000, () => socket.destroy(new Error(`no answer to ${JSON.stringify(request.slice(0, 100))}`)));
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /^content-length: (\d+)\r$/im.exec(answer.slice(0, end + 2))?.[1];
  return length === undefined ? answer.endsWith("\r\n0\r\n\r\n") : answer.length >= end + 4 + Number(length);
}
