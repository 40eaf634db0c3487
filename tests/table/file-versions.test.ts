import { expect, test } from "bun:test";
import { FileVersions } from "../../src/table/file-versions.ts";

const file = (path: string, blob = "0".repeat(40)) => ({ path, blob });

test("of one file version with several numbers the greatest counts, in whatever order they are met", () => {
  const versions = new FileVersions();
  versions.add(file("a"), 7);
  versions.add(file("a"), 3);
  expect(versions.idOf(file("a"))).toBe(7);
  expect([3, 7].every((id) => versions.holds(id))).toBe(true);
  expect(versions.nextFileId).toBe(8);
});

test("what was dropped is not there, and its number is not given again", () => {
  const versions = new FileVersions(5);
  expect(versions.nextFileId).toBe(5);
  versions.add(file("kept"), 5);
  versions.add(file("kept", "1".repeat(40)), 6);
  versions.add(file("gone"), 7);
  versions.drop(new Set([6, 7]));
  expect(versions.idOf(file("kept"))).toBe(5);
  expect(versions.idOf(file("gone"))).toBeUndefined();
  expect([5, 6, 7].map((id) => versions.holds(id))).toEqual([true, false, false]);
  expect(["kept", "gone"].map((path) => versions.holdsPath(path))).toEqual([true, false]);
  expect([versions.count, versions.nextFileId]).toEqual([1, 8]);
});
