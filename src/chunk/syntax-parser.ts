/**
 * Tree-sitter, one instance per thread: loads a grammar at its first use and parses within a budget. The budget counts
 * the parser's own steps, never time, so that a file is chunked alike on every machine.
 */
import { Language, Parser, type Tree } from "web-tree-sitter";
import { compileGrammar, compileRuntime, type GrammarModules } from "./grammar-modules.ts";
import type { Grammar } from "./languages/language.ts";

/** Longer texts are data more often than programs, and a tree takes some 50 times their memory. */
const MAX_PARSE_CHARS = 1024 * 1024;
/** Progress reports (one per some 100 parser steps) a text may take per character; ordinary sources take below 0.01. */
const REPORTS_PER_CHAR = 0.1;
const FREE_REPORTS = 2000;

export class SyntaxParser {
  private readonly languages = new Map<Grammar, Promise<Language>>();
  private started: Promise<void> | undefined;
  private parser: Parser | undefined;

  /** @param modules compiled already; what is not among them is compiled at its first use */
  constructor(private readonly modules?: GrammarModules) {}

  /** null: too long, over budget, or the parser gave up. The caller deletes the tree. */
  async parse(grammar: Grammar, text: string): Promise<Tree | null> {
    if (text.length > MAX_PARSE_CHARS) return null;
    const language = await this.language(grammar);
    this.parser ??= new Parser();
    this.parser.setLanguage(language);
    let reports = FREE_REPORTS + text.length * REPORTS_PER_CHAR;
    try {
      const tree = this.parser.parse(grammar.readable?.(text) ?? text, null, { progressCallback: () => --reports < 0 });
      if (tree === null) this.parser.reset(); // else the next parse would go on where this one stopped
      return tree;
    } catch {
      // a trap inside the grammar's own scanner says nothing about the other files: a new parser, and lines for this one
      this.parser.delete();
      this.parser = undefined;
      return null;
    }
  }

  private language(grammar: Grammar): Promise<Language> {
    let language = this.languages.get(grammar);
    if (language === undefined) {
      this.started ??= this.start();
      language = this.started.then(async () =>
        Language.loadSync(this.modules?.grammars.get(grammar.name) ?? (await compileGrammar(grammar))),
      );
      this.languages.set(grammar, language);
    }
    return language;
  }

  private async start(): Promise<void> {
    const runtime = this.modules?.runtime ?? (await compileRuntime());
    await Parser.init({
      instantiateWasm(
        imports: Bun.WebAssembly.Imports,
        done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
      ) {
        const instance = new WebAssembly.Instance(runtime, imports);
        done(instance, runtime);
        return instance.exports;
      },
    });
  }
}
