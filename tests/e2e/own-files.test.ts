/** What the binary leaves on a disk: for its user alone, native libraries in the home and not in the folder for temporary files, and none for a search. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFiles } from "../helpers/git-server.ts";
import { Machine } from "./support.ts";

let dir: string;
let machine: Machine;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "repobase-own-"));
  machine = new Machine({}, false);
  await writeFiles(join(dir, "source"), { "open.ts": "export function openTheDoor() {}\n" });
  const { code, stderr } = await machine.run(["add", join(dir, "source")]);
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => {
  machine.remove();
  rmSync(dir, { recursive: true, force: true });
});

/** Paths below `folder` that somebody else may read or write. */
const openTo = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => {
    const stats = lstatSync(join(folder, path));
    return !stats.isSymbolicLink() && (stats.mode & 0o077) !== 0;
  });

test("an index, its locks and configuration are for their user alone, files of native code included", () => {
  expect(lstatSync(machine.home).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(machine.home, "index"), { recursive: true }).length).toBeGreaterThan(5);
  expect(openTo(machine.home)).toEqual([]);
});

test("libraries are in the home, and the folder for temporary files is as it was; a search unpacks none", async () => {
  const native = join(machine.home, "native");
  const [hash = ""] = readdirSync(native);
  expect(readdirSync(join(native, hash))).toEqual(["lancedb.node"]);
  expect(readdirSync(join(machine.dir, "tmp"))).toEqual([]);
  rmSync(native, { recursive: true });
  const { code, stdout } = await machine.run(["search", "open the door"]);
  expect([code, stdout.includes("open.ts"), existsSync(native)]).toEqual([0, true, false]);
  expect(readdirSync(join(machine.dir, "tmp"))).toEqual([]);
});

test("a folder that cannot be used is named, and npm is not blamed", async () => {
  const native = join(machine.home, "native");
  rmSync(native, { recursive: true, force: true });
  await Bun.write(native, "in the way");
  await writeFiles(join(dir, "source"), { "close.ts": "export function closeTheDoor() {}\n" });
  const { code, stderr } = await machine.run(["index", "--all"]);
  expect(code).toBe(1);
  expect(stderr).toContain(native);
  expect(stderr).not.toContain("npm");
  rmSync(native);
});

test("a served folder is for its user alone", async () => {
  const served = machine.spawn(["serve", "--port", "0", "--data", join(machine.dir, "bucket"), "--json"]);
  const { url, adminToken } = await firstLine(served.stdout);
  const headers = { authorization: `Bearer ${adminToken}` };
  const answer = await fetch(`${url}/v1/admin/keys`, { method: "POST", headers, body: '{"userId":"ann"}' });
  expect(answer.status).toBe(201);
  served.kill();
  await served.exited;
  expect(lstatSync(join(machine.dir, "bucket")).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(machine.dir, "bucket"))).toContain("server.json");
  expect(openTo(join(machine.dir, "bucket"))).toEqual([]);
});

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<{ url: string; adminToken: string }> {
  let text = "";
  for await (const part of stream) {
    text += new TextDecoder().decode(part);
    if (text.includes("\n")) break;
  }
  return JSON.parse(text.split("\n")[0] ?? "") as { url: string; adminToken: string };
}
