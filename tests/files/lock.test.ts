/** One lock, two faces: held by a command, or for the moment of a replacement. Against this process and others. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLock, withFileLock } from "../../src/files/lock.ts";
import { RepobaseError } from "../../src/protocol/errors.ts";
import { codeOf } from "../helpers/sync-fixtures.ts";

const dir = mkdtempSync(join(tmpdir(), "repobase-lock-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a second holder is told at once what is worked on, and a released lock is free", async () => {
  const file = join(dir, "locks/a");
  const lock = await acquireLock(file, "repo-a");
  await expect(acquireLock(file, "repo-a")).rejects.toMatchObject({
    code: "busy",
    message: expect.stringContaining('"repo-a"'),
  });
  lock.release();
  (await acquireLock(file, "repo-a")).release();
});

test("one who waits gets it, and meanwhile the process is not held up", async () => {
  const file = join(dir, "b");
  const lock = await acquireLock(file, "b");
  const waiting = acquireLock(file, "b", 60_000);
  await new Promise((resolve) => setTimeout(resolve, 1)); // a blocked process would never come back here
  lock.release();
  (await waiting).release();
});

test("work under one lock is done in turns, and goes on after a failure", async () => {
  const file = join(dir, "c");
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await Bun.sleep(1);
    log.push(`${name} ends`);
    if (name === "b") throw new RepobaseError("failure", "b failed");
  };
  const [, b] = await Promise.all([
    withFileLock(file, work("a")),
    codeOf(withFileLock(file, work("b"))),
    withFileLock(file, work("c")),
  ]);
  expect(b).toBe("failure");
  expect(log).toEqual(["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

test("a killed holder leaves the lock free", async () => {
  const file = join(dir, "d");
  const script = `
    import { acquireLock } from ${JSON.stringify(join(import.meta.dir, "../../src/files/lock.ts"))};
    globalThis.kept = await acquireLock(process.argv[1], "d");
    console.log("held");
    setInterval(() => globalThis.kept, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", script, file], { stdout: "pipe" });
  await child.stdout.getReader().read();
  expect(await codeOf(acquireLock(file, "d"))).toBe("busy");
  child.kill("SIGKILL");
  await child.exited;
  await withFileLock(file, async () => undefined);
});
