import { describe, expect, test } from "bun:test";
import { addressOf, EMPTY_SEARCH, parsePlace, type Place } from "../../src/page/router.ts";

const at = (address: string) => parsePlace(new URL(address, "http://here"));

const PLACES: readonly (readonly [string, Place])[] = [
  ["/", EMPTY_SEARCH],
  ["/?q=refresh+tokens", { ...EMPTY_SEARCH, q: "refresh tokens" }],
  [
    "/?q=a%26b%3D%2B%23&repo=hono&repo=api&ref=feat/x&lang=c%2B%2B&path=src/**&mode=keyword&sel=hono@1:a/b.ts:1-2",
    {
      view: "search",
      q: "a&b=+#",
      repos: ["hono", "api"],
      ref: "feat/x",
      lang: "c++",
      path: "src/**",
      mode: "keyword",
      sel: "hono@1:a/b.ts:1-2",
    },
  ],
  [
    "/?at=hono@5f2c:src/a+b%C3%A9.ts:10-20",
    { view: "file", at: { repo: "hono", ref: "5f2c", path: "src/a bé.ts", lines: { from: 10, to: 20 } } },
  ],
  ["/?history=hono:src/a:b.ts", { view: "history", repo: "hono", path: "src/a:b.ts" }],
  ["/?diff=hono&from=main&to=5f2c&path=a.ts", { view: "diff", repo: "hono", from: "main", to: "5f2c", path: "a.ts" }],
  ["/?diff=hono&from=main&to=5f2c", { view: "diff", repo: "hono", from: "main", to: "5f2c", path: null }],
  ["/?view=repos", { view: "repos" }],
  ["/?view=you", { view: "you" }],
  ["/?view=ask", { view: "ask", q: "", repos: [], ref: "" }],
  [
    "/?view=ask&q=where+is+it%3F&repo=hono&repo=api&ref=feat/x",
    { view: "ask", q: "where is it?", repos: ["hono", "api"], ref: "feat/x" },
  ],
  ["/?view=notifications", { view: "notifications", space: "" }],
  ["/?view=notifications&space=team", { view: "notifications", space: "team" }],
  ["/?signin=denied", { view: "you", signin: "denied" }],
  ["/#invite=abc_-1", { view: "invite", token: "abc_-1" }],
];

describe("places and addresses", () => {
  test.each(PLACES)("%s", (address, place) => {
    expect(at(address)).toEqual(place);
    expect(addressOf(place).replaceAll("%2A", "*")).toBe(address);
  });

  test.each(["/?view=nothing", "/?at=nonsense", "/?diff=hono", "/?history=hono", "/?mode=loud", "/#x", "/?q=%20"])(
    "%s is the search",
    (address) => expect(at(address).view).toBe("search"),
  );

  test("an address is one that the server takes back after a sign-in: printable ASCII, no backslash", () => {
    for (const q of ["a\\b", "naïve ☃ \u0000 \n", "//evil.example", "'\"<>`{}|^"]) {
      const address = addressOf({ ...EMPTY_SEARCH, q });
      expect(address).toMatch(/^\/\?[\x21-\x7e]+$/);
      expect(address).not.toContain("\\");
      expect(at(address)).toEqual({ ...EMPTY_SEARCH, q });
    }
  });
});
