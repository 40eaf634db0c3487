import { expect, test } from "bun:test";
import { plainSourceUrl } from "../../src/protocol/source-url.ts";

test("a source from outside is an http or https URL without secrets, or nothing", () => {
  for (const url of ["https://example.org/a/b", "http://127.0.0.1:8080/a", "https://example.org/a/b.git"])
    expect(plainSourceUrl(url)).toBe(url);
  expect(plainSourceUrl("https://me:hunter2@example.org/a?token=hunter2#hunter2")).toBe("https://example.org/a");
  const others = [
    null,
    "",
    "file:///etc/passwd",
    "/etc/passwd",
    "ext::sh -c touch% /tmp/x",
    "ssh://-oProxyCommand=x/y",
    "git@example.org:a/b",
    "-u./x",
    "--upload-pack=x",
    " https://example.org/a",
    "java\nscript:x",
    "https://exa\u001bmple.org/a",
    "https://",
    `https://example.org/${"a".repeat(3000)}`,
  ];
  expect(others.map(plainSourceUrl)).toEqual(others.map(() => null));
});
