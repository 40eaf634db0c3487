import { expect, test } from "bun:test";
import { isBranchName, isBranchOrTag, isRefName } from "../../src/git/objects/ref-name.ts";

/** The cases of git's own t1402-check-ref-format.sh, and those a hostile server would think of. */
const NAMES = [
  "",
  "/",
  "foo",
  "foo/bar/baz",
  "refs///heads/foo",
  "heads/foo/",
  "/heads/foo",
  "///heads/foo",
  "./foo",
  "./foo/bar",
  "foo/./bar",
  "foo/bar/.",
  ".refs/foo",
  "refs/heads/foo.",
  "heads/foo..bar",
  "heads/foo?bar",
  "foo./bar",
  "heads/foo.lock",
  "heads///foo.lock",
  "foo.lock/bar",
  "foo.lock///bar",
  "heads/foo@bar",
  "heads/v@{ation",
  "heads/foo\\bar",
  "heads/foo\tbar",
  "heads/foo\x7f",
  "heads/foo\nbar",
  "heads/fu\u00df",
  "heads/foo*bar",
  "heads/foo[bar",
  "heads/foo~1",
  "heads/foo^",
  "heads/foo:bar",
  "heads/foo bar",
  "@",
  "@/@",
  "refs/@",
  "refs/heads/@{",
  "refs/heads/x/../../../../y",
  "refs/heads/..",
  "refs/heads/-x",
  "refs/heads/HEAD",
  "refs/heads/日本語",
  "refs/heads/constructor",
  "refs/heads/a.lock.b",
  "refs/heads/.a",
  "refs/heads/a/.b",
];

const accepts = (...args: readonly string[]) =>
  Bun.spawnSync(["git", "check-ref-format", ...args], { env: { PATH: process.env.PATH ?? "" } }).exitCode === 0;

test("names of refs: what git's check-ref-format says", () => {
  for (const name of NAMES) expect([name, isRefName(name)]).toEqual([name, accepts(name)]);
});

test("names of branches: what git's check-ref-format --branch says", () => {
  const shorts = ["main", "-x", "--upload-pack=x", "HEAD", "a/HEAD", "a/-b", "..", "a..b", "x.lock", "a b", "-"];
  // git expands @{-1} and would need a repository for it; `-` means that too
  for (const short of shorts.filter((each) => each !== "-"))
    expect([short, isBranchName(short)]).toEqual([short, accepts("--branch", short)]);
  expect(isBranchName("-")).toBe(false);
});

test("of a remote only branches and tags are taken", () => {
  expect(["refs/heads/main", "refs/tags/v1", "refs/tags/HEAD"].map(isBranchOrTag)).toEqual([true, true, true]);
  const others = [
    "HEAD",
    "refs/heads/",
    "refs/headsx/main",
    "refs/notes/commits",
    "refs/pull/1/head",
    "config",
    "refs/tags/-v",
  ];
  expect(others.map(isBranchOrTag)).toEqual(others.map(() => false));
  expect(isRefName("refs/heads/\ud800")).toBe(false);
});
