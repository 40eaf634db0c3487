/** An HTTP answer with its body in memory, and what is told from it whoever asked. */
import { RepobaseError } from "../protocol/errors.ts";
import type { StallWatch } from "./stall-watch.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The whole body. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** No answer of ours is near this large: whoever sends more is no server of ours. */
const MAX_BYTES = 256 << 20;

/** @throws RepobaseError `transient` when the body ended before its Content-Length, or does not end */
export async function readAnswer(response: Response, watch: StallWatch, hasBody: boolean): Promise<Answer> {
  const { status, headers } = response;
  watch.moved(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    watch.moved(chunk.length);
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) throw malformed(`the answer has more than ${MAX_BYTES} bytes`);
  }
  const announced = headers.get("content-length");
  if (hasBody && announced !== null && !headers.has("content-encoding") && Number(announced) !== size)
    throw new RepobaseError("transient", `the answer had ${size} of ${announced} bytes`);
  return { status, headers, bytes: joined(chunks, size) };
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const typeOf = ({ headers }: Answer): string => headers.get("content-type") ?? "";

/** An error in the API's own words. */
export const isProblem = (answer: Answer): boolean => typeOf(answer).startsWith("application/problem+json");

export const isWebPage = (answer: Answer): boolean => /^text\/html\b/i.test(typeOf(answer));

/** No answer that a Repobase server gives: worth another try or two, as a proxy's page may be gone by then. */
export function malformed(message: string, hint = "is this the address of a Repobase server?"): RepobaseError {
  return new RepobaseError("transient", message, { hint, fields: { malformed: true } });
}
