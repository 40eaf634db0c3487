import { describe, expect, test } from "bun:test";
import { parsePlace } from "../../src/page/router.ts";
import { readPushMessage } from "../../src/page/service-worker/push-message.ts";
import { noticeWords, webLink } from "../../src/page/notice-words.ts";

const message = {
  id: "n1",
  space: "team",
  kind: "task.result",
  at: "2026-11-25T12:00:00.000Z",
  title: "Tests pass",
  body: "all of them",
  url: "https://elsewhere.example/run/1",
};

describe("what a push says", () => {
  test("as a notification that leads to this page, whatever address it names", () => {
    const shown = readPushMessage(JSON.stringify(message));
    expect(shown).toEqual({
      title: "Tests pass",
      body: "all of them",
      tag: "n1",
      address: "/?view=notifications&space=team",
      at: Date.parse(message.at),
    });
    expect(parsePlace(new URL(shown.address, "http://here"))).toEqual({ view: "notifications", space: "team" });
  });

  test.each([undefined, "", "no JSON", "null", "[]", "7", '{"title":7}', '{"title":" ","body":{}}'])(
    "%s: something is shown",
    (text) => {
      const { title, body, address } = readPushMessage(text);
      expect({ title, body, address }).toEqual({
        title: "Repobase",
        body: "Something happened in your space.",
        address: "/?view=notifications",
      });
    },
  );

  test("the name of a space cannot lead elsewhere; long texts are cut", () => {
    const odd = readPushMessage(
      JSON.stringify({ ...message, space: "x&view=you#y", title: "t".repeat(9999), at: "?" }),
    );
    expect(parsePlace(new URL(odd.address, "http://here"))).toEqual({ view: "notifications", space: "x&view=you#y" });
    expect(odd).toMatchObject({ title: "t".repeat(200), at: undefined });
  });
});

describe("what the list says of a notice", () => {
  test("kinds, also one of a newer server", () => {
    expect(noticeWords({ kind: "task.result", status: "failed" })).toMatchObject({ name: "Task failed", bad: true });
    expect(noticeWords({ kind: "task.result", status: "ok" })).toMatchObject({ name: "Task done", bad: false });
    expect(noticeWords({ kind: "toString" })).toMatchObject({ name: "Notice", icon: "bell" });
  });

  test.each([
    ["https://ci.example/run/7?x=1", "ci.example/run/7"],
    ["http://ci.example", "ci.example"],
    ["javascript:alert(1)", undefined],
    ["https://github.com@evil.example/", undefined],
    ["nothing", undefined],
    [null, undefined],
  ])("%s", (url, words) => expect(webLink(url)?.words).toBe(words as string));
});
