/** The page's icon as PNG, for launchers that take no SVG. It is drawn here as src/page/icon.svg is: one stroke on a ground. */
import { crc32, deflateSync } from "node:zlib";

/** The side of the SVG's square; lengths below are in its units. */
const SIDE = 64;
const GROUND = [0x1f, 0x4f, 0xd8] as const;
const INK = [0xff, 0xff, 0xff] as const;
const HALF_STROKE = 3;
/** From, to. */
const SEGMENTS = [
  [20, 16, 38, 16],
  [38, 36, 20, 36],
  [20, 16, 20, 48],
  [34, 36, 46, 48],
] as const;
/** The right half of a circle. */
const ARC = { x: 38, y: 26, radius: 10 };

/** Fills the whole square, so that a launcher may cut any shape out of it. @param size pixels a side */
export function iconPng(size: number): Uint8Array<ArrayBuffer> {
  const row = 1 + size * 3;
  const rows = Buffer.alloc(size * row);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const beside = distance(((x + 0.5) * SIDE) / size, ((y + 0.5) * SIDE) / size) - HALF_STROKE;
      // an edge is smoothed over one pixel
      const share = Math.min(1, Math.max(0, 0.5 - (beside * size) / SIDE));
      rows.set(
        GROUND.map((from, i) => Math.round(from + ((INK[i] ?? 0) - from) * share)),
        y * row + 1 + x * 3,
      );
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8); // 8 bits a channel, red green blue
  const parts = [part("IHDR", head), part("IDAT", deflateSync(rows, { level: 9 })), part("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...parts]));
}

/** To the middle of the stroke. */
function distance(x: number, y: number): number {
  const arc = x < ARC.x ? Infinity : Math.abs(Math.hypot(x - ARC.x, y - ARC.y) - ARC.radius);
  return Math.min(arc, ...SEGMENTS.map(([ax, ay, bx, by]) => toSegment(x, y, { ax, ay, bx, by })));
}

function toSegment(x: number, y: number, { ax, ay, bx, by }: Record<"ax" | "ay" | "bx" | "by", number>): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

function part(name: string, body: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(name, 4, "latin1");
  out.set(body, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}
