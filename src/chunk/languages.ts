/**
 * Which language a path is written in, by file name alone (contents are never looked at: the same path must give the
 * same answer before its blob is read), and which tree-sitter grammar parses it. Names are lower case, as in results
 * and `--lang`; a dialect that people do not tell apart when searching shares its language's name (`.tsx` is typescript).
 */
export type Grammar =
  | "bash"
  | "c"
  | "c-sharp"
  | "cpp"
  | "css"
  | "dart"
  | "elixir"
  | "go"
  | "haskell"
  | "ini"
  | "java"
  | "javascript"
  | "kotlin"
  | "lua"
  | "php"
  | "powershell"
  | "python"
  | "ruby"
  | "rust"
  | "scala"
  | "solidity"
  | "swift"
  | "tsx"
  | "typescript"
  | "zig";

export interface Language {
  readonly name: string;
  /** null: chunked by lines. */
  readonly grammar: Grammar | null;
}

const PLAIN_TEXT: Language = { name: "text", grammar: null };

/** language -> its grammar, extensions and exact file names, in lower case. */
const LANGUAGES: readonly (readonly [name: string, grammar: Grammar | null, extensions: string, names?: string])[] = [
  ["typescript", "typescript", "ts mts cts"],
  ["typescript", "tsx", "tsx"],
  ["javascript", "javascript", "js mjs cjs jsx es6", "jakefile"],
  ["python", "python", "py pyi pyw pyx", "sconstruct sconscript wscript"],
  ["go", "go", "go"],
  ["rust", "rust", "rs"],
  ["java", "java", "java"],
  ["csharp", "c-sharp", "cs csx cake"],
  ["c", "c", "c"],
  ["c", "cpp", "h"],
  ["cpp", "cpp", "cc cpp cxx c++ hh hpp hxx h++ ipp inl tcc tpp cu cuh ino"],
  ["css", "css", "css"],
  ["php", "php", "php phtml php5 php7"],
  [
    "ruby",
    "ruby",
    "rb rake gemspec ru podspec jbuilder thor",
    "gemfile rakefile vagrantfile podfile fastfile brewfile guardfile capfile",
  ],
  [
    "shell",
    "bash",
    "sh bash zsh ksh bats ebuild",
    ".bashrc .bash_profile .bash_aliases .profile .zshrc .zshenv pkgbuild",
  ],
  ["powershell", "powershell", "ps1 psm1 psd1"],
  ["kotlin", "kotlin", "kt kts"],
  ["scala", "scala", "scala sc sbt"],
  ["swift", "swift", "swift"],
  ["dart", "dart", "dart"],
  ["lua", "lua", "lua rockspec"],
  ["haskell", "haskell", "hs"],
  ["haskell", null, "lhs"],
  ["elixir", "elixir", "ex exs"],
  ["elixir", null, "eex heex leex"],
  ["zig", "zig", "zig"],
  ["zig", null, "zon"],
  ["solidity", "solidity", "sol"],
  [
    "ini",
    "ini",
    "ini cfg conf properties editorconfig desktop service",
    ".editorconfig .gitconfig .npmrc .flake8 .pylintrc",
  ],
  ["markdown", null, "md markdown mdx mkd"],
  ["asciidoc", null, "adoc asciidoc"],
  ["restructuredtext", null, "rst"],
  ["json", null, "json jsonc json5 jsonl geojson webmanifest", ".babelrc .eslintrc .prettierrc .swcrc"],
  ["yaml", null, "yaml yml", ".clang-format .clang-tidy"],
  ["toml", null, "toml", "cargo.lock pipfile"],
  ["xml", null, "xml xsd xsl xslt svg plist csproj vbproj fsproj props targets resx xaml wsdl pom"],
  ["html", null, "html htm xhtml"],
  ["scss", null, "scss"],
  ["less", null, "less"],
  ["sass", null, "sass"],
  ["vue", null, "vue"],
  ["svelte", null, "svelte"],
  ["astro", null, "astro"],
  ["groovy", null, "groovy gradle", "jenkinsfile"],
  ["objective-c", null, "m mm"],
  ["perl", null, "pl pm t"],
  ["r", null, "r rmd"],
  ["julia", null, "jl"],
  ["ocaml", null, "ml mli"],
  ["fsharp", null, "fs fsi fsx"],
  ["erlang", null, "erl hrl", "rebar.config"],
  ["clojure", null, "clj cljs cljc edn"],
  ["elm", null, "elm"],
  ["nim", null, "nim"],
  ["crystal", null, "cr"],
  ["d", null, "d"],
  ["fortran", null, "f f90 f95 f03 for"],
  ["pascal", null, "pas dpr"],
  ["vb", null, "vb bas"],
  ["assembly", null, "s asm"],
  ["sql", null, "sql ddl dml psql"],
  ["graphql", null, "graphql gql"],
  ["protobuf", null, "proto"],
  ["thrift", null, "thrift"],
  ["hcl", null, "tf tfvars hcl"],
  ["nix", null, "nix"],
  ["bicep", null, "bicep"],
  ["dockerfile", null, "dockerfile", "dockerfile containerfile"],
  ["makefile", null, "mk mak", "makefile gnumakefile"],
  ["cmake", null, "cmake", "cmakelists.txt"],
  ["bazel", null, "bzl bazel star", "build workspace"],
  ["batch", null, "bat cmd"],
  ["vim", null, "vim", ".vimrc"],
  ["emacs-lisp", null, "el"],
  ["lisp", null, "lisp lsp cl scm ss rkt"],
  ["tex", null, "tex sty cls bib"],
  ["templ", null, "templ"],
  ["liquid", null, "liquid"],
  ["handlebars", null, "hbs handlebars mustache"],
  ["jinja", null, "j2 jinja jinja2"],
  ["pug", null, "pug jade"],
  ["erb", null, "erb"],
  ["twig", null, "twig"],
  ["diff", null, "diff patch"],
  ["csv", null, "csv tsv"],
  ["glsl", null, "glsl vert frag geom hlsl wgsl metal"],
  [
    "ignore",
    null,
    "",
    ".gitignore .dockerignore .npmignore .repobaseignore .eslintignore .prettierignore .gitattributes",
  ],
  ["dotenv", null, "", ".env.example .env.sample .env.template"],
];

const byExtension = new Map<string, Language>();
const byName = new Map<string, Language>();
for (const [name, grammar, extensions, names] of LANGUAGES) {
  const language: Language = { name, grammar };
  for (const extension of extensions.split(" ")) if (extension !== "") byExtension.set(extension, language);
  for (const fileName of names?.split(" ") ?? []) byName.set(fileName, language);
}

/** By exact name, then by the name before its first dot (`Dockerfile.dev`), then by extension; `text` for the rest. */
export function languageOf(path: string): Language {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const dot = name.lastIndexOf(".");
  const known = byName.get(name) ?? (dot > 0 ? byExtension.get(name.slice(dot + 1)) : undefined);
  if (known) return known;
  const first = name.indexOf(".", 1);
  return (first > 0 ? byName.get(name.slice(0, first)) : undefined) ?? PLAIN_TEXT;
}
