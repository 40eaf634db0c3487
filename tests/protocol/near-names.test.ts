/** What a mistyped name may have meant. */
import { expect, test } from "bun:test";
import { didYouMean, nearNames } from "../../src/protocol/near-names.ts";

test.each([
  ["serch", ["search", "show"], ["search"]],
  ["Mian", ["main", "topic"], ["main"]], // swapped letters are one slip, capitals none
  ["p", ["push", "pull", "status"], ["pull", "push"]], // a beginning
  ["topic", ["my/topic", "topics"], ["topics", "my/topic"]], // a part
  ["up", ["setup", "down"], []], // two letters are a part of too much
  ["", ["main"], []],
  ["x".repeat(101), ["x".repeat(101)], []],
  ["aa", ["ab", "ac", "ad", "ae"], ["ab", "ac", "ad"]],
])("%p among %p: %p", (wanted, known, near) => {
  expect(nearNames(wanted, known)).toEqual(near);
});

test("said in words", () => {
  expect([didYouMean([]), didYouMean(["a"]), didYouMean(['b"', "c"])]).toEqual([
    "",
    'did you mean "a"?',
    'did you mean "b\\"" or "c"?',
  ]);
});
