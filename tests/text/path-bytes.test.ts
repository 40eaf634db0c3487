import { expect, test } from "bun:test";
import { seededRandom } from "../../lab/quality/random.ts";
import { bytesOfPath, pathOfBytes } from "../../src/text/path-bytes.ts";

const pathOf = (bytes: Buffer) => pathOfBytes(bytes.toString("utf8"), () => bytes);
const latin1 = (name: string) => Buffer.from(name, "latin1");

test("UTF-8 stands for itself; other bytes, and what looks like them, are escaped", () => {
  const cases = [
    ["src/größe.ts", Buffer.from("src/größe.ts")],
    ["caf\\xe9.py", latin1("caf\xe9.py")],
    ["d\\xff/in.py", latin1("d\xff/in.py")],
    ["caf\\x5cxe9.py", Buffer.from("caf\\xe9.py")],
    ["a\\x5cx5cb", Buffer.from("a\\x5cb")],
    ["a\\b\\x41\\xE9", Buffer.from("a\\b\\x41\\xE9")],
    ["\ufffd", Buffer.from("\ufffd")],
  ] as const;
  for (const [path, bytes] of cases) {
    expect(pathOf(bytes)).toBe(path);
    expect(Buffer.from(bytesOfPath(path))).toEqual(bytes);
  }
});

test("no two names have one path", () => {
  const random = seededRandom("names");
  const pieces = [..."\\x5ce9af/é", "\\x", "\\x5c", "\\xe9"]
    .map((text) => Buffer.from(text))
    .concat([latin1("\xe9"), latin1("\xff")]);
  const seen = new Map<string, string>();
  for (let run = 0; run < 5000; run++) {
    const bytes = Buffer.concat(
      Array.from({ length: Math.floor(random() * 7) }, () => pieces[Math.floor(random() * pieces.length)] as Buffer),
    );
    const path = pathOf(bytes);
    expect(Buffer.from(bytesOfPath(path)).toString("hex")).toBe(bytes.toString("hex"));
    expect(seen.get(path) ?? bytes.toString("hex")).toBe(bytes.toString("hex"));
    seen.set(path, bytes.toString("hex"));
  }
});
