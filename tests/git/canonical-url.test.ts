import { expect, test } from "bun:test";
import { canonicalUrl, looksLikeUrl, parseRemoteUrl } from "../../src/git/transport/canonical-url.ts";
import { isRepobaseError } from "../../src/protocol/errors.ts";

test("every way to write the same repository has one name", () => {
  const same = [
    "https://github.com/Owner/Name",
    "https://github.com/Owner/Name.git",
    "https://github.com/Owner/Name/",
    "https://GitHub.com:443/Owner/Name.git/",
    "http://github.com:80/Owner//Name",
    "https://user:p%40ss@github.com/Owner/Name.git",
    "https://token@github.com/Owner/Name?x=1#y",
    "ssh://git@github.com/Owner/Name.git",
    "ssh://git@github.com:22/Owner/Name.git",
    "git+ssh://git@github.com/Owner/Name",
    "git@github.com:Owner/Name.git",
    "github.com:Owner/Name.git",
    "git://github.com:9418/Owner/Name",
    "HTTPS://github.com/Owner/Name",
  ];
  for (const url of same) expect([url, canonicalUrl(url)]).toEqual([url, "github.com/Owner/Name"]);
});

test("other ports and deeper paths stay part of the name", () => {
  expect(canonicalUrl("https://git.example.com:8443/a/b/c.git")).toBe("git.example.com:8443/a/b/c");
  expect(canonicalUrl("ssh://git@git.example.com:2222/~/x.git")).toBe("git.example.com:2222/x");
  expect(canonicalUrl("http://[::1]:3000/x")).toBe("[::1]:3000/x");
});

test("local places have no name", () => {
  for (const text of [
    "/srv/x.git",
    "./x",
    "x",
    "C:\\code\\x",
    "C:/code/x",
    "file:///srv/x",
    "https://",
    "https://github.com/",
  ])
    expect([text, canonicalUrl(text)]).toEqual([text, null]);
});

test("credentials are taken off, decoded and apart", () => {
  expect(parseRemoteUrl("https://me:p%40ss%3A@host.org:8443/a/b.git/?q#f")).toEqual({
    url: "https://host.org:8443/a/b.git",
    credentials: { username: "me", password: "p@ss:" },
  });
  expect(parseRemoteUrl("http://host/a").credentials).toBeNull();
});

test("schemes we do not speak are a usage error with a way out, and no password in it", () => {
  const cases: [string, string][] = [
    ["ssh://git:hunter2@github.com/a/b", "try https://github.com/a/b"],
    ["git@github.com:a/b.git", "try https://github.com/a/b"],
    ["git://host/a/b", "try https://host/a/b"],
    ["file:///srv/x", "for a local repository give its folder"],
    ["https://hunter2:hunter2@", ""],
    ["nonsense", ""],
  ];
  for (const [url, hint] of cases) {
    let caught: unknown;
    try {
      parseRemoteUrl(url);
    } catch (error) {
      caught = error;
    }
    if (!isRepobaseError(caught, "usage")) throw new Error(`${url} was not refused`);
    if (hint !== "") expect(caught.hint).toBe(hint);
    expect(`${caught.message} ${caught.hint} ${JSON.stringify(caught.fields)} ${String(caught.cause)}`).not.toContain(
      "hunter2",
    );
  }
});

test("what looks like a URL and what like a folder", () => {
  for (const text of ["https://x/y", "ssh://x/y", "git@x:y", "file:///x"])
    expect([text, looksLikeUrl(text)]).toEqual([text, true]);
  for (const text of [".", "../x", "/x/y", "x:y", "C:\\x", "a@b"])
    expect([text, looksLikeUrl(text)]).toEqual([text, false]);
});
