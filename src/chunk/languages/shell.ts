/** Shell scripts, all read as bash: functions. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byName } from "./naming.ts";

const syntax = defineSyntax({ definitions: { function_definition: byName }, comments: "comment" });

export const shell: Language = {
  name: "shell",
  files: [
    {
      extensions: "sh bash zsh ksh bats ebuild",
      names: ".bashrc .bash_profile .bash_aliases .profile .zshrc .zshenv pkgbuild",
      grammar: { name: "bash", wasm, syntax },
    },
  ],
};
