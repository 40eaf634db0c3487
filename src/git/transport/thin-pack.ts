/**
 * Makes isomorphic-git's request for a pack ask for a thin one. Only then does a server leave out, for a shallow client,
 * the files that the client's last commit has: without it every fetch brings the whole tree again (git: pack-objects
 * marks the edges of a shallow history only for thin packs). Deltas in a thin pack may name a base in another pack; our
 * reader and isomorphic-git follow them, git's own tools call such a pack incomplete.
 */
import { GIT_ID_HEX } from "../../protocol/ids.ts";

const CAPABILITY = " thin-pack";

const FIRST_WANT = new RegExp(`^want ${GIT_ID_HEX} [^\n]+\n$`);

/**
 * @param body pkt-lines: 4 hex digits of length, themselves counted, then `want <id> <capabilities>\n` first of all
 * @returns the same with one more capability; unchanged when it does not start as expected
 */
export function askForThinPack(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(body);
  const length = Number.parseInt(bytes.toString("latin1", 0, 4), 16);
  const line = bytes.toString("latin1", 4, length);
  if (!FIRST_WANT.test(line)) return bytes;
  const asking = line.replace(/\n$/, `${CAPABILITY}\n`);
  const head = (asking.length + 4).toString(16).padStart(4, "0") + asking;
  return Buffer.concat([Buffer.from(head, "latin1"), bytes.subarray(length)]);
}
