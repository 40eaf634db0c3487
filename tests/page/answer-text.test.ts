import { describe, expect, test } from "bun:test";
import { answerBlocks, type Block, type Inline, inlinesOf } from "../../src/page/answer-text.ts";
import { citedNumbers } from "../../src/protocol/citations.ts";

const text = (of: string): Inline => ({ kind: "text", text: of });
const code = (of: string): Inline => ({ kind: "code", text: of });
const cited = (of: string, ...numbers: number[]): Inline => ({ kind: "citation", text: of, numbers });
const bold = (...parts: Inline[]): Inline => ({ kind: "bold", parts });

describe("the text of an answer as blocks", () => {
  test.each<readonly [string, readonly Inline[]]>([
    ["plain", [text("plain")]],
    ["see [1], [2, 3].", [text("see "), cited("[1]", 1), text(", "), cited("[2, 3]", 2, 3), text(".")]],
    ["`a[1]` is not cited", [code("a[1]"), text(" is not cited")]],
    ["``a`b`` c", [code("a`b"), text(" c")]],
    ["**bold `x` [4]** end", [bold(text("bold "), code("x"), text(" "), cited("[4]", 4)), text(" end")]],
    ["2 ** 3 ** 4 and a ` alone", [text("2 ** 3 ** 4 and a ` alone")]],
    ["**half", [text("**half")]],
    ["![i](http://x/y.png) [t](javascript:alert)", [text("![i](http://x/y.png) [t](javascript:alert)")]],
    ["<img src=x onerror=alert(1)>", [text("<img src=x onerror=alert(1)>")]],
  ])("%s", (line, parts) => expect(inlinesOf(line)).toEqual([...parts]));

  test("paragraphs, headings, lists and code", () => {
    const blocks = answerBlocks(
      "## How **it** works\nfirst\nsecond\n\n1. one [1]\n2. two\n   goes on\n   - deep\n\nafter\n```ts\nconst a = 1;\n\n[1]\n```\nend",
    );
    expect(blocks).toEqual([
      { kind: "heading", parts: [text("How "), bold(text("it")), text(" works")] },
      { kind: "paragraph", parts: [text("first"), text("\n"), text("second")] },
      {
        kind: "list",
        ordered: true,
        items: [
          { depth: 0, number: 1, parts: [text("one "), cited("[1]", 1)] },
          { depth: 0, number: 2, parts: [text("two"), text("\n"), text("goes on")] },
          { depth: 1, number: null, parts: [text("deep")] },
        ],
      },
      { kind: "paragraph", parts: [text("after")] },
      { kind: "code", language: "ts", text: "const a = 1;\n\n[1]", closed: true },
      { kind: "paragraph", parts: [text("end")] },
    ]);
  });

  test("code in a list item loses the item's indentation; code that has not ended says so", () => {
    expect(answerBlocks("- so:\n  ```c++\n  int x;\n    y();").at(-1)).toEqual({
      kind: "code",
      language: "c++",
      text: "int x;\n  y();",
      closed: false,
    });
  });

  test("what is shown as a citation is what the server resolves", () => {
    const answer = "A [1].\n\n```\n[2]\n```\n\n- b [3, 4] and `c[5]`\n- **d [6]**\n\n`open [7]\nclosed` [8]\n";
    const numbers = answerBlocks(answer).flatMap(citationsOf);
    expect(numbers).toEqual(citedNumbers(answer));
  });

  test("any text gives blocks, in a time that grows with its length", () => {
    for (const piece of ["`", "``` `", "**a ", "[1, ", "- ", "  - x\n", "```\n", "# \n", "~~~\n`", "\r\n1. "])
      for (const times of [1, 2, 3, 4000]) expect(answerBlocks(piece.repeat(times))).toBeInstanceOf(Array);
  });
});

function citationsOf(block: Block): number[] {
  const parts = block.kind === "list" ? block.items.flatMap((item) => item.parts) : "parts" in block ? block.parts : [];
  const numbers = (part: Inline): readonly number[] =>
    part.kind === "citation" ? part.numbers : part.kind === "bold" ? part.parts.flatMap(numbers) : [];
  return parts.flatMap(numbers);
}
