import { expect, test } from "bun:test";
import { globalExcludesFile, isTrue, parseGitConfig } from "../../src/git/objects/git-config.ts";

test("sections, subsections, quotes, comments, continued lines", () => {
  const config = parseGitConfig(`
# comment
[core]
	bare = false ; comment
	excludesFile = "~/my \\"ignore\\" # file"  
	fileMode
[remote "Origin.X"]
	url = https://host/a#b
	url = https://host/last \\
and more
[SECTION] key = a\\tb
`);
  expect(Object.fromEntries(config)).toEqual({
    "core.bare": "false",
    "core.excludesfile": '~/my "ignore" # file',
    "core.filemode": "true",
    "remote.Origin.X.url": "https://host/last and more",
    "section.key": "a\tb",
  });
});

test("booleans as git reads them", () => {
  const config = parseGitConfig("[a]\n t=yes\n f = Off\n n\n e =\n o = input");
  expect(["t", "f", "n", "e", "o", "missing"].map((key) => isTrue(config, `a.${key}`, true))).toEqual([
    true,
    false,
    true,
    false,
    true,
    true,
  ]);
  expect(isTrue(config, "a.o", false)).toBe(false);
});

test("the user's ignore file: named, in its default places, or nowhere", () => {
  const none = parseGitConfig("");
  const named = parseGitConfig("[core]\nexcludesfile = ~/x");
  expect(globalExcludesFile(named, { HOME: "/h" })).toBe("/h/x");
  expect(globalExcludesFile(named, {})).toBeNull();
  expect(globalExcludesFile(none, { HOME: "/h" })).toBe("/h/.config/git/ignore");
  expect(globalExcludesFile(none, { HOME: "/h", XDG_CONFIG_HOME: "/x" })).toBe("/x/git/ignore");
  expect(globalExcludesFile(none, {})).toBeNull();
});
