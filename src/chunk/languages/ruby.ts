/** Ruby: modules, classes and methods. */
import wasm from "@vscode/tree-sitter-wasm/wasm/tree-sitter-ruby.wasm" with { type: "file" };
import { defineSyntax, type Language } from "./language.ts";
import { byFunctionValue, byName } from "./naming.ts";

const syntax = defineSyntax({
  holders: { "module class": byName },
  definitions: {
    "method singleton_method": byName,
    pair: byFunctionValue({ name: "key", value: "value", values: new Set(["lambda"]) }),
  },
  comments: "comment",
});

export const ruby: Language = {
  name: "ruby",
  files: [
    {
      extensions: "rb rake gemspec ru podspec jbuilder thor",
      names: "gemfile rakefile vagrantfile podfile fastfile brewfile guardfile capfile",
      grammar: { name: "ruby", wasm, syntax },
    },
  ],
};
