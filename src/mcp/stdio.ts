/**
 * MCP over stdio: a message a line, both ways. Requests are answered as they are done, in any order. A line that means nothing is answered
 * with an error and forgotten; the end of the input ends it, once what was asked is answered.
 */
import { notJson, parseWire, type WireReply } from "./answer-any.ts";
import { isObject, type JsonObject, readMessage, type RequestId } from "./json-rpc.ts";
import { BATCH_VERSION } from "./versions.ts";

/** Bytes of a line: far more than any call of a tool has. */
const MAX_LINE = 4 * 1024 * 1024;

export interface StdioServer {
  readonly input: AsyncIterable<Uint8Array | string>;
  /** One line, without its end. Ends when the line is taken. */
  readonly write: (line: string) => Promise<void>;
  /** @param batches may the value be an array? @returns undefined: there is nothing to answer */
  readonly answer: (value: unknown, options: { readonly batches: boolean }) => Promise<WireReply | undefined>;
}

export async function serveStdio({ input, write, answer }: StdioServer): Promise<void> {
  /** Requests under way that were not cancelled. */
  const wanted = new Map<RequestId, symbol>();
  const underWay = new Set<Promise<void>>();
  // a client that shook hands says by that whether it knows batches; one that did not may
  let batches = true;

  const handle = async (line: string): Promise<void> => {
    const parsed = parseWire(line);
    if (parsed === undefined) return send(notJson());
    const message = readMessage(parsed.value);
    if (message.kind === "notification" && message.method === "notifications/cancelled") {
      wanted.delete(message.params["requestId"] as RequestId);
      return;
    }
    if (message.kind !== "request") return send(await answer(parsed.value, { batches }));
    const mine = Symbol("request");
    wanted.set(message.id, mine);
    const reply = await answer(parsed.value, { batches });
    if (message.method === "initialize") batches = agreedVersion(reply) === BATCH_VERSION;
    if (wanted.get(message.id) !== mine) return; // cancelled: nobody waits for it
    wanted.delete(message.id);
    await send(reply);
  };
  const send = async (reply: WireReply | undefined): Promise<void> => {
    if (reply !== undefined) await write(JSON.stringify(reply.body));
  };

  for await (const line of linesOf(input)) {
    const work: Promise<void> = (line === undefined ? send(notJson()) : handle(line)).finally(() =>
      underWay.delete(work),
    );
    underWay.add(work);
  }
  await Promise.all(underWay);
}

function agreedVersion(reply: WireReply | undefined): unknown {
  const result = (reply?.body as JsonObject | undefined)?.["result"];
  return isObject(result) ? result["protocolVersion"] : undefined;
}

/** Lines that say something; undefined: one that is too long, or no text. */
async function* linesOf(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const encoder = new TextEncoder();
  let parts: Uint8Array[] = [];
  let size = 0;
  let tooLong = false;
  const take = (part: Uint8Array): void => {
    size += part.length;
    tooLong ||= size > MAX_LINE;
    if (tooLong) parts = [];
    else parts.push(part);
  };
  const end = (): string | undefined => {
    const bytes = new Uint8Array(tooLong ? 0 : size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    const isBad = tooLong;
    [parts, size, tooLong] = [[], 0, false];
    if (isBad) return undefined;
    try {
      return decoder.decode(bytes).trim();
    } catch {
      return undefined; // no UTF-8
    }
  };
  for await (const chunk of input) {
    let rest = typeof chunk === "string" ? encoder.encode(chunk) : chunk;
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      take(rest.subarray(0, at));
      const line = end();
      if (line !== "") yield line;
      rest = rest.subarray(at + 1);
    }
    if (rest.length > 0) take(rest.slice());
  }
  const last = end();
  if (last !== "") yield last;
}
