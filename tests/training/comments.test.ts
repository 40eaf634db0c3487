import { describe, expect, test } from "bun:test";
import { cleanComment } from "../../training/extract/clean-comment.ts";
import { definitionName } from "../../training/extract/definition-name.ts";
import { findComments } from "../../training/extract/find-comments.ts";
import { firstSentence, spokenName } from "../../training/extract/words.ts";

const find = (text: string, language: string) => findComments(text.split("\n"), language);

describe("comments", () => {
  test("line comments are about the line below, decorators apart", () => {
    const [comment] = find("\n# Opens the door\n# to everyone.\n@cached\ndef open():\n  pass", "ruby");
    expect(comment).toEqual({ start: 1, end: 3, text: "Opens the door\nto everyone.", about: 4 });
  });

  test("a comment with a blank line below is about nothing", () => {
    expect(find("// Section\n\nfunction a() {}", "javascript")).toEqual([]);
  });

  test("block comments lose their stars", () => {
    const [comment] = find("/**\n * Adds one.\n * @param x number\n */\nfunction add(x) {}", "typescript");
    expect(comment?.about).toBe(4);
    expect(cleanComment(comment?.text ?? "")).toBeNull(); // two words are no question
    expect(find("/* open", "c")).toEqual([]);
  });

  test("a docstring is about the definition above it, over several lines too", () => {
    const [comment] = find('def load(\n    path,\n):\n    """Load the file from disk.\n\n    More.\n    """\n    return 1', "python");
    expect(comment).toEqual({ start: 3, end: 7, text: "Load the file from disk.\n\n    More.\n    ", about: 0 });
    expect(find('TEXT = [\n"""not a docstring"""\n]', "python")).toEqual([]);
  });

  test("languages it does not know have none", () => {
    expect(find("# what", "brainfuck")).toEqual([]);
  });
});

describe("cleaning", () => {
  test("keeps the description and drops tags, links and markup", () => {
    expect(cleanComment("Reads {@link Foo#bar} from <b>disk</b> (see https://a.b/c).\n@param path where\nmore")).toBe("Reads bar from disk (see");
    expect(cleanComment("<summary>Gets the <see cref=\"T:System.Name\"/> of it.</summary><param name=\"x\">y</param>")).toBe("Gets the Name of it.");
  });

  test.each(["Copyright 2020 The Authors of this", "eslint-disable no-console for this file", "x = y + z * (a[1] & 0xff);", "Ελληνικά μόνο εδώ μέσα", "two words"])(
    "%p is no description",
    (text) => expect(cleanComment(text)).toBeNull(),
  );

  test("the first sentence ends at a stop that ends something", () => {
    expect(firstSentence("Uses a cache, e.g. a map. Then stops.")).toBe("Uses a cache, e.g. a map.");
    expect(firstSentence("No stop\nat all\n\nNext paragraph.")).toBe("No stop at all");
  });
});

describe("names", () => {
  test.each([
    ["  public static <T> List<T> copyOf(Collection<T> source) {", "copyOf"],
    ["func (s *Server) ListenAndServe() error {", "ListenAndServe"],
    ["export const useThing = async (a) => {", "useThing"],
    ["    pub(crate) async fn run_all(&self) -> Result<()> {", "run_all"],
    ["def self.parse(text)", "parse"],
    ["void *ngx_palloc(ngx_pool_t *pool, size_t size)", "ngx_palloc"],
    ["Foo.prototype.bar = function (x) {", "bar"],
    ["defp do_it(x) do", "do_it"],
    ["build_all() {", "build_all"],
  ])("%p defines %p", (line, name) => expect(definitionName(line)).toBe(name));

  test.each(["    if (ready) {", "  return call(a, {", "    event_add(&ev,", "x = f(y)", "} else if (a) {", "#include <stdio.h>"])("%p defines nothing", (line) =>
    expect(definitionName(line)).toBeNull(),
  );

  test("are spoken in words", () => expect(spokenName("readHTTPHeader_v2")).toBe("read http header v 2"));
});
