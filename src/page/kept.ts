/**
 * Answers kept on the device, by space: the last searches and the last files that were opened. The network goes first; only when
 * it does not answer is what was kept given, and `keptAt` says since when. All of it goes when one signs out.
 */
import { checkDocument, type DocumentType } from "../protocol/decode.ts";
import { type Ask, ask, chosenSpace } from "./api.ts";
import { clearKept, getKept, type KeptEntry, type KeptKind, putKept } from "./kept-store.ts";
import { PageProblem } from "./problem.ts";
import { whenLeaving } from "./session.ts";

/** Of each kind and space. */
const MOST = 50;
/** Characters of JSON; a larger file is no reading for a phone without network. */
const LARGEST = 1_000_000;
/** ms that an answer to what is being typed must stand before it is worth a place. */
const SETTLED = 1500;

const keptSince = new WeakMap<object, number>();

/** ms since the epoch, of an answer that comes from the device; undefined: the server gave it just now. */
export const keptAt = (answer: object): number | undefined => keptSince.get(answer);

/**
 * As `ask`, with what was kept when the server cannot be reached.
 * @param worth is the answer worth a place? @throws PageProblem
 */
export async function askOrKept<T extends object>(
  kind: KeptKind,
  of: Ask<T>,
  worth: (answer: T) => boolean = () => true,
): Promise<T> {
  const space = chosenSpace() ?? "";
  const asked = turn;
  try {
    const answer = await ask(of);
    if (asked === turn && worth(answer))
      keep({ space, path: of.path, kind, at: Date.now(), body: answer }, kind === "search" ? SETTLED : 0);
    return answer;
  } catch (error) {
    const kept = isOffline(error) ? await readKept(of.type, of.path) : undefined;
    of.signal?.throwIfAborted();
    if (!kept) throw error;
    return kept;
  }
}

/** undefined: nothing, or a page of another version kept it in another shape. */
export async function readKept<T extends object>(type: DocumentType<T>, path: string): Promise<T | undefined> {
  const kept = await getKept(chosenSpace() ?? "", path);
  if (!kept) return undefined;
  try {
    const answer = checkDocument(type, kept.body);
    keptSince.set(answer, kept.at);
    return answer;
  } catch {
    return undefined; // as said above
  }
}

/** The network broke, or something on the way (a hotel's portal) lets nothing through. */
export const isOffline = (error: unknown): boolean => error instanceof PageProblem && error.code === "offline";

/** What waits for its place; a sign-out drops it. */
let waiting: { readonly timer: ReturnType<typeof setTimeout>; readonly write: () => void } | undefined;
/** Counts sign-outs: what was asked before one is not kept after it. */
let turn = 0;

function keep(entry: KeptEntry, delay: number): void {
  if (JSON.stringify(entry.body).length > LARGEST) return;
  const write = () => void putKept(entry, MOST);
  if (delay === 0) return write();
  clearTimeout(waiting?.timer);
  waiting = { timer: setTimeout(write, delay), write };
  return undefined;
}

// a phone may end a page that is put away: what waits is written now
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || !waiting) return;
  clearTimeout(waiting.timer);
  waiting.write();
  waiting = undefined;
});

whenLeaving(() => {
  turn++;
  clearTimeout(waiting?.timer);
  waiting = undefined;
  void clearKept();
});
