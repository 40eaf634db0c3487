/** A parser that keeps its last tree, so that one file can be cut in many ways for one parse. */
import type { Grammar } from "../../src/chunk/languages/language.ts";
import { SyntaxParser } from "../../src/chunk/syntax-parser.ts";

type Tree = NonNullable<Awaited<ReturnType<SyntaxParser["parse"]>>>;

export class OneTreeParser extends SyntaxParser {
  private last: { text: string; tree: Tree | null; free: () => void } | undefined;

  override async parse(grammar: Grammar, text: string): Promise<Tree | null> {
    if (this.last?.text !== text) {
      this.release();
      const tree = await super.parse(grammar, text);
      const free = tree?.delete.bind(tree);
      if (tree) tree.delete = () => undefined; // the caller deletes what it was given
      this.last = { text, tree, free: () => free?.() };
    }
    return this.last?.tree ?? null;
  }

  release(): void {
    this.last?.free();
    this.last = undefined;
  }
}
