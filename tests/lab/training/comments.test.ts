import { describe, expect, test } from "bun:test";
import { cleanComment } from "../../../lab/training/extract/clean-comment.ts";
import { testTitle } from "../../../lab/training/extract/code-pairs.ts";
import { definitionName } from "../../../lab/training/extract/definition-name.ts";
import { findComments } from "../../../lab/training/extract/find-comments.ts";
import { firstSentence, spokenName } from "../../../lab/training/extract/words.ts";

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
    const [comment] = find(
      'def load(\n    path,\n):\n    """Load the file from disk.\n\n    More.\n    """\n    return 1',
      "python",
    );
    expect(comment).toEqual({ start: 3, end: 7, text: "Load the file from disk.\n\n    More.\n    ", about: 0 });
    expect(find('TEXT = [\n"""not a docstring"""\n]', "python")).toEqual([]);
  });

  test("Elixir's doc of a module is about the module above it, that of a function about the function below", () => {
    const text =
      'defmodule Ferry do\n  @moduledoc """\n  Boats that cross.\n  """\n\n  @doc """\n  Leaves the quay.\n  """\n  @spec leave(t) :: t\n  def leave(boat), do: boat\nend';
    expect(find(text, "elixir").map(({ about }) => about)).toEqual([0, 9]);
  });

  test("Haskell's marks are taken off, and what is about the line before is left out", () => {
    expect(find("-- | Counts the pears.\n--   All of them.\npears :: Int", "haskell")).toEqual([
      { start: 0, end: 2, text: "Counts the pears.\n  All of them.", about: 2 },
    ]);
    expect(find("  { size :: Int\n    -- ^ in crates\n  , age :: Int }", "haskell")).toEqual([]);
    expect(
      find("{- | Ripens the\n   pears. -}\nripen = id\n{-# INLINE ripen #-}", "haskell").map(({ text }) => text.trim()),
    ).toEqual(["Ripens the\n   pears."]);
  });

  test("Lua has blocks beside lines", () => {
    const comments = find(
      "--[[ Tunes the radio\nto a station. ]]\nfunction M.tune() end\n\n--- Turns it off.\nlocal function off() end",
      "lua",
    );
    expect(comments.map(({ text, about }) => [text.trim(), about])).toEqual([
      ["Tunes the radio\nto a station.", 2],
      ["Turns it off.", 5],
    ]);
  });

  test("languages it does not know have none", () => {
    expect(find("# what", "brainfuck")).toEqual([]);
  });
});

describe("cleaning", () => {
  test("keeps the description and drops tags, links and markup", () => {
    expect(cleanComment("Reads {@link Foo#bar} from <b>disk</b> (see https://a.b/c).\n@param path where\nmore")).toBe(
      "Reads bar from disk (see",
    );
    expect(
      cleanComment('<summary>Gets the <see cref="T:System.Name"/> of it.</summary><param name="x">y</param>'),
    ).toBe("Gets the Name of it.");
  });

  test.each([
    "Copyright 2020 The Authors of this",
    "eslint-disable no-console for this file",
    "x = y + z * (a[1] & 0xff);",
    "Ελληνικά μόνο εδώ μέσα",
    "two words",
  ])("%p is no description", (text) => expect(cleanComment(text)).toBeNull());

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
    ["local function tune(to)", "tune"],
    ["function M.radio:off()", "off"],
    ["local play = function(song)", "play"],
    ["ripen :: Pear -> Pear", "ripen"],
    ["data Orchard = Orchard", "Orchard"],
    ["newtype Crate = Crate Int", "Crate"],
    ["pub const Arena = struct {", "Arena"],
    ["    pub fn init(gpa: Allocator) Arena {", "init"],
    ["  private[stall] implicit def price[A](a: A): Int =", "price"],
    ["final case class Stall(name: String)", "Stall"],
    ["    internal suspend fun <T> Bed<T>.water(all: Boolean) {", "water"],
    ["enum class Season {", "Season"],
    ["    @objc public convenience init(name: String) {", "init"],
    ["  fileprivate static func moor<T>(_ boat: T) {", "moor"],
    ["defmodule Turnstile.Gate do", "Gate"],
  ])("%p defines %p", (line, name) => expect(definitionName(line)).toBe(name));

  test.each([
    "    if (ready) {",
    "  return call(a, {",
    "    event_add(&ev,",
    "x = f(y)",
    "} else if (a) {",
    "#include <stdio.h>",
  ])("%p defines nothing", (line) => expect(definitionName(line)).toBeNull());

  test.each([
    ["  fun `refuses an empty bed`() {", "refuses an empty bed"],
    ['  it should "refuse an empty stall" in {', "refuse an empty stall"],
    ['test "refuses an empty arena" {', "refuses an empty arena"],
  ])("%p is the test %p", (line, title) => expect(testTitle(line)).toBe(title));

  test("are spoken in words", () => expect(spokenName("readHTTPHeader_v2")).toBe("read http header v 2"));
});
