/**
 * Pure reader and writer of what a server says it has (https://git-scm.com/docs/http-protocol, version 0 and 1):
 *
 *   "# service=git-upload-pack\n" flush
 *   <id> SP <name> NUL <capabilities>\n   then <id> SP <name>\n for each other ref; `<tag>^{}` is what a tag points at
 *   flush
 *
 * The server is a stranger. What comes out holds only ids of 40 hex digits and names of branches and tags that git itself
 * would take; everything else is passed over as if it were not there.
 */
import { isGitId } from "../../protocol/ids.ts";
import { isBranchOrTag } from "../objects/ref-name.ts";
import { encodePacket, FLUSH, readPacket } from "./pkt-line.ts";

export interface RemoteRef {
  /** In full: `refs/heads/...` or `refs/tags/...`. */
  readonly name: string;
  /** 40 hex digits. */
  readonly id: string;
  /** Of an annotated tag: the object it points at in the end. */
  readonly peeled: string | null;
}

export interface Advertisement {
  readonly refs: readonly RemoteRef[];
  readonly head: {
    /** null: the remote has no HEAD. */
    readonly id: string | null;
    /** The branch it names, in full; null where the server does not say. */
    readonly branch: string | null;
  };
  readonly capabilities: ReadonlySet<string>;
}

const SERVICE = "# service=git-upload-pack";

/** `cut`: it ends before its end. `garbage`: this is no list of refs. */
export function parseAdvertisement(bytes: Buffer): Advertisement | "cut" | "garbage" {
  const lines = readLines(bytes);
  if (!Array.isArray(lines)) return lines;
  const ids = new Map<string, string>();
  let capabilities: ReadonlySet<string> = new Set();
  for (const [number, line] of lines.entries()) {
    const [ref = "", rest] = line.split("\0");
    if (number === 0 && rest !== undefined) capabilities = new Set(rest.split(" ").filter((word) => word !== ""));
    const id = ref.slice(0, 40);
    if (ref[40] !== " ") return "garbage";
    // the first of two wins: a later line must not change what an earlier one said
    if (isGitId(id) && !ids.has(ref.slice(41))) ids.set(ref.slice(41), id);
  }
  const refs = Array.from(ids, ([name, id]) => ({ name, id, peeled: ids.get(`${name}^{}`) ?? null }));
  return {
    refs: refs.filter(({ name }) => isBranchOrTag(name)),
    head: { id: ids.get("HEAD") ?? null, branch: headBranch(capabilities) },
    capabilities,
  };
}

/** The lines after the service's, without their line ends. */
function readLines(bytes: Buffer): string[] | "cut" | "garbage" {
  const lines: string[] = [];
  let inRefs = false;
  for (let at = 0; at < bytes.length;) {
    const read = readPacket(bytes, at);
    if (typeof read === "string") return read;
    at = read.next;
    if (read.packet === null) {
      if (inRefs) return lines; // what may follow is no part of the list
      continue;
    }
    const line = read.packet.toString("utf8").replace(/\n$/, "");
    if (lines.length === 0 && line === SERVICE) {
      const flush = readPacket(bytes, at);
      if (typeof flush === "string") return flush;
      if (flush.packet === null) at = flush.next;
      if (at === bytes.length) return "cut";
      inRefs = true;
      continue;
    }
    if (!inRefs) return "garbage";
    lines.push(line);
  }
  return "cut";
}

function headBranch(capabilities: ReadonlySet<string>): string | null {
  for (const word of capabilities) {
    const target = /^symref=HEAD:(.*)$/.exec(word)?.[1];
    if (target?.startsWith("refs/heads/") === true && isBranchOrTag(target)) return target;
  }
  return null;
}

/** The same list with nothing but one ref, and HEAD at the same object, for code that must not see what else a server sent. */
export function encodeAdvertisement(ref: RemoteRef, capabilities: Iterable<string>): Buffer {
  const kept = Array.from(capabilities).filter((word) => !word.startsWith("symref="));
  return Buffer.concat([
    encodePacket(`${SERVICE}\n`),
    FLUSH,
    encodePacket(`${ref.id} HEAD\0${kept.join(" ")}\n`),
    encodePacket(`${ref.id} ${ref.name}\n`),
    FLUSH,
  ]);
}
