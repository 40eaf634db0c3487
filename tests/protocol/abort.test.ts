import { expect, test } from "bun:test";
import { throwIfAborted, untilAborted } from "../../src/protocol/abort.ts";

const never = () => new Promise<never>(() => {});

test("work that never ends, ends with the signal", async () => {
  const caller = new AbortController();
  const work = untilAborted(caller.signal, never);
  caller.abort();
  await expect(work).rejects.toMatchObject({ code: "interrupted" });
});

test("after the signal nothing is started; without it, what the work gives is given", async () => {
  let started = 0;
  const work = async () => ++started;
  await expect(untilAborted(AbortSignal.abort(), work)).rejects.toMatchObject({ code: "interrupted" });
  expect(started).toBe(0);
  expect(await untilAborted(undefined, work)).toBe(1);
  expect(await untilAborted(new AbortController().signal, work)).toBe(2);
  expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
});

test("work that fails after the signal is nobody's unhandled error, and no listener stays", async () => {
  const { signal, abort } = spied();
  let fail: (error: Error) => void = () => {};
  const work = untilAborted(signal, () => new Promise<never>((_, reject) => (fail = reject)));
  abort();
  await expect(work).rejects.toMatchObject({ code: "interrupted" });
  fail(new Error("too late"));
  await Bun.sleep(0);
  const other = spied();
  await untilAborted(other.signal, async () => 1);
  expect(other.listeners()).toBe(0);
});

/** A signal that counts who listens. */
function spied(): { signal: AbortSignal; abort: () => void; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
  return { signal, abort: () => controller.abort(), listeners: () => listeners };
}
