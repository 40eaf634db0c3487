/**
 * What a person may call a language in `--lang`: the name in results, linguist's aliases of it, or an extension. Names only, so that
 * the Worker knows them too; the languages themselves are `src/chunk/languages/`, and a test keeps both lists alike.
 */
import { nearNames } from "../protocol/near-names.ts";

/** Name -> other words for it. */
export const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  ada: "adb ads",
  apex: "trigger",
  asciidoc: "adoc",
  assembly: "asm nasm s",
  astro: "",
  awk: "",
  batch: "bat batchfile dosbatch winbatch cmd",
  bazel: "starlark bzl star",
  bicep: "",
  c: "h",
  clojure: "clj clojurescript cljs cljc edn",
  cmake: "",
  cobol: "cbl cob cpy",
  coffeescript: "coffee",
  cpp: "c++ cplusplus cc cxx hh hpp hxx h++ ipp inl tcc tpp cu cuh ino",
  crystal: "cr",
  csharp: "c# cs cake csx",
  css: "",
  csv: "tsv",
  cue: "",
  d: "dlang",
  dart: "",
  diff: "patch udiff",
  dockerfile: "docker containerfile",
  dotenv: "env",
  elixir: "ex exs eex heex leex",
  elm: "",
  "emacs-lisp": "elisp emacs el",
  erb: "html+erb rhtml",
  erlang: "erl hrl",
  fortran: "f f90 f95 f03 for",
  fsharp: "f# fs fsi fsx",
  gdscript: "gd",
  gherkin: "cucumber feature",
  glsl: "hlsl wgsl shader vert frag geom metal",
  go: "golang",
  graphql: "gql graphqls",
  groovy: "gradle",
  handlebars: "hbs htmlbars mustache",
  haskell: "hs lhs",
  haxe: "hx",
  hcl: "terraform hashicorp-configuration-language opentofu tf tfvars",
  html: "xhtml htm",
  ignore: "gitignore ignore-list git-ignore",
  ini: "dosini properties java-properties editorconfig cfg conf desktop service",
  java: "",
  javascript: "js node ecmascript jsx mjs cjs es6",
  jinja: "django html+django html+jinja htmldjango j2 jinja2",
  json: "jsonc json5 jsonl json-with-comments geojson webmanifest",
  julia: "jl",
  "jupyter-notebook": "ipython-notebook jupyter ipynb",
  kotlin: "kt kts",
  less: "",
  liquid: "",
  lisp: "common-lisp scheme racket lsp cl scm ss rkt",
  lua: "rockspec",
  makefile: "make bsdmake mf mk mak",
  markdown: "md pandoc mdx mkd",
  nim: "",
  nix: "nixos",
  "objective-c": "objc obj-c objectivec m mm",
  ocaml: "ml mli",
  pascal: "delphi objectpascal pas dpr",
  perl: "pl pm t",
  php: "phtml php5 php7",
  plsql: "pl/sql pls pkb pks",
  powershell: "posh pwsh ps1 psm1 psd1",
  prisma: "",
  protobuf: "protocol-buffer protocol-buffers proto",
  pug: "jade",
  python: "py python3 cython rusthon pyi pyw pyx",
  r: "rscript splus rmd",
  razor: "cshtml",
  rego: "",
  restructuredtext: "rst",
  robotframework: "robot",
  ruby: "rb jruby macruby rbx rake gemspec ru podspec jbuilder thor",
  rust: "rs",
  sass: "",
  scala: "sc sbt",
  scss: "",
  shell: "sh bash zsh shell-script ksh bats ebuild",
  solidity: "sol",
  sql: "ddl dml psql",
  svelte: "",
  swift: "",
  tcl: "",
  templ: "",
  tex: "latex sty cls bib",
  text: "txt plain plaintext fundamental",
  thrift: "",
  toml: "",
  twig: "",
  typescript: "ts tsx mts cts",
  vb: "visual-basic visual-basic-.net vb.net vbnet bas",
  verilog: "systemverilog v vh sv svh",
  vhdl: "vhd",
  vim: "viml vimscript vim-script nvim",
  vue: "",
  xml: "rss xsd wsdl svg xsl xslt plist csproj vbproj fsproj props targets resx xaml pom",
  yaml: "yml",
  zig: "zon",
};

let byWord: ReadonlyMap<string, string> | undefined;
const words = (): ReadonlyMap<string, string> =>
  (byWord ??= new Map(
    Object.entries(LANGUAGE_NAMES).flatMap(([name, others]) =>
      [name, ...others.split(" ")].filter((word) => word !== "").map((word) => [word, name] as const),
    ),
  ));

/** The language as results name it; a word that is none, as it was given, with a sentence about that. */
export function languageNamed(given: string): { readonly language: string; readonly warning?: string } {
  const word = given
    .trim()
    .toLowerCase()
    .replace(/^\./, "")
    .replace(/[\s_]+/g, "-");
  const known = words().get(word);
  if (known !== undefined) return { language: known };
  // of two letters every word is near to some
  const longer = [...words().keys()].filter((other) => other.length > 2);
  const near = nearNames(word, longer, longer.length).flatMap((other) => words().get(other) ?? []);
  const names = [...new Set(near)].slice(0, 3);
  const hint = names.length === 0 ? "" : `; did you mean ${names.join(" or ")}?`;
  return { language: word, warning: `there is no language ${JSON.stringify(given)}${hint}` };
}
