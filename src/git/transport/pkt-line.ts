/**
 * Pure reader and writer of git's packet lines (https://git-scm.com/docs/protocol-common): 4 hex digits of length, themselves
 * counted, then the bytes. `0000` is a flush, which ends a section.
 */

/** A packet, or null for a flush. */
export type Packet = Buffer | null;

export interface PacketRead {
  readonly packet: Packet;
  /** Where the next one starts. */
  readonly next: number;
}

/** What stands at a place. `cut`: the bytes end within it. `garbage`: no packet starts so. */
export function readPacket(bytes: Buffer, at: number): PacketRead | "cut" | "garbage" {
  const digits = bytes.toString("latin1", at, at + 4);
  if (!/^[0-9a-fA-F]*$/.test(digits)) return "garbage";
  if (digits.length < 4) return "cut";
  const length = Number.parseInt(digits, 16);
  if (length === 0) return { packet: null, next: at + 4 };
  if (length < 4) return "garbage"; // 1 to 3 mean something in protocol 2 only
  if (at + length > bytes.length) return "cut";
  return { packet: bytes.subarray(at + 4, at + length), next: at + length };
}

export const FLUSH = Buffer.from("0000");

/** @param content at most 65,516 bytes */
export function encodePacket(content: string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}
