/**
 * Grammars as compiled WebAssembly modules. A module is handed to every parse thread, and with it the machine code that
 * the engine makes of it while it runs: two threads that each compile for themselves take up to twice the processor
 * time on a repository of 500 kB (C#: 1.2 s alone, 0.6 s shared).
 */
import { GRAMMAR_FILES, RUNTIME_FILE } from "./grammar-files.ts";
import { type Grammar, languageOf } from "./languages.ts";

/** Plain data, fit for a message to a thread. */
export interface GrammarModules {
  /** Of tree-sitter itself. */
  readonly runtime: WebAssembly.Module;
  readonly grammars: ReadonlyMap<Grammar, WebAssembly.Module>;
}

/** What parsing `paths` takes. */
export async function compileGrammars(paths: Iterable<string>): Promise<GrammarModules> {
  const needed = new Set<Grammar>();
  for (const path of paths) {
    const { grammar } = languageOf(path);
    if (grammar !== null) needed.add(grammar);
  }
  const [runtime, ...grammars] = await Promise.all([
    compileFile(RUNTIME_FILE),
    ...Array.from(needed, async (grammar) => [grammar, await compileGrammar(grammar)] as const),
  ]);
  return { runtime, grammars: new Map(grammars) };
}

export const compileRuntime = (): Promise<WebAssembly.Module> => compileFile(RUNTIME_FILE);
export const compileGrammar = (grammar: Grammar): Promise<WebAssembly.Module> => compileFile(GRAMMAR_FILES[grammar]);

const compileFile = async (path: string): Promise<WebAssembly.Module> =>
  WebAssembly.compile(await Bun.file(path).arrayBuffer());
