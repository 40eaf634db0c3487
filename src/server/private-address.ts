/**
 * Which hosts a server must not be sent to by those who use it: this machine, the network behind it, and what is no address of one
 * machine. A host as `URL` gives it, which has already turned `0x7f.1` and `2130706433` into `127.0.0.1`.
 */

/** Names of networks that nobody outside reaches: RFC 6761, 6762, 8375, 9476. */
const PRIVATE_NAMES =
  /(^|\.)(localhost|local|internal|intranet|lan|private|corp|home|home\.arpa|alt|test|invalid|onion)$/;

/** Network and length of its prefix in bits. RFC 6890: what is private, this machine, shared, reserved, or many machines. */
const PRIVATE_V4 = [
  [[0, 0, 0, 0], 8],
  [[10, 0, 0, 0], 8],
  [[100, 64, 0, 0], 10],
  [[127, 0, 0, 0], 8],
  [[169, 254, 0, 0], 16],
  [[172, 16, 0, 0], 12],
  [[192, 0, 0, 0], 24],
  [[192, 0, 2, 0], 24],
  [[192, 168, 0, 0], 16],
  [[198, 18, 0, 0], 15],
  [[198, 51, 100, 0], 24],
  [[203, 0, 113, 0], 24],
  [[224, 0, 0, 0], 3],
] as const;

/** 32 bits at the front of addresses that have an IPv4 address behind them, and where it begins: mapped, NAT64, 6to4. */
const V4_WITHIN = [
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 12],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 12],
  [[0, 0x64, 0xff, 0x9b], 12],
  [[0x20, 0x02], 2],
] as const;

/** @param hostname as `URL.hostname` has it, or an address as a resolver gives it. A name without a dot is of a network of one's own. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  const v4 = bytesOfV4(host);
  if (v4) return isPrivateV4(v4);
  if (host.includes(":")) {
    const v6 = bytesOfV6(host.replace(/^\[|\]$/g, ""));
    return v6 === undefined || isPrivateV6(v6);
  }
  return !host.includes(".") || PRIVATE_NAMES.test(host);
}

/** This machine, by a name or address that means nothing else. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  return host === "localhost" || host === "[::1]" || host === "::1" || bytesOfV4(host)?.[0] === 127;
}

function isPrivateV4(bytes: readonly number[]): boolean {
  return PRIVATE_V4.some(([network, bits]) => startsWith(bytes, network, bits));
}

function isPrivateV6(bytes: readonly number[]): boolean {
  const [first = 0, second = 0] = bytes;
  // fc00::/7, fe80::/10 and the old fec0::/10, ff00::/8
  if ((first & 0xfe) === 0xfc || (first === 0xfe && second >= 0x80) || first === 0xff) return true;
  if (startsWith(bytes, [0x20, 0x01, 0x0d, 0xb8], 32)) return true;
  return V4_WITHIN.some(
    ([front, at]) => startsWith(bytes, front, front.length * 8) && isPrivateV4(bytes.slice(at, at + 4)),
  );
}

function startsWith(bytes: readonly number[], front: readonly number[], bits: number): boolean {
  for (let bit = 0; bit < bits; bit++) {
    const mask = 0x80 >> (bit % 8);
    const at = bit >> 3;
    if (((bytes[at] ?? 0) & mask) !== ((front[at] ?? 0) & mask)) return false;
  }
  return true;
}

function bytesOfV4(host: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return undefined;
  const bytes = host.split(".").map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : undefined;
}

/** undefined: not one. */
function bytesOfV6(text: string): number[] | undefined {
  const [address = ""] = text.split("%");
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const tail = dotted ? bytesOfV4(dotted[2] ?? "") : [];
  if (tail === undefined) return undefined;
  const [head = "", rest, more] = (dotted ? (dotted[1] ?? "").replace(/([^:]):$/, "$1") : address).split("::");
  if (more !== undefined) return undefined;
  const [front, back] = [groups(head), groups(rest ?? "")];
  const missing = 16 - front.length - back.length - tail.length;
  if (rest === undefined ? missing !== 0 : missing < 0) return undefined;
  const bytes = [...front, ...Array<number>(missing).fill(0), ...back, ...tail];
  return bytes.some(Number.isNaN) ? undefined : bytes;
}

const groups = (text: string): number[] =>
  text === ""
    ? []
    : text.split(":").flatMap((group) => {
        const value = /^[0-9a-f]{1,4}$/.test(group) ? parseInt(group, 16) : NaN;
        return [value >> 8, Number.isNaN(value) ? NaN : value & 0xff];
      });
