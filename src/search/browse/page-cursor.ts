/**
 * Where a list goes on: opaque to the client, but nothing secret and nothing that is trusted. A cursor names the commits that the list
 * is of, so that its pages are of one state of the index, and belongs to one question.
 */
import { DEFAULT_PAGE, MAX_PAGE } from "../../protocol/browse-api.ts";
import { crc32 } from "../../protocol/crc32.ts";
import { RepobaseError } from "../../protocol/errors.ts";

/** Longer than any path that an index holds, in base64. */
const MAX_CURSOR = 12_000;

export interface PageCursor {
  /** Of the list, as the question names them in order. */
  readonly commits: readonly string[];
  /** What the last page ended with; the list says in what order. */
  readonly after: string;
}

/** All that the question says but for cursor and limit. */
export type PageQuestion = readonly (string | null | undefined)[];

export function encodePageCursor(question: PageQuestion, { commits, after }: PageCursor): string {
  const bytes = new TextEncoder().encode(JSON.stringify([fingerprint(question), after, ...commits]));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * @param text as a client sent it; undefined or empty: the first page
 * @throws RepobaseError `usage` for what is no cursor of this question
 */
export function decodePageCursor(question: PageQuestion, text: string | undefined): PageCursor | undefined {
  if (text === undefined || text === "") return undefined;
  const parts = partsOf(text);
  const [asked, after, ...commits] = parts ?? [];
  if (asked === undefined || after === undefined)
    throw new RepobaseError("usage", `not a cursor: ${JSON.stringify(text.slice(0, 40))}`, {
      hint: "take `next` of the page before, as it is",
    });
  if (asked !== fingerprint(question))
    throw new RepobaseError("usage", "the cursor is of another question", {
      hint: "ask with the same parameters as for the first page, but for `limit`",
    });
  return { commits, after };
}

function partsOf(text: string): string[] | undefined {
  if (text.length > MAX_CURSOR) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return Array.isArray(value) && value.every((part) => typeof part === "string") ? value : undefined;
  } catch {
    return undefined; // no base64, no UTF-8 or no JSON: no cursor
  }
}

function fingerprint(question: PageQuestion): string {
  const bytes = new TextEncoder().encode(JSON.stringify(question.map((part) => part || null)));
  return crc32(bytes, 0, bytes.length).toString(16);
}

/** @throws RepobaseError `usage` */
export function pageLimit(text: string | undefined, usual = DEFAULT_PAGE, most = MAX_PAGE): number {
  const limit = text === undefined || text === "" ? usual : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > most)
    throw new RepobaseError("usage", `limit must be a whole number from 1 to ${most}`);
  return limit;
}

/**
 * The first `count` by key of those above `after`, ascending. Takes the time of one look at each where `count` is small: a page of a
 * long list needs no sorted list.
 */
export function pageAfter<T>(
  items: Iterable<T>,
  of: { readonly key: (item: T) => string; readonly after: string | undefined; readonly count: number },
): { readonly page: readonly T[]; readonly more: boolean } {
  const { key, after, count } = of;
  const kept: { key: string; item: T }[] = [];
  let bound: string | undefined;
  const cut = () => {
    kept.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    if (kept.length > count + 1) kept.length = count + 1;
    if (kept.length === count + 1) bound = kept.at(-1)?.key;
  };
  for (const item of items) {
    const own = key(item);
    if ((after !== undefined && own <= after) || (bound !== undefined && own > bound)) continue;
    kept.push({ key: own, item });
    if (kept.length >= 4 * (count + 1)) cut();
  }
  cut();
  return { page: kept.slice(0, count).map(({ item }) => item), more: kept.length > count };
}
