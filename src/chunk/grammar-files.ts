/** The grammars, as files that travel inside the binary: grammar -> path of its wasm. Nothing is read before it is needed. */
import bash from "@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm" with { type: "file" };
import c from "@repomix/tree-sitter-wasms/out/tree-sitter-c.wasm" with { type: "file" };
import cSharp from "@vscode/tree-sitter-wasm/wasm/tree-sitter-c-sharp.wasm" with { type: "file" };
import cpp from "@vscode/tree-sitter-wasm/wasm/tree-sitter-cpp.wasm" with { type: "file" };
import css from "@vscode/tree-sitter-wasm/wasm/tree-sitter-css.wasm" with { type: "file" };
import dart from "@repomix/tree-sitter-wasms/out/tree-sitter-dart.wasm" with { type: "file" };
import elixir from "tree-sitter-elixir/tree-sitter-elixir.wasm" with { type: "file" };
import go from "@vscode/tree-sitter-wasm/wasm/tree-sitter-go.wasm" with { type: "file" };
import haskell from "tree-sitter-haskell/tree-sitter-haskell.wasm" with { type: "file" };
import ini from "@vscode/tree-sitter-wasm/wasm/tree-sitter-ini.wasm" with { type: "file" };
import java from "@vscode/tree-sitter-wasm/wasm/tree-sitter-java.wasm" with { type: "file" };
import javascript from "@vscode/tree-sitter-wasm/wasm/tree-sitter-javascript.wasm" with { type: "file" };
import kotlin from "@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm" with { type: "file" };
import lua from "@tree-sitter-grammars/tree-sitter-lua/tree-sitter-lua.wasm" with { type: "file" };
import php from "@vscode/tree-sitter-wasm/wasm/tree-sitter-php.wasm" with { type: "file" };
import powershell from "@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm" with { type: "file" };
import python from "@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm" with { type: "file" };
import ruby from "@vscode/tree-sitter-wasm/wasm/tree-sitter-ruby.wasm" with { type: "file" };
import rust from "@vscode/tree-sitter-wasm/wasm/tree-sitter-rust.wasm" with { type: "file" };
import scala from "tree-sitter-scala/tree-sitter-scala.wasm" with { type: "file" };
import solidity from "@repomix/tree-sitter-wasms/out/tree-sitter-solidity.wasm" with { type: "file" };
import swift from "@repomix/tree-sitter-wasms/out/tree-sitter-swift.wasm" with { type: "file" };
import tsx from "@vscode/tree-sitter-wasm/wasm/tree-sitter-tsx.wasm" with { type: "file" };
import typescript from "@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm" with { type: "file" };
import zig from "@tree-sitter-grammars/tree-sitter-zig/tree-sitter-zig.wasm" with { type: "file" };
import runtime from "web-tree-sitter/web-tree-sitter.wasm" with { type: "file" };
import type { Grammar } from "./languages.ts";

export const RUNTIME_FILE: string = runtime;
export const GRAMMAR_FILES: Readonly<Record<Grammar, string>> = {
  bash,
  c,
  "c-sharp": cSharp,
  cpp,
  css,
  dart,
  elixir,
  go,
  haskell,
  ini,
  java,
  javascript,
  kotlin,
  lua,
  php,
  powershell,
  python,
  ruby,
  rust,
  scala,
  solidity,
  swift,
  tsx,
  typescript,
  zig,
};
