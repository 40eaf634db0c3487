import { describe, expect, test } from "bun:test";
import {
  blockChecksums,
  CHECKED_BLOCK_BYTES,
  decodeChecksums,
  encodeChecksums,
} from "../../src/bytes/block-checksums.ts";
import { checkedDirectory } from "../../src/bytes/checked-directory.ts";
import { memoryDirectory } from "../../src/bytes/memory-source.ts";
import { countedDirectory, ReadStats } from "../../src/bytes/stats.ts";
import { crc32 } from "../../src/protocol/crc32.ts";
import { sha256Hex } from "../../src/protocol/hash.ts";
import { codeOf, randomBytes } from "../helpers/sync-fixtures.ts";

describe("checksums", () => {
  test("are those of zip: the check value of the standard, and Bun's own", () => {
    expect(crc32(new TextEncoder().encode("123456789"), 0, 9)).toBe(0xcbf43926);
    const bytes = randomBytes(1000);
    for (let length = 0; length < 40; length++)
      expect(crc32(bytes, 7, 7 + length)).toBe(Bun.hash.crc32(bytes.subarray(7, 7 + length)));
  });

  test("are read back, and only as many as the object has blocks", () => {
    for (const size of [0, 1, CHECKED_BLOCK_BYTES, CHECKED_BLOCK_BYTES + 1, 100_000]) {
      const checksums = blockChecksums(randomBytes(size));
      expect(decodeChecksums(encodeChecksums(checksums), size)).toEqual(checksums);
      expect(decodeChecksums(encodeChecksums(checksums), size + CHECKED_BLOCK_BYTES)).toBeUndefined();
    }
    expect(decodeChecksums("!!!!!!!!", 100)).toBeUndefined();
  });
});

const SIZE = 5 * CHECKED_BLOCK_BYTES + 123;
const PATH = "data/a.lance";

/** A table of one file, as it is on the disk and as its manifest has it. */
async function tableOf(listed: "crc32" | "sha256 alone") {
  const bytes = randomBytes(SIZE);
  const stats = new ReadStats();
  const files = countedDirectory(memoryDirectory(new Map([[PATH, bytes]])), stats);
  const object = {
    path: `files.lance/${PATH}`,
    size: SIZE,
    sha256: await sha256Hex(bytes),
    ...(listed === "crc32" && { crc32: encodeChecksums(blockChecksums(bytes)) }),
  };
  const open = () => checkedDirectory(files, { objects: [object], prefix: "files.lance/", unlisted: "refuse" });
  return { bytes, stats, open };
}

describe.each(["crc32", "sha256 alone"] as const)("an object with %s", (listed) => {
  test("gives the bytes asked for", async () => {
    const { bytes, open } = await tableOf(listed);
    const ranges = [
      { offset: 10, length: 5 },
      { offset: 0, length: 0 },
      { offset: CHECKED_BLOCK_BYTES - 2, length: 4 },
      { offset: SIZE - 1, length: 1 },
      { offset: 0, length: SIZE },
    ];
    const read = await open().open(PATH).read(ranges);
    expect(read).toEqual(ranges.map(({ offset, length }) => bytes.slice(offset, offset + length)));
  });

  test("refuses a read of a block with any one byte flipped, and of no other once it is known", async () => {
    const { bytes, open } = await tableOf(listed);
    for (let at = 3; at < SIZE; at += 997) {
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
      expect(
        await codeOf(
          open()
            .open(PATH)
            .read([{ offset: at, length: 1 }]),
        ),
      ).toBe("corrupt_index");
      expect(
        await codeOf(
          open()
            .open(PATH)
            .read([{ offset: 0, length: SIZE }]),
        ),
      ).toBe("corrupt_index");
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
    }
    const source = open().open(PATH);
    await source.read([{ offset: 0, length: 1 }]);
    bytes[SIZE - 1] = (bytes[SIZE - 1] as number) ^ 1;
    expect(await codeOf(source.read([{ offset: 0, length: 1 }]))).toBe("no error");
    expect(await codeOf(source.read([{ offset: SIZE - 1, length: 1 }]))).toBe("corrupt_index");
  });
});

test("ranges in one block are one read of it", async () => {
  const { stats, open } = await tableOf("crc32");
  await open()
    .open(PATH)
    .read([5, 900, 4000].map((offset) => ({ offset, length: 8 })));
  expect([stats.requests, stats.bytes]).toEqual([1, CHECKED_BLOCK_BYTES]);
});

test("an object without checksums is read whole once", async () => {
  const { stats, open } = await tableOf("sha256 alone");
  const directory = open();
  for (let i = 0; i < 3; i++) await directory.open(PATH).read([{ offset: i, length: 8 }]);
  expect(stats.bytes).toBe(SIZE + 3 * CHECKED_BLOCK_BYTES);
});

test("a file that the manifest does not list is refused", async () => {
  const { open } = await tableOf("crc32");
  expect(
    await codeOf(
      open()
        .open("data/b.lance", 10)
        .read([{ offset: 0, length: 1 }]),
    ),
  ).toBe("corrupt_index");
});
