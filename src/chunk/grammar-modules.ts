/**
 * Grammars as compiled WebAssembly modules. A module is handed to every parse thread, and with it the machine code that
 * the engine makes of it while it runs: two threads that each compile for themselves take up to twice the processor
 * time on a repository of 500 kB (C#: 1.2 s alone, 0.6 s shared).
 */
import runtimeWasm from "web-tree-sitter/web-tree-sitter.wasm" with { type: "file" };
import { languageOf } from "./language-of.ts";
import type { Grammar } from "./languages/language.ts";

/** Plain data, fit for a message to a thread. */
export interface GrammarModules {
  /** Of tree-sitter itself. */
  readonly runtime: WebAssembly.Module;
  /** By the grammar's name. */
  readonly grammars: ReadonlyMap<string, WebAssembly.Module>;
}

/** What parsing `paths` takes. */
export async function compileGrammars(paths: Iterable<string>): Promise<GrammarModules> {
  const needed = new Set<Grammar>();
  for (const path of paths) {
    const { grammar } = languageOf(path);
    if (grammar !== null) needed.add(grammar);
  }
  const [runtime, ...grammars] = await Promise.all([
    compileRuntime(),
    ...Array.from(needed, async (grammar) => [grammar.name, await compileGrammar(grammar)] as const),
  ]);
  return { runtime, grammars: new Map(grammars) };
}

export const compileRuntime = (): Promise<WebAssembly.Module> => compileFile(runtimeWasm);
export const compileGrammar = (grammar: Grammar): Promise<WebAssembly.Module> => compileFile(grammar.wasm);

const compileFile = async (path: string): Promise<WebAssembly.Module> =>
  WebAssembly.compile(await Bun.file(path).arrayBuffer());
