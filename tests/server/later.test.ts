/** Work after the answer: its failures are the operator's, and a server that stops waits for it. */
import { expect, test } from "bun:test";
import { createBackground } from "../../src/server/later.ts";

test("what fails, at once or later, is told and ends nothing else", async () => {
  const told: string[] = [];
  const { later, settled } = createBackground({
    onFailure: ({ path, error }) => told.push(`${path}: ${String(error)}`),
  });
  const done: string[] = [];
  later("first", () => {
    throw new Error("at once");
  });
  later("second", async () => {
    await Promise.resolve();
    // begun by what is under way
    later("third", async () => {
      await Promise.resolve();
      done.push("third");
      throw new Error("late");
    });
  });
  await settled();
  expect(done).toEqual(["third"]);
  expect(told.sort()).toEqual(["first: Error: at once", "third: Error: late"]);
  await settled();
});

test("on Cloudflare the runtime is given each piece of work, which never rejects", async () => {
  const kept: Promise<unknown>[] = [];
  const { later } = createBackground({ onFailure: () => undefined, keepAlive: (work) => kept.push(work) });
  later("work", async () => {
    throw new Error("no");
  });
  expect(kept.length).toBe(1);
  expect(await kept[0]).toBeUndefined();
});
